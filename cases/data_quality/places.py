"""Where corrections and files to score show up on shared pages; imported once, when the app is ready."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from cases.casefile.related import RELATED, Record, Related, Start
from cases.data_quality import rulings
from cases.data_quality.fields import FIELDS
from cases.models import ClaimCase, DataCorrection, DataQualityIssue, QualitySample
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel


def corrections_for(staff: Staff) -> QuerySet[DataCorrection]:
    """Those that this person decides on: of the units whose data he looks after, never his own."""
    who = rulings.keeper(staff)
    units = who.looks_after if who.is_in_business else frozenset()
    waiting = DataCorrection.objects.filter(status=DataCorrection.Status.WAITING, case__unit__in=units)
    return waiting.exclude(requested_by=staff)


def doubts_of(staff: Staff) -> QuerySet[DataQualityIssue]:
    """Overdue ones wait as well."""
    return DataQualityIssue.objects.open().filter(case__handler=staff)


def files_to_score(staff: Staff) -> QuerySet[QualitySample, Any]:
    return QualitySample.objects.all().waiting_for(staff)


def data_of_case(case: ClaimCase, viewer: Staff) -> Related:
    doubts = DataQualityIssue.objects.open().filter(case=case)
    asked = DataCorrection.objects.filter(case=case).select_related("requested_by").order_by("-pk")
    ruling = rulings.may_ask(case, rulings.keeper(viewer))
    start = Start("申请数据更正", reverse("cases:data_correction_new", args=[case.pk]), ruling)
    return Related([*map(_doubt, doubts), *map(_correction, asked)], (start,))


def _doubt(one: DataQualityIssue) -> Record:
    title, url = f"疑问：{one.get_rule_display()}", one.get_absolute_url()
    return Record(title, url, one.state_name, one.state, one.details, at=one.found_at)


def _correction(one: DataCorrection) -> Record:
    title, state = f"更正：{FIELDS[one.field].label}", str(one.get_status_display())
    who = f"{one.requested_by.name} 申请"
    return Record(title, one.get_absolute_url(), state, one.status, who, at=one.requested_at)


register_panel("case", Panel("数据质量", RELATED, data_of_case, 90))
register_owed(Owed("quality_files", "待评案卷", files_to_score, "cases:quality_samples", "mine=on"))
register_owed(Owed("data_corrections", "待复核更正", corrections_for, "cases:data_corrections", "waiting=on"))
register_owed(Owed("data_doubts", "数据疑问", doubts_of, "cases:data_issues", "mine=on&state=open"))
