"""From rows to the plain values that a ruling is made from, in a constant number of queries.

A grant counts when it is dated today, not revoked, rests on a letter in force, and its appointment is in
force for the very person it names: whoever leaves a post leaves its authority behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from authority.models import PersonalGrant, ReferralRule, UnitCeiling
from authority.rulings import Ceiling, HeldLimit, Holder, Rules
from authority.rulings import IncompatibleDuty as IncompatibleDutyTerms
from authority.rulings import ReferralRule as ReferralTerms
from departments.models import Absence, Appointment, IncompatibleDuty, Staff

LEVEL_NAMES: Mapping[int, str] = {
    1: "中支人员",
    2: "中支负责人",
    3: "分公司审核岗",
    4: "室主任",
    5: "部门负责人",
    6: "总公司",
}

# Person, appointments and grants, always in this order; rows of grants by their key. Shared, so that deciding
# never waits for deciding; whoever revokes, relieves or disables changes one of these rows and waits for us.
_LOCK_GRANTS = """
    select held.id
    from authority_personalgrant held
    join departments_staff person on person.id = held.holder_id
    join departments_appointment appointment on appointment.id = held.appointment_id
    where held.holder_id = %s and held.revoked_at is null
    order by held.id
    for share of person, appointment, held
"""


def _amount(field: str) -> Cast:
    """As text: a number of JSON would come back as a float."""
    return Cast(field, CharField())


# What a ruling needs of each rule, by the name the ruling knows it under.
_CEILING = {
    "unit_path": "unit__path",
    "unit_name": "unit__short_name",
    "item": "item__code",
    "lines": "lines",
    "loss_classes": "loss_classes",
    "special_kinds": "special_kinds",
    "litigation": "litigation",
    "measure": "measure",
    "amount_max": _amount("amount_max"),
    "letter_no": "letter__number",
}
_REFERRAL = {
    name: name for name in ("code", "name", "kind", "items", "flags", "figures_over", "to_level", "text")
}
_INCOMPATIBLE = {
    "code": "code",
    "steps": "steps",
    "items": "items",
    "concurrent_limit": _amount("concurrent_limit"),
    "text": "statement",
}


@dataclass(frozen=True, slots=True)
class _Moment:
    """`at` None is now: then a revocation that another clock dates later still counts."""

    at: datetime | None

    @property
    def moment(self) -> datetime:
        return self.at or timezone.now()

    @property
    def day(self) -> date:
        return timezone.localdate(self.moment)


def holder_for(
    staff: Staff, *, at: datetime | None = None, lock: bool = False, loads: Mapping[int, int] | None = None
) -> Holder:
    """This person with the limits in force, read from the database and not from `staff`: one query, a
    second for somebody who holds none.

    `lock` (inside a transaction, after the case row is locked) keeps every grant of the person as it is until
    the transaction ends. `loads` is the number of chain steps waiting by person, known to the caller only.
    """
    if lock:
        _lock_grants(staff.pk)
    moment, load = _Moment(at), (loads or {}).get(staff.pk, 0)
    absent = Absence.objects.at(moment.moment).filter(staff=OuterRef("holder"))
    grants = list(_grants(moment).filter(holder=staff).annotate(on_leave=Exists(absent)))
    if grants:
        return _holder(_posts_of(grants), [limit_terms(grant) for grant in grants], load)
    appointments = list(_appointments(moment).filter(staff=staff))
    if not appointments:
        return Holder(staff.pk, staff.name, is_active=staff.is_active, admin_role=staff.admin_role)
    return _holder(appointments, [], load)


def _posts_of(grants: Iterable[Any]) -> list[Appointment]:
    """The appointments that grants rest on, the main post first, each knowing whether its person is away."""
    for grant in grants:
        grant.appointment.on_leave, grant.appointment.staff = grant.on_leave, grant.holder
    held = {grant.appointment_id: grant.appointment for grant in grants}
    return sorted(
        held.values(),
        key=lambda one: (one.kind != Appointment.Kind.REGULAR, -one.post.post_type.level, one.pk),
    )


def holders_of(
    item_code: str, *, at: datetime | None = None, loads: Mapping[int, int] | None = None
) -> list[Holder]:
    """Everybody with a limit in force for the item, by person id; two queries. `loads`: steps waiting."""
    moment = _Moment(at)
    limits: defaultdict[int, list[HeldLimit]] = defaultdict(list)
    for grant in _grants(moment).filter(item__code=item_code):
        limits[grant.holder_id].append(limit_terms(grant))
    appointments: defaultdict[int, list[Appointment]] = defaultdict(list)
    for appointment in _appointments(moment).filter(staff__in=limits):
        appointments[appointment.staff_id].append(appointment)
    waiting = loads or {}
    return [
        _holder(appointments[staff_id], limits[staff_id], waiting.get(staff_id, 0))
        for staff_id in sorted(appointments)
    ]


def rules_for(*, at: datetime | None = None) -> Rules:
    """What limits everybody: ceilings, referral rules, incompatible duties; one statement."""
    moment = _Moment(at)
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = _as_json("ceiling", _ceilings(moment), _CEILING)
    rows = rows.union(
        _as_json("referral", ReferralRule.objects.on(moment.day), _REFERRAL),
        _as_json("incompatible", _incompatible_duties(moment.day), _INCOMPATIBLE),
        all=True,
    )
    for kind, terms in rows:
        found[kind].append(terms)
    for kind in ("referral", "incompatible"):
        found[kind].sort(key=itemgetter("code"))
    return Rules(
        ceilings=tuple(_ceiling(terms) for terms in found["ceiling"]),
        referrals=tuple(_referral(terms) for terms in found["referral"]),
        incompatible=tuple(_incompatible(terms) for terms in found["incompatible"]),
        level_names=LEVEL_NAMES,
    )


def _as_json(kind: str, rows: QuerySet[Any], terms: Mapping[str, Any]) -> QuerySet[Any, tuple[str, Any]]:
    """Rows of different tables in one shape, so that one statement reads them all."""
    shaped: QuerySet[Any] = rows.order_by().annotate(row_kind=Value(kind), terms=JSONObject(**terms))
    pairs: QuerySet[Any, tuple[str, Any]] = shaped.values_list("row_kind", "terms")
    return pairs


def fen(amount: Decimal) -> int:
    """Yuan with at most two places as integer fen. Raises ValueError for a part of a fen."""
    whole = int(amount * 100)
    if whole != amount * 100:
        raise ValueError(f"{amount} 不是整分")
    return whole


def ceiling_terms(row: UnitCeiling) -> Ceiling:
    """Needs `letter`, `item` and `unit` at hand."""
    return Ceiling(
        unit_path=row.unit.path,
        unit_name=row.unit.short_name,
        item=row.item.code,
        lines=frozenset(row.lines),
        loss_classes=frozenset(row.loss_classes),
        special_kinds=frozenset(row.special_kinds),
        litigation=row.litigation,
        measure=row.measure,
        amount_max=fen(row.amount_max),
        letter_no=row.letter.number,
    )


def _lock_grants(staff_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_GRANTS, [staff_id])


def _grants(moment: _Moment) -> QuerySet[PersonalGrant]:
    grants = PersonalGrant.objects.with_terms()
    return grants.effective_at(moment.at) if moment.at else grants.effective(moment.day)


def _ceilings(moment: _Moment) -> QuerySet[UnitCeiling]:
    rows = UnitCeiling.objects.in_force(moment.day)
    if moment.at:
        rows = UnitCeiling.objects.in_force_at(moment.at)
    return rows.select_related("letter", "item", "unit")


def _appointments(moment: _Moment) -> QuerySet[Appointment]:
    """With everything a holder shows, the main post of each person first."""
    absent = Absence.objects.at(moment.moment).filter(staff=OuterRef("staff"))
    return (
        Appointment.objects.on(moment.day)
        .select_related("staff", "post__unit", "post__post_type")
        .annotate(on_leave=Exists(absent))
        .order_by("-kind", "-post__post_type__level", "pk")
    )


def _holder(appointments: Sequence[Appointment], limits: Iterable[HeldLimit], load: int) -> Holder:
    main = appointments[0]
    staff, unit = main.staff, main.post.unit
    return Holder(
        person_id=staff.pk,
        name=staff.name,
        limits=tuple(limits),
        is_active=staff.is_active,
        on_leave=main.on_leave,  # type: ignore[attr-defined]
        admin_role=staff.admin_role,
        is_employee=staff.is_employee,
        unit_path=unit.path,
        unit_name=unit.short_name,
        load=load,
    )


def limit_terms(grant: PersonalGrant) -> HeldLimit:
    """The limit of a grant; needs `letter`, `item`, `unit`, the co-signing post type and the post at hand.

    Certificates are not demanded before there is a register that says who holds which.
    """
    post = grant.appointment.post
    return HeldLimit(
        grant_id=grant.pk,
        version=grant.version,
        letter_no=grant.letter.number,
        clause=grant.clause,
        item=grant.item.code,
        unit_path=grant.unit.path,
        includes_below=grant.includes_below,
        lines=frozenset(grant.lines),
        loss_classes=frozenset(grant.loss_classes),
        special_kinds=frozenset(grant.special_kinds),
        litigation=grant.litigation,
        measure=grant.measure,
        amount_max=fen(grant.amount_max),
        amount_min=fen(grant.amount_min),
        level=post.post_type.level,
        post_name=post.post_type.name,
        post_level_name=LEVEL_NAMES.get(post.post_type.level, ""),
        cosign_count=grant.cosign_count,
        cosign_post=grant.cosign_post_type.name if grant.cosign_post_type else "",
        source=grant.source,
        post_path=post.unit.path,
    )


def _ceiling(terms: dict[str, Any]) -> Ceiling:
    sets = {name: frozenset(terms[name]) for name in ("lines", "loss_classes", "special_kinds")}
    return Ceiling(**{**terms, **sets, "amount_max": fen(Decimal(terms["amount_max"]))})


def _referral(terms: dict[str, Any]) -> ReferralTerms:
    sets = {name: frozenset(terms[name]) for name in ("items", "flags")}
    figures = {name: fen(Decimal(str(over))) for name, over in terms["figures_over"].items()}
    return ReferralTerms(**{**terms, **sets, "figures_over": figures})


def _incompatible_duties(day: date) -> QuerySet[IncompatibleDuty]:
    dated = IncompatibleDuty.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
    return dated.filter(kind=IncompatibleDuty.Kind.DYNAMIC)


def _incompatible(terms: dict[str, Any]) -> IncompatibleDutyTerms:
    sets = {name: frozenset(terms[name]) for name in ("steps", "items")}
    limit = fen(Decimal(terms["concurrent_limit"]))
    return IncompatibleDutyTerms(**{**terms, **sets, "concurrent_limit": limit})
