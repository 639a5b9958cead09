"""某日某人权限: what a person could decide at a moment, as the records said it then and as they say it today.

Both readings go through `holder_for`, `rules_for` and `may_decide`, the very functions that decide; only the
rows differ. What was corrected since, dated back, shows as a difference; rulings given in between stay as
they are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.matrix import scope_of
from authority.models import AuthorityItem, PersonalGrant
from authority.moments import Moment
from authority.rulings import HeldLimit, Holder, Matter, Ruling, may_decide, yuan
from authority.rulings.decision import OUTCOME_NAMES
from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import Appointment, OrgUnit, Staff
from departments.models.people import AdminRole

NOTHING = "无"
_FACTS = {
    "name": "姓名",
    "is_active": "账号启用",
    "on_leave": "休假或离岗",
    "is_employee": "正式员工",
    "admin_role": "三员角色",
    "unit_name": "所在机构",
    "interests": "利害关系",
    "certificates": "有效证书",
}


@dataclass(frozen=True, slots=True)
class Power:
    """A limit in force at the moment, with the row and the letter it rests on as they were known."""

    limit: HeldLimit
    grant: PersonalGrant
    item_name: str
    unit_name: str
    scope: str

    @property
    def key(self) -> tuple[int, int | None]:
        return self.limit.grant_id, self.limit.via_id

    @property
    def approved_by(self) -> str:
        """Who put the letter in force, or gave this grant beside it."""
        approver = self.grant.granted_by or self.grant.letter.approved_by
        return approver.name if approver else ""

    def __str__(self) -> str:
        limit = self.limit
        via = f"代{limit.via_name} · " if limit.via_id is not None else ""
        scope = f" · {self.scope}" if self.scope else ""
        return (
            f"{via}{yuan(limit.amount_max)} 元 · {self.unit_name}{scope} · {limit.letter_no} {limit.clause}"
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What the records of today say otherwise than those of then."""

    subject: str
    then: str
    today: str


@dataclass(frozen=True)
class Reading:
    """The person at the moment. `holder` None: nobody had recorded the person yet."""

    moment: Moment
    holder: Holder | None
    posts: tuple[Appointment, ...] = ()
    lines: tuple[Power, ...] = ()
    ruling: Ruling | None = None

    @property
    def name(self) -> str:
        return self.holder.name if self.holder else ""

    @property
    def finding(self) -> str:
        return OUTCOME_NAMES[self.ruling.outcome] if self.ruling else ""


@dataclass(frozen=True)
class Powers:
    person: Staff
    then: Reading
    today: Reading

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Empty when both say the same, and when nothing but today's records was asked for."""
        return (*_facts(self.then.holder, self.today.holder), *_limits(self.then, self.today))

    @cached_property
    def changed_since(self) -> tuple[Power, ...]:
        """The lines that today's records tell otherwise, or not at all."""
        today = {power.key: _terms(power) for power in self.today.lines}
        return tuple(power for power in self.then.lines if today.get(power.key) != _terms(power))

    @property
    def is_ruled_otherwise(self) -> bool:
        return _answer(self.then.ruling) != _answer(self.today.ruling)


def people_shown(viewer: Staff) -> QuerySet[Staff]:
    """Oneself, whoever ever held a post in a unit whose people one sees, and all for those who watch over
    authority."""
    if viewer.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
        return Staff.objects.all()
    seen = viewer.unit_scope.ids(SEE_PEOPLE) | viewer.unit_scope.ids(MANAGE_UNIT)
    posted = Appointment.objects.filter(post__unit__in=seen)
    return Staff.objects.filter(Q(pk=viewer.pk) | Q(pk__in=posted.values("staff")))


def powers_of(person: Staff, moment: Moment, matter: Matter | None = None) -> Powers:
    """Two readings, or one when `known_at` is left out; a constant number of queries."""
    then = _read(person, moment, matter)
    if moment.known_at is None:
        return Powers(person, then, then)
    return Powers(person, then, _read(person, Moment(moment.at), matter))


def powers_address(person_id: int, at: datetime, known_at: datetime | None = None) -> str:
    """The page about this person at `at`, as known at `known_at` (as known today)."""
    query = {"person": str(person_id), "at": at.isoformat()}
    if known_at:
        query["known_at"] = known_at.isoformat()
    return f"{reverse('authority:powers')}?{urlencode(query)}"


def _read(person: Staff, moment: Moment, matter: Matter | None) -> Reading:
    try:
        holder = holder_for(person, at=moment.at, known_at=moment.known_at)
    except Staff.DoesNotExist:
        return Reading(moment, None)
    posts = moment.rows(Appointment).on(moment.day).filter(staff=person)
    return Reading(
        moment,
        holder,
        tuple(posts.select_related("post__unit", "post__post_type").order_by("-kind", "pk")),
        tuple(_powers(holder, moment)),
        _ruling(holder, moment, matter) if matter else None,
    )


def _ruling(holder: Holder, moment: Moment, matter: Matter) -> Ruling:
    """The matter stands as it is asked; where its unit stood in the tree is read from the records."""
    rules = rules_for(matter.item, at=moment.at, known_at=moment.known_at)
    return may_decide(_placed(matter, moment), holder, rules)


def _placed(matter: Matter, moment: Moment) -> Matter:
    unit = OrgUnit.objects.filter(path=matter.unit_path).first()
    path = moment.rows(OrgUnit).filter(pk=unit.pk).values_list("path", flat=True).first() if unit else None
    item = moment.rows(AuthorityItem).filter(code=matter.item).first()
    measured = {"measure": item.measure, "is_key": item.is_key} if item else {}
    return replace(matter, unit_path=path or matter.unit_path, **measured)


def _powers(holder: Holder, moment: Moment) -> Iterator[Power]:
    """The limits of the holder, each with its row read at the same moment; by item, highest first."""
    rows = moment.rows(PersonalGrant).filter(pk__in={limit.grant_id for limit in holder.limits})
    grants = {grant.pk: grant for grant in rows.with_terms().select_related(*_SIGNED)}
    units = _unit_names(holder.limits, moment)
    for limit in sorted(holder.limits, key=lambda one: _order(one, grants[one.grant_id])):
        grant = grants[limit.grant_id]
        unit_name = units.get(limit.unit_path, limit.unit_path)
        yield Power(limit, grant, grant.item.name, unit_name, scope_of(limit))


_SIGNED = (
    "letter", "letter__approved_by", "granted_by", "item", "unit", "holder",
    "appointment__post__unit", "appointment__post__post_type",
)  # fmt: skip


def _unit_names(limits: Sequence[HeldLimit], moment: Moment) -> dict[str, str]:
    paths = {limit.unit_path for limit in limits}
    return dict(moment.rows(OrgUnit).filter(path__in=paths).values_list("path", "short_name"))


def _order(limit: HeldLimit, grant: PersonalGrant) -> tuple[int, int, int, int]:
    return (grant.item.rank, -limit.amount_max, limit.grant_id, limit.via_id or 0)


def _facts(then: Holder | None, today: Holder | None) -> Iterator[Difference]:
    if then is None or today is None:
        if then is not today:
            yield Difference("人员", _known(then), _known(today))
        return
    for name, label in _FACTS.items():
        before, after = getattr(then, name), getattr(today, name)
        if before != after:
            yield Difference(label, _said(before), _said(after))


def _known(holder: Holder | None) -> str:
    return "已登记" if holder else "尚未登记"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, frozenset):
        return "、".join(sorted(value)) or NOTHING
    return str(AdminRole(value).label) if value in AdminRole.values and value else str(value) or NOTHING


def _limits(then: Reading, today: Reading) -> Iterator[Difference]:
    """A grant gone, added or with other terms. The version counts changes of the row, not of what it says."""
    before = {power.key: power for power in then.lines}
    after = {power.key: power for power in today.lines}
    for key in (*before, *(key for key in after if key not in before)):
        old, new = before.get(key), after.get(key)
        if _terms(old) != _terms(new):
            named = old or new
            subject = named.item_name if named else ""
            yield Difference(subject, str(old) if old else NOTHING, str(new) if new else NOTHING)


def _answer(ruling: Ruling | None) -> Ruling | None:
    """What a ruling says, whichever version of the row it rests on."""
    if ruling is None or ruling.basis is None:
        return ruling
    return replace(ruling, basis=replace(ruling.basis, version=0))


def _terms(power: Power | None) -> HeldLimit | None:
    return replace(power.limit, version=0) if power else None
