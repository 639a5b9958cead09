"""人伤调解 on its pages: what a scheme may name, the list, the doors of one scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from authority.rulings import Ruling
from cases.injuries.mediation import (
    MEDIATING_POSTS,
    may_conclude,
    may_draft,
    may_mediate,
    may_propose,
    mediator_objections,
)
from cases.items import INJURY_MEDIATION
from cases.models import ClaimCase, InjuryCost, InjuryCostKind, Mediation, MediationLine, Submission
from cases.rulings import refused_for
from departments.listings import Column, Empty, Listing
from departments.models import Appointment, Staff, UnitKind

ZERO = Decimal(0)


@dataclass(slots=True)
class Proposable:
    """One person and item that a scheme may name: what is claimed over all its parts, what the review left
    of it, and what an earlier draft says of it.
    """

    person_id: int
    label: str
    kind: InjuryCostKind
    claimed: Decimal = ZERO
    stands: Decimal = ZERO
    drafted: Decimal | None = None

    @property
    def field(self) -> str:
        return f"amount_{self.person_id}_{self.kind.pk}"


@dataclass(frozen=True, slots=True)
class PersonSum:
    """Of one person in a scheme: the limit of the approval is measured by it."""

    label: str
    amount: Decimal
    agreed: Decimal | None


@dataclass(frozen=True, slots=True)
class SchemeDoors:
    draft: Ruling
    send: Ruling
    mediate: Ruling
    conclude: Ruling
    widen: Ruling
    send_url: str


def proposable_in(case: ClaimCase, draft: Mediation | None = None) -> list[Proposable]:
    """By person and item; what a draft left out is drafted at nothing."""
    found: dict[tuple[int, int], Proposable] = {}
    rows = InjuryCost.objects.filter(case=case).select_related("person", "kind")
    for cost in rows.order_by("person", "kind__rank", "pk"):
        key = (cost.person_id, cost.kind_id)
        one = found.setdefault(key, Proposable(cost.person_id, cost.person.label, cost.kind))
        one.claimed += cost.claimed
        one.stands += cost.stands
    if draft is not None:
        drafted = {(line.person_id, line.kind_id): line.amount for line in draft.lines.all()}
        for key, one in found.items():
            one.drafted = drafted.get(key, ZERO)
    return list(found.values())


def sums_by_person(lines: Sequence[MediationLine]) -> list[PersonSum]:
    by_label: dict[str, list[MediationLine]] = {}
    for line in lines:
        by_label.setdefault(line.person.label, []).append(line)
    return [
        PersonSum(
            label,
            sum((line.amount for line in own), ZERO),
            sum((line.agreed or ZERO for line in own), ZERO) if own[0].agreed is not None else None,
        )
        for label, own in by_label.items()
    ]


def mediators_for(case: ClaimCase) -> QuerySet[Staff]:
    """People in a mediating post of the case's unit, or of an office of the department above it."""
    held = Appointment.objects.on(timezone.localdate()).filter(post__post_type__code__in=MEDIATING_POSTS)
    beside = Q(post__unit__kind=UnitKind.OFFICE, post__unit__path__startswith=_department(case.unit.path))
    near = held.filter(Q(post__unit=case.unit_id) | beside)
    return Staff.objects.filter(pk__in=near.values("staff"), is_active=True).order_by("name", "pk")


def _department(path: str) -> str:
    """Of a sub-branch, the department above it, whose offices mediate too."""
    codes = path.strip("/").split("/")
    return "".join(f"{code}/" for code in codes[:-1] or codes)


def doors_of(mediation: Mediation, staff: Staff) -> SchemeDoors:
    address = reverse("cases:submit", args=[mediation.case_id])
    return SchemeDoors(
        may_draft(mediation, staff),
        _may_send(mediation, staff),
        may_mediate(mediation, staff),
        may_conclude(mediation, staff),
        may_propose(mediation.case, staff, mediation),
        f"{address}?item={INJURY_MEDIATION}&subject={mediation.pk}",
    )


def _may_send(mediation: Mediation, staff: Staff) -> Ruling:
    ruling = may_draft(mediation, staff)
    return refused_for([*ruling.objections, *mediator_objections(mediation.mediator)])


def requests_of(mediation: Mediation) -> QuerySet[Submission]:
    return Submission.objects.filter(item__code=INJURY_MEDIATION, subject_id=mediation.pk)


def columns_for(viewer: Staff) -> Sequence[Column]:
    return (
        Column("方案号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("方案金额(元)", lambda row: row.scheme_amount, "money"),
        Column("批准金额(元)", lambda row: row.approved_amount, "money"),
        Column("协议金额(元)", lambda row: row.agreed_amount, "money"),
        Column("调解人", lambda row: row.mediator.name),
        Column("拟定", lambda row: row.proposed_at, "moment"),
        Column("批准", lambda row: row.approved_at, "moment"),
        Column("协议日期", lambda row: row.agreed_on, "number"),
        Column("结果说明", lambda row: row.result_note, "wrap", on_page=False),
    )


MEDIATIONS = Listing(
    "人伤调解",
    "mediations",
    columns_for,
    ("-proposed_at", "-pk"),
    Empty("没有这样的调解", "在赔案的专项页拟定调解方案；方案经医疗审核批准后，调解人才能调解。"),
    signers=("制表", "人伤负责人", "负责人"),
)
