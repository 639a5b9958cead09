"""Hints and leads on the case page, and what of them waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Coalesce
from django.urls import reverse

from cases.casefile.related import Record, Related, Start
from cases.courses import Area, Clock, register_area
from cases.fraud.facts import hints_for, samples
from cases.fraud.hints import Hint
from cases.fraud.rulings import may_open
from cases.models import ClaimCase, FraudLead, FraudTask
from cases.models.fraud import FraudLeadQuerySet
from departments.access import INVESTIGATE
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel

TEMPLATE = "cases/_panel_fraud.html"
SHOWN = 8


@dataclass(frozen=True, slots=True)
class ShownHint:
    """`cases`: those that the viewer may open; `hidden`: how many others there are."""

    hint: Hint
    cases: list[ClaimCase]
    hidden: int


@dataclass(frozen=True, slots=True)
class FraudPanel:
    """`related` is what the usual section shows; hints come before it."""

    hints: list[ShownHint]
    related: Related

    @property
    def records(self) -> Any:
        return self.related.records

    @property
    def starts(self) -> Any:
        return self.related.starts

    @property
    def has_amounts(self) -> bool:
        return self.related.has_amounts


def fraud_of_case(case: ClaimCase, viewer: Staff) -> FraudPanel:
    """Leads for those who may read them; hints and the door for whoever sees the case."""
    leads = list(FraudLead.objects.visible_to(viewer).filter(case=case).for_list())
    is_under_way = case.fraud_leads.filter(status__in=FraudLead.UNDER_WAY).exists()
    start = Start(
        "登记欺诈线索", reverse("cases:fraud_new", args=[case.pk]),
        may_open(case, viewer, is_under_way=is_under_way),
    )  # fmt: skip
    return FraudPanel(shown_hints(case, viewer), Related([_record(one) for one in leads], [start]))


def shown_hints(case: ClaimCase, viewer: Staff) -> list[ShownHint]:
    hints = hints_for(case)
    seen = samples(hints, ClaimCase.objects.visible_to(viewer))
    found = []
    for hint in hints:
        own = [seen[pk] for pk in hint.cases if pk in seen]
        found.append(ShownHint(hint, own[:SHOWN], len(hint.cases) - len(own[:SHOWN])))
    return found


def _record(lead: Any) -> Record:
    who = lead.investigator.name if lead.investigator else "未指定调查人"
    return Record(
        lead.number,
        lead.get_absolute_url(),
        str(lead.get_status_display()),
        lead.status,
        f"{lead.get_source_display()} · {who}",
        lead.avoided or None,
        lead.opened_at,
    )


def to_investigate(staff: Staff) -> FraudLeadQuerySet:
    return FraudLead.objects.visible_to(staff).filter(investigator=staff, status="investigating")


def tasks_of(staff: Staff) -> Any:
    open_tasks = FraudTask.objects.filter(assignee=staff, done_at=None)
    return open_tasks.filter(lead__status__in=FraudLead.UNDER_WAY)


def undecided(staff: Staff) -> FraudLeadQuerySet:
    """Nobody investigates yet, or the conclusion is missing: for those with the right."""
    rows = FraudLead.objects.visible_to(staff).filter(status__in=["open", "reported"])
    mine = rows.filter(case__unit__in=staff.unit_scope.ids(INVESTIGATE))
    return mine.exclude(investigator=staff)


def _rows() -> FraudLeadQuerySet:
    """Owed by the investigator, until then by the handler; what was taken back runs no more."""
    rows = FraudLead.objects.exclude(status=FraudLead.Status.WITHDRAWN).select_related("case")
    return rows.annotate(owed_by_id=Coalesce("investigator", "case__handler"))


CLOCK = Clock("fraud_investigation", "opened_at", "reported_at", due="due_on", owed_by="owed_by_id")
register_area(Area("fraud", "欺诈线索", _rows, (CLOCK,), title=lambda row: f"线索 {row.number}"))
register_panel("case", Panel("欺诈线索", TEMPLATE, fraud_of_case, order=50))
register_owed(Owed("fraud_mine", "欺诈线索待我调查", to_investigate, "cases:fraud_leads", "need=mine"))
register_owed(Owed("fraud_tasks", "欺诈调查任务", tasks_of, "cases:fraud_leads", "need=tasks"))
register_owed(
    Owed("fraud_undecided", "欺诈线索待指派或结论", undecided, "cases:fraud_leads", "need=undecided")
)
