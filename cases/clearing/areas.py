"""The clock of the annual base list (cases.courses): from the turn of the year until it was sent."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Func, QuerySet, Value, When
from django.db.models.functions import Coalesce

from cases.clocks import CaseClock, Clocks
from cases.courses import Area, Clock, courses_of_rows, register_area
from cases.models import OutstandingCampaign

BASE_REPORT = "outstanding_base_report"


def campaign_rows() -> QuerySet[OutstandingCampaign]:
    """With the first moment of the new year where the list is owed; a campaign called off owes nothing."""
    next_day = ExpressionWrapper(F("base_on") + timedelta(days=1), output_field=DateTimeField())
    called_off = Case(
        When(status="cancelled", then=F("closed_at")), default=None, output_field=DateTimeField()
    )
    local = Func(Value(settings.TIME_ZONE), next_day, function="timezone", output_field=DateTimeField())
    return OutstandingCampaign.objects.annotate(
        base_since=Case(
            When(report_due_on__isnull=False, then=local), default=None, output_field=DateTimeField()
        ),
        base_end=Coalesce("reported_at", called_off),
    )


CAMPAIGNS = Area(
    "campaign",
    "未决清理",
    campaign_rows,
    (Clock(BASE_REPORT, "base_since", "base_end", due="report_due_on", owed_by="started_by_id"),),
    case="",
    title=lambda row: f"{row.name} 基准清单",
)

register_area(CAMPAIGNS)


def base_report_clock(campaign: OutstandingCampaign) -> CaseClock | None:
    """As its page shows it; None where the list is not owed."""
    clocks = Clocks.today()
    found = courses_of_rows(CAMPAIGNS, campaign_rows().filter(pk=campaign.pk))
    return next((one for one in map(clocks.of_record, found) if one), None)
