"""R03 and R04 take the base list, the reasons and the remarks from the campaign that covers the period."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine

from cases.models import ClaimCase, OutstandingCampaign
from cases.services import chasing, clearing
from cases.services.chasing import Entry
from cases.services.clearing import Plan
from reports.figures import Question
from reports.figures.clearing import COLUMNS as CLEARING
from reports.figures.clearing import clearing_summary
from reports.figures.outstanding import COLUMNS as LIST
from reports.figures.outstanding import outstanding_list
from tests.cases.branch import Branch, adjusted_case, in_post, make_branch
from tests.factories import SHANGHAI

MARCH = Question("hq/sc/motor/", date(2026, 3, 1), date(2026, 3, 31))


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 10, tzinfo=SHANGHAI)


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


def open_case(branch: Branch, **fields: object) -> ClaimCase:
    reported = at(11, 2, 2025)
    return adjusted_case(branch, **{"reported_at": reported, "registered_at": reported, **fields})


def started(branch: Branch, **fields: object) -> OutstandingCampaign:
    facts = {"base_on": date(2025, 12, 31), "due_on": date(2026, 12, 31), "scheme": "regulator", **fields}
    with time_machine.travel(at(1, 5), tick=False):
        return clearing.start_campaign(
            Plan("年度清理", branch.department, "annual", **facts),
            by=in_post("OUTST", branch.department).staff,
        )


def told(columns: tuple, row: list) -> dict:
    return dict(zip((one.title for one in columns), row, strict=True))


def summary() -> dict:
    table = clearing_summary(MARCH)
    return told(CLEARING, table.totals)


def test_with_or_without_a_campaign_the_summary_is_the_same(branch: Branch):
    open_case(branch, uncleared_reasons=["N", "M"])
    open_case(branch, stage="closed", closing_kind="refused", closed_at=at(2, 3), estimate=3000)
    open_case(branch, reported_at=at(2, 1))
    computed = clearing_summary(MARCH)
    started(branch)

    assert clearing_summary(MARCH) == computed
    assert summary()["基数件数"] == 2
    assert (summary()["2拒赔"], summary()["已清理金额(元)"]) == (1, Decimal(3000))
    assert (summary()["未清理N"], summary()["未清理M"]) == (1, 1)


def test_the_frozen_list_stays_whatever_happens_to_the_cases(branch: Branch):
    case = open_case(branch)
    started(branch)
    ClaimCase.objects.filter(pk=case.pk).update(estimate=1, reported_at=at(1, 2))

    assert (summary()["基数件数"], summary()["基数金额(元)"]) == (1, Decimal(8000))


def test_reasons_are_those_of_the_last_round_of_the_period(branch: Branch):
    open_case(branch, uncleared_reasons=["N"])
    campaign = started(branch)
    with time_machine.travel(at(3, 20), tick=False):
        clearing.take_round(campaign, by=campaign.started_by)
    ClaimCase.objects.update(uncleared_reasons=["P"])

    assert (summary()["未清理N"], summary()["未清理P"]) == (1, 0)


def test_the_list_tells_what_the_round_kept(branch: Branch):
    case = open_case(branch, papers_complete_at=at(1, 2))
    campaign = started(branch)
    row = campaign.rows.get()
    with time_machine.travel(at(3, 1), tick=False):
        chasing.assign_rows(campaign, [row.pk], branch.surveyor, by=campaign.started_by)
        chasing.fill_rows({row.pk: Entry(("N",), date(2026, 4, 1), "等总公司批复")}, by=branch.clerk)
    with time_machine.travel(at(3, 2), tick=False):
        clearing.take_round(campaign, by=campaign.started_by)
    ClaimCase.objects.filter(pk=case.pk).update(uncleared_reasons=["P"], expected_close_on=None)

    listed = told(LIST, outstanding_list(MARCH).rows[0])
    assert (listed["未清理原因码"], listed["责任人"]) == ("N", branch.surveyor.name)
    assert (listed["预计结案日"], listed["备注"]) == (date(2026, 4, 1), "等总公司批复")


def test_without_a_campaign_the_case_speaks(branch: Branch):
    open_case(branch, uncleared_reasons=["P"])

    listed = told(LIST, outstanding_list(MARCH).rows[0])
    assert (listed["未清理原因码"], listed["责任人"], listed["备注"]) == ("P", branch.clerk.name, "")


@pytest.mark.parametrize("fields", [{"injury": "no"}, {"least_estimate": Decimal(1)}])
def test_a_narrowed_campaign_is_no_base_for_the_summary(branch: Branch, fields: dict):
    open_case(branch)
    started(branch, **fields)
    open_case(branch, is_injury=True, estimate=0)

    assert summary()["基数件数"] == 2


def test_a_campaign_of_one_sub_branch_does_not_stand_for_the_department(branch: Branch):
    open_case(branch)
    with time_machine.travel(at(1, 5), tick=False):
        plan = Plan("德阳清理", branch.unit, "annual", date(2025, 12, 31), date(2026, 12, 31), "regulator")
        clearing.start_campaign(plan, by=branch.manager)
    open_case(branch)

    assert summary()["基数件数"] == 2
