"""Money to be got back where people look: on its case, among what they owe, and what they hand over."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from cases.casefile.related import RELATED, Record, Related
from cases.clocks import Clocks
from cases.courses import Area, Clock, register_area
from cases.models import ClaimCase, RecoveryPlaceholder
from cases.models.recoveries import RecoveryQuerySet
from cases.recoveries.columns import LIMITATION, debtor_of, limitation
from cases.services.recovering import assign_recovery
from departments.holdings import Changed, Handing, Holding, HoldingKind, register_holding
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel

AREA = "recovery"


def recoveries_of_case(case: ClaimCase, viewer: Staff) -> Related | None:
    """Nobody starts one: they come from payments."""
    rows = list(RecoveryPlaceholder.objects.filter(case=case).for_list())
    clocks = Clocks.today() if rows else None
    return Related([_record(row, viewer, clocks) for row in rows]) if clocks else None


def _record(row: RecoveryPlaceholder, viewer: Staff, clocks: Clocks) -> Record:
    officer = row.officer.name if row.officer else "未指定负责人"
    return Record(
        str(row.get_type_display()),
        row.get_absolute_url(),
        str(row.get_status_display()),
        row.status,
        f"{debtor_of(row, viewer)} · {officer}",
        row.left or row.amount,
        row.acquired_at,
        limitation(row, clocks) if row.status in RecoveryPlaceholder.OPEN else None,
    )


def answered_by(person: Staff) -> RecoveryQuerySet:
    return RecoveryPlaceholder.objects.all().open().filter(officer=person)


def to_get_back(staff: Staff) -> RecoveryQuerySet:
    return RecoveryPlaceholder.objects.visible_to(staff).pending().filter(officer=staff)


def holdings_of(person: Staff) -> list[Holding]:
    rows = answered_by(person).for_list().order_by("acquired_at", "pk")
    return [
        Holding(
            str(row.pk),
            f"待追偿 {row.case}",
            f"{row.get_type_display()}，尚待追回 {row.left:,.2f} 元",
            f"{row.officer_id} {row.status}",
        )
        for row in rows
    ]


def give(handing: Handing, receiver: Staff) -> str:
    found = RecoveryPlaceholder.objects.select_related("case").get(pk=handing.holding.thing)
    if f"{found.officer_id} {found.status}" != handing.holding.state:
        raise Changed([handing.holding.title])
    assign_recovery(found, receiver, by=handing.by, seen=found.case.version)
    return f"移交 {receiver.name}"


def left(person: Staff) -> int:
    return answered_by(person).count()


def _rows() -> QuerySet[RecoveryPlaceholder]:
    """Owed by who answers for it, or by the handler where nobody does."""
    rows = RecoveryPlaceholder.objects.select_related("case", "request")
    return rows.annotate(owed_by_id=Coalesce("officer", "case__handler"))


CLOCK = Clock(LIMITATION, "acquired_at", "closed_at", owed_by="owed_by_id")
register_area(Area(AREA, "待追偿", _rows, (CLOCK,)))
register_panel("case", Panel("待追偿", RELATED, recoveries_of_case, 12, flush=True))
register_owed(Owed("recovery", "待追偿", to_get_back, "cases:recoveries", "need=mine&status=pending"))
register_holding(HoldingKind("recovery", "待追偿", holdings_of, give, order=15, work_left=left))
