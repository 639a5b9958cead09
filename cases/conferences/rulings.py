"""Who may convene, write, hold and conclude; and what a decision owes to a binding conclusion. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from authority.rulings import Objection, Ruling
from cases.models import Conference, ConferenceKind, ConferenceMember, ConferenceUse, Outcome
from cases.rulings import refused_for
from departments.models import Staff

Advice, Heed, Status = Conference.Advice, ConferenceUse.Heed, Conference.Status
AGREEING = frozenset({Outcome.AGREE.value, Outcome.AGREE_WITH_CONDITIONS.value})
DECIDING = AGREEING | {Outcome.REFUSE.value}


@dataclass(frozen=True, slots=True)
class Attendant:
    """A person as the rulings on conferences see him; `posts`: codes held today."""

    person_id: int
    is_active: bool
    admin_role: str
    posts: frozenset[str]


def attendant(staff: Staff) -> Attendant:
    posts = frozenset(held.post.post_type.code for held in staff.posts_today)
    return Attendant(staff.pk, staff.is_active, staff.admin_role, posts)


def _personal(who: Attendant) -> Iterator[Objection]:
    if not who.is_active:
        yield Objection("inactive", "账号已停用")
    if who.admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def may_convene(kinds: Iterable[ConferenceKind], who: Attendant) -> Ruling:
    """Whoever holds a post that one of the kinds names. `kinds`: those in force, or the one chosen."""
    objections = list(_personal(who))
    if not any(who.posts & set(kind.convening_posts) for kind in kinds):
        objections.append(Objection("not_convening", "所任岗位不能召集这类会商"))
    return refused_for(objections)


@dataclass(frozen=True, slots=True)
class Seat:
    """Whom the convener names: a person, or whoever holds the post. `sees_case`: may open the case."""

    post: str
    person_id: int | None
    name: str
    sees_case: bool = True


def seating_objections(kind: ConferenceKind, seats: Sequence[Seat]) -> list[Objection]:
    found = []
    people = [seat.person_id for seat in seats if seat.person_id]
    if len(set(people)) < len(people):
        found.append(Objection("seated_twice", "同一人不能两次列为成员"))
    if len(seats) < max(kind.quorum_present, kind.quorum_written):
        needed = max(kind.quorum_present, kind.quorum_written)
        found.append(Objection("too_few", f"{kind.name}至少须 {needed} 名成员，现有 {len(seats)} 名"))
    found += [
        Objection("member_blind", f"{seat.name}看不到本案，请先办理借阅")
        for seat in seats
        if not seat.sees_case
    ]
    return found


def may_write(
    member: ConferenceMember, conference: Conference, who: Attendant, *, has_written: bool
) -> Ruling:
    """The member himself, or a holder of the post named; once, until it is withdrawn."""
    objections = [*_personal(who), *_open(conference)]
    if not _is_seat_of(member, who):
        objections.append(Objection("not_member", f"须由{member}签署意见"))
    if has_written:
        objections.append(Objection("already_written", "意见已签署；要改变意见，先说明理由撤回"))
    return refused_for(objections)


def _is_seat_of(member: ConferenceMember, who: Attendant) -> bool:
    if member.staff_id is not None:
        return member.staff_id == who.person_id
    return member.post in who.posts


def _open(conference: Conference) -> Iterator[Objection]:
    if conference.status not in (Status.CONVENED, Status.HELD):
        yield Objection("not_open", f"会商{conference.get_status_display()}")


def may_lead(conference: Conference, who: Attendant) -> Ruling:
    """Convener and chair hold the meeting, remind, call it off."""
    objections = [*_personal(who), *_open(conference)]
    if who.person_id not in (conference.convened_by_id, conference.chair_id):
        objections.append(Objection("not_leading", "由召集人或主持人办理"))
    return refused_for(objections)


@dataclass(frozen=True, slots=True)
class Count:
    """How many came and how many wrote."""

    present: int
    written: int


def may_conclude(conference: Conference, who: Attendant, count: Count) -> Ruling:
    """The chair, once the meeting was held with enough people and enough of them wrote."""
    objections = [*_personal(who), *_open(conference)]
    if who.person_id != conference.chair_id:
        objections.append(Objection("not_chair", "结论由主持人形成"))
    if conference.status == Status.CONVENED:
        objections.append(Objection("not_held", "尚未开会"))
    if count.present < conference.quorum_present:
        text = f"出席 {count.present} 人，不足法定 {conference.quorum_present} 人"
        objections.append(Objection("no_quorum", text))
    if count.written < conference.quorum_written:
        text = f"书面意见 {count.written} 份，不足 {conference.quorum_written} 份"
        objections.append(Objection("too_few_written", text))
    return refused_for(objections)


@dataclass(frozen=True, slots=True)
class Heeding:
    """What the decider says of the conference he rests on; nothing where he names none."""

    conference_id: int | None = None
    heed: str = ""
    reason: str = ""


UNSAID = Heeding()


@dataclass(frozen=True, slots=True)
class Proposed:
    """The decision to be made: its outcome and amount in yuan."""

    outcome: str
    amount: Decimal


def heeding_objections(
    concluded: Sequence[Conference], item_code: str, verdict: Proposed, said: Heeding
) -> list[Objection]:
    """`concluded`: those of the case, the latest first. The latest binding one must be followed or answered.

    Advisory conclusions may be named; they bind nobody.
    """
    if verdict.outcome not in DECIDING:
        return []
    concerning = _concerning(concluded, item_code)
    named = next((one for one in concerning if one.pk == said.conference_id), None)
    if said.conference_id and named is None:
        return [Objection("conference_unknown", "所引用的会商不是本案有关本事项的会商")]
    binding = binding_for(concluded, item_code)
    if binding and named != binding:
        text = f"{binding.number} 的会商结论有约束力（{binding.advice_text}），须引用并说明是否按结论办理"
        return [Objection("conference_unheeded", text)]
    return list(_said_objections(named, verdict, said)) if named else []


def binding_for(concluded: Sequence[Conference], item_code: str) -> Conference | None:
    """The latest binding one that concerns the item. `concluded`: the latest first."""
    return next((one for one in _concerning(concluded, item_code) if one.is_binding), None)


def _concerning(concluded: Sequence[Conference], item_code: str) -> list[Conference]:
    return [one for one in concluded if one.item_id is None or _code(one) == item_code]


def _code(conference: Conference) -> str:
    return conference.item.code if conference.item else ""


def _said_objections(conference: Conference, verdict: Proposed, said: Heeding) -> Iterator[Objection]:
    if said.heed not in Heed.values:
        yield Objection("heed_unsaid", "引用会商须说明是否按会商结论办理")
    if said.heed == Heed.DEPARTED and not said.reason.strip():
        yield Objection("no_departing_reason", "未按会商结论办理须说明理由")
    if said.heed == Heed.FOLLOWED and conference.is_binding and not is_followed(conference, verdict):
        text = f"本次决定与会商结论（{conference.advice_text}）不符，不能称按结论办理"
        yield Objection("conference_not_followed", text)


def is_followed(conference: Conference, verdict: Proposed) -> bool:
    """As far as figures can tell; what is advised in words is for people to judge."""
    agrees = verdict.outcome in AGREEING
    if conference.advice == Advice.REFUSE:
        return not agrees
    if conference.advice == Advice.PAY:
        return agrees
    if conference.advice == Advice.PAY_UP_TO:
        return agrees and conference.amount_max is not None and verdict.amount <= conference.amount_max
    return True
