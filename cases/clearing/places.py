"""Where clearing shows on shared pages: the tab 专项 of a case, and what is owed on the workbench."""

from __future__ import annotations

from django.utils import timezone

from cases.casefile.related import RELATED, Record, Related
from cases.clearing.rows import of_person, outcome_name, outcome_state, person_of
from cases.models import CampaignCase, ClaimCase
from cases.models.campaigns import CampaignCaseQuerySet
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel


def rows_of_case(case: ClaimCase, viewer: Staff) -> Related | None:
    rows = list(CampaignCase.objects.visible_to(viewer).filter(case=case).for_list().order_by("-pk"))
    if not rows:
        return None
    return Related(
        [
            Record(
                row.campaign.name,
                row.get_absolute_url(),
                outcome_name(row),
                outcome_state(row),
                _note(row),
                row.estimate,
                row.campaign.base_moment,
            )
            for row in rows
        ]
    )


def _note(row: CampaignCase) -> str:
    reasons = "".join(row.case.uncleared_reasons) or "未填原因"
    return f"{person_of(row)} · {reasons} {row.remark}".strip()


def mine(staff: Staff) -> CampaignCaseQuerySet:
    """Open rows of running campaigns that are this person's to get closed."""
    rows = CampaignCase.objects.visible_to(staff).open().filter(campaign__status="running")
    return rows.filter(of_person(staff))


def to_explain(staff: Staff) -> CampaignCaseQuerySet:
    return mine(staff).filter(case__uncleared_reasons=[])


def overdue(staff: Staff) -> CampaignCaseQuerySet:
    """Promised to be closed before today."""
    return mine(staff).filter(case__expected_close_on__lt=timezone.localdate())


register_panel("case", Panel("未决清理", RELATED, rows_of_case, order=70))
register_owed(
    Owed("clearing_reason", "未决清理待填原因", to_explain, "cases:campaign_mine", "state=unexplained")
)
register_owed(Owed("clearing_late", "预计结案已过", overdue, "cases:campaign_mine", "state=late"))
