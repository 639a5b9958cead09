"""From a month's conduct to what asks for an explanation. Plain values in and out; nothing is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.models import SupervisionFinding
from cases.supervision.acts import Act
from cases.supervision.figures import Conduct
from cases.supervision.parameters import Parameters
from cases.supervision.splitting import NAMES, Split
from departments.spans import in_words

Kind = SupervisionFinding.Kind


@dataclass(frozen=True, slots=True)
class Found:
    """`person_id` None: about a group of cases. `notes` by the key of the decision."""

    kind: str
    person_id: int | None
    title: str
    acts: Sequence[Act]
    notes: Mapping[int, str]

    @property
    def amount(self) -> Decimal:
        return sum((act.asked for act in self.acts), Decimal(0))

    @property
    def people(self) -> list[int]:
        """Whom it is about: who decided, and for whom; who only submitted is heard, not examined."""
        about = {pk for act in self.acts for pk in (act.person_id, act.acted_for_id) if pk}
        return sorted(about | ({self.person_id} if self.person_id else set()))


def findings_in(
    conducts: Iterable[Conduct], splits: Iterable[Split], parameters: Parameters
) -> Iterator[Found]:
    for split in splits:
        yield _split(split)
    for conduct in conducts:
        yield from _of_person(conduct, parameters)


def _split(split: Split) -> Found:
    bonds = "、".join(f"同{NAMES[kind]}" for kind in dict(split.bonds))
    title = f"{bonds} {len(split.acts)} 件合计 {split.amount:,.2f} 元，超过单件权限 {split.limit:,.2f} 元"
    return Found(Kind.SPLIT, None, title, split.acts, {act.pk: _under(act) for act in split.acts})


def _of_person(conduct: Conduct, parameters: Parameters) -> Iterator[Found]:
    near, agreed = conduct.near_limit, len(conduct.agreed)
    if _is_many(len(near), agreed, "near_limit", parameters):
        title = f"终审同意 {agreed} 件，其中 {len(near)} 件金额临近权限上限"
        yield _about(conduct, Kind.NEAR_LIMIT, title, near, {act.pk: _under(act) for act in near})
    fast, decided = conduct.fast, len(conduct.acts)
    if _is_many(len(fast), decided, "fast", parameters):
        title = f"审批 {decided} 件，其中 {len(fast)} 件用时少于阅读时间"
        yield _about(conduct, Kind.FAST, title, fast, {act.pk: _quick(act) for act in fast})
    yield from _referrals(conduct, parameters)
    if conduct.emergency:
        title = f"依应急授权审批 {len(conduct.emergency)} 件"
        yield _about(conduct, Kind.EMERGENCY, title, conduct.emergency, {})
    if len(conduct.stand_in) >= max(parameters.whole("stand_in_count"), 1):
        title = f"代岗审批 {len(conduct.stand_in)} 件"
        yield _about(conduct, Kind.STAND_IN, title, conduct.stand_in, {})
    if conduct.conflicts:
        title = f"限额内兼任不相容岗位审批 {len(conduct.conflicts)} 件"
        notes = {
            act.pk: "、".join(code.removeprefix("sampling:") for code in act.conflicts)
            for act in conduct.conflicts
        }
        yield _about(conduct, Kind.CONFLICT, title, conduct.conflicts, notes)


def _referrals(conduct: Conduct, parameters: Parameters) -> Iterator[Found]:
    answers = conduct.answers
    if not _is_many(len(answers.overturned), answers.count, "referral", parameters):
        return
    altered, refused = len(answers.altered), len(answers.refused)
    title = f"上报已批复 {answers.count} 件，总公司调整 {altered} 件、不同意 {refused} 件"
    notes = {
        **{act.pk: "总公司调整金额" for act in answers.altered},
        **{act.pk: "总公司不同意" for act in answers.refused},
    }
    yield _about(conduct, Kind.REFERRAL, title, answers.overturned, notes)


def _is_many(part: int, whole: int, what: str, parameters: Parameters) -> bool:
    """Enough of them, and a large enough share."""
    if not part or part < parameters.whole(f"{what}_count"):
        return False
    return part >= parameters.share(f"{what}_share") * whole


def _about(conduct: Conduct, kind: str, title: str, acts: Sequence[Act], notes: Mapping[int, str]) -> Found:
    return Found(kind, conduct.person_id, title, acts, notes)


def _under(act: Act) -> str:
    limit = act.limit or Decimal(0)
    return f"权限 {limit:,.2f} 元，差 {limit - act.asked:,.2f} 元"


def _quick(act: Act) -> str:
    since = "打开案件页" if act.seen_at else "到达"
    return f"自{since}起 {in_words(act.taken) if act.taken is not None else '—'}，材料 {act.papers} 份"


def _excused(act: Act) -> str:
    return "、".join(code.removeprefix("sampling:") for code in act.conflicts)
