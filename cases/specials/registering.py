"""What the special cases put on shared pages; imported once, when the app is ready."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet
from django.urls import reverse

from cases.casefile.related import RELATED, Record, Related, Start
from cases.clocks import CaseClock, Clocks, most_urgent
from cases.courses import Area, Clock, register_area
from cases.lifecycle import Stage
from cases.models import ClaimCase, Kind, SpecialRequest
from cases.services import may_draft
from cases.specials.kinds import KINDS
from cases.specials.page import AREA
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel

OWED = (
    ("notice", "待发拒赔通知"),
    ("pay", "待支付预付垫付"),
    ("set_off", "预付待冲销"),
    ("returned", "特殊案件退回"),
    ("enter", "特殊案件待登记"),
    ("close", "通融付清待结案"),
)


def specials_of_case(case: ClaimCase, viewer: Staff) -> Related:
    """The requests of the case, and a door for each kind that its stage fits."""
    rows = SpecialRequest.objects.filter(case=case).select_related("reason").order_by("-requested_at", "-pk")
    clocks: dict[int | None, list[CaseClock]] = {}
    for one in Clocks.today().of_cases([case])[case.pk]:
        if one.area == AREA:
            clocks.setdefault(one.record_id, []).append(one)
    records = [_record(row, clocks.get(row.pk, [])) for row in rows]
    return Related(
        records, [_start(case, kind, viewer) for kind in KINDS if KINDS[kind].fits(Stage(case.stage))]
    )


def _record(row: SpecialRequest, clocks: list[CaseClock]) -> Record:
    urgent = most_urgent(clocks)
    return Record(
        str(row),
        row.get_absolute_url(),
        row.get_state_display(),
        row.state,
        str(row.reason or ""),
        row.granted or row.amount,
        row.requested_at,
        urgent.reading if urgent else None,
    )


def _start(case: ClaimCase, kind: str, viewer: Staff) -> Start:
    url = f"{reverse('cases:special_new', args=[case.pk])}?kind={kind}"
    return Start(f"申请{Kind(kind).label}", url, may_draft(case, kind, viewer))


def _waiting(which: str, staff: Staff) -> QuerySet[SpecialRequest]:
    return SpecialRequest.objects.waiting_for(staff, which)


register_panel("case", Panel("特殊案件", RELATED, specials_of_case, 10, flush=True))
register_area(
    Area(
        AREA,
        "特殊案件",
        rows=SpecialRequest.objects.with_clocks,
        clocks=(
            Clock("refusal_notice", "refusal_from", "refusal_told"),
            Clock("rescue_payment", "rescue_from", "executed_at"),
        ),
    )
)
for _which, _label in OWED:
    _rows = partial(_waiting, _which)
    register_owed(Owed(f"special_{_which}", _label, _rows, "cases:specials", f"mine={_which}"))
