"""未决清理: the base list frozen, reasons, assignment, estimates, rounds, results, run-off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.utils import timezone

from authority.models import LedgerEntry
from cases import services
from cases.clearing import base, board, standing
from cases.clearing.rows import stale
from cases.jobs import take_clearing_rounds
from cases.models import CampaignCase, ClaimCase, OutstandingCampaign, RoundRow
from cases.services import chasing, clearing
from cases.services.chasing import Entry
from cases.services.clearing import Plan, Share
from departments.models import OutboxMessage, Staff
from tests.cases.branch import Branch, adjusted_case, in_post
from tests.cases.test_problems import refusals
from tests.factories import SHANGHAI, CaseFactory, OrgUnitFactory

TODAY = date(2026, 11, 29)
BASE = date(2026, 10, 31)
SOON = date(2026, 12, 20)


@dataclass
class Scene:
    branch: Branch
    keeper: Staff
    unit_head: Staff

    def case(self, **fields: Any) -> ClaimCase:
        """Reported in October, registered, estimated at 8,000 and not touched since."""
        facts = {"reported_at": at(10, 1), "registered_at": at(10, 1), "papers_complete_at": at(10, 9)}
        return adjusted_case(self.branch, **{**facts, **fields})

    def plan(self, **fields: Any) -> Plan:
        facts = {"name": "十月清理", "kind": "special", "base_on": BASE, "due_on": date(2026, 12, 31)}
        return Plan(**{"unit": self.branch.department, "scheme": "regulator", **facts, **fields})

    def start(self, **fields: Any) -> OutstandingCampaign:
        return clearing.start_campaign(self.plan(**fields), by=self.keeper)


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def scene(branch: Branch) -> Any:
    with time_machine.travel(at(11, 29), tick=False):
        keeper = in_post("OUTST", branch.department).staff
        yield Scene(branch, keeper, in_post("UNIT_HEAD", branch.unit).staff)


def change(case: ClaimCase, subject: str, before: int, after: int, moment: datetime) -> None:
    case.amount_changes.create(subject=subject, before=before, after=after, reason="调整", changed_at=moment)


def test_the_base_list_is_what_was_open_then_with_the_amounts_of_then(scene: Scene):
    risen = scene.case(estimate=9000)
    change(risen, "estimate", 5000, 9000, at(11, 3))
    closed_since = scene.case(
        stage="closed", closing_kind="paid", closed_at=at(11, 5), approved=8000, paid=8000
    )
    change(closed_since, "paid", 0, 8000, at(11, 5))
    scene.case(stage="closed", closing_kind="paid", closed_at=at(10, 20))
    scene.case(reported_at=at(11, 1), registered_at=at(11, 1))
    campaign = scene.start()

    rows = {row.case: (row.estimate, row.paid, row.vehicle_estimate) for row in campaign.rows.all()}
    assert rows == {risen: (5000, 0, 8000), closed_since: (8000, 0, 8000)}
    assert (campaign.base_count, campaign.base_amount) == (2, 13000)
    assert [row.age_days for row in campaign.rows.all()] == [30, 30]


def test_the_scope_narrows(scene: Scene):
    injured = scene.case(is_injury=True)
    scene.case(estimate=100)
    elsewhere = OrgUnitFactory(parent=scene.branch.department)
    CaseFactory(unit=elsewhere, reported_at=at(10, 1))

    assert [row.case for row in scene.start(injury="yes").rows.all()] == [injured]
    assert scene.start(least_estimate=Decimal(8000)).base_count == 2
    assert scene.start(unit=scene.branch.unit).base_count == 2
    assert refusals(lambda: scene.start(least_age=1000)) == ["empty"]


def test_the_preview_is_what_is_frozen(scene: Scene):
    scene.case()
    scene.case(reported_at=at(10, 1).replace(year=2024))
    portions = base.preview(scene.plan().scope)
    campaign = scene.start()

    assert sum(one.count for one in portions) == campaign.base_count == 2
    assert sum(one.amount for one in portions) == campaign.base_amount
    assert {one.band_id for one in portions} == {row.band_id for row in campaign.rows.all()}


@pytest.fixture
def old_case(scene: Scene) -> ClaimCase:
    """Made before the guard is switched on."""
    return scene.case(reported_at=at(8, 1), registered_at=at(8, 1))


def test_a_start_is_told(scene: Scene, old_case: ClaimCase, guarded):
    campaign = scene.start()
    guarded()

    acts = LedgerEntry.objects.filter(chain=f"campaign:{campaign.pk}").values_list("action", flat=True)
    assert list(acts.order_by("sequence")) == ["start_campaign", "freeze_base"]


def test_the_list_never_changes(scene: Scene, old_case: ClaimCase):
    scene.start()

    with pytest.raises(IntegrityError, match="cases_campaign_stays"), connection.cursor() as cursor:
        cursor.execute("update cases_campaigncase set estimate = 1")


def test_the_digest_proves_it(scene: Scene):
    scene.case()
    campaign = scene.start()

    assert base.sums_of(campaign) == (1, 8000, campaign.base_digest)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"base_on": date(2026, 12, 1)}, "base_in_future"),
        ({"due_on": BASE}, "due_before_base"),
        ({"scheme": "moon"}, "no_scheme"),
        ({"name": " "}, "no_name"),
    ],
)
def test_a_plan_is_complete(scene: Scene, fields: dict[str, Any], code: str):
    scene.case()

    assert code in refusals(lambda: scene.start(**fields))


def test_who_may_start(scene: Scene):
    scene.case()
    plan = scene.plan()

    assert refusals(lambda: clearing.start_campaign(plan, by=scene.branch.clerk)) == ["not_clearing"]
    assert refusals(lambda: clearing.start_campaign(plan, by=scene.unit_head)) == ["not_clearing"]
    own = scene.plan(unit=scene.branch.unit)
    assert clearing.start_campaign(own, by=scene.unit_head).base_count == 1
    assert clearing.start_campaign(plan, by=scene.branch.manager).base_count == 1


def entry(codes: str = "N", remark: str | None = "催办中") -> Entry:
    return Entry(tuple(codes), SOON, remark)


def test_reasons_are_written_on_the_case_with_its_history(scene: Scene):
    case = scene.case()
    row = scene.start().rows.get()
    (answer,) = chasing.fill_rows({row.pk: entry()}, by=scene.branch.clerk)

    case.refresh_from_db()
    row.refresh_from_db()
    assert answer.ruling.allowed
    assert (case.uncleared_reasons, case.expected_close_on, row.remark) == (["N"], SOON, "催办中")
    assert case.history.first().history_user == scene.branch.clerk


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (entry("Q"), ["unfit:Q"]),
        (entry("L"), ["unfit:L"]),
        (Entry((), SOON), ["no_reason"]),
        (Entry(("N",), None), ["no_date"]),
        (Entry(("N",), TODAY - timedelta(days=1)), ["date_over"]),
    ],
)
def test_what_does_not_fit_changes_nothing(scene: Scene, given: Entry, codes: list[str]):
    case = scene.case()
    row = scene.start().rows.get()
    (answer,) = chasing.fill_rows({row.pk: given}, by=scene.branch.clerk)

    case.refresh_from_db()
    assert list(answer.ruling.codes) == codes
    assert (case.uncleared_reasons, case.expected_close_on) == ([], None)


def test_each_row_is_ruled_on_its_own(scene: Scene):
    scene.case()
    scene.case(is_litigated=True, stage="assessed", adjusted=0, reviewed=0)
    rows = list(scene.start().rows.order_by("case"))
    answers = chasing.fill_rows({row.pk: entry("L") for row in rows}, by=scene.unit_head)

    assert [answer.ruling.allowed for answer in answers] == [False, True]


def test_who_fills_a_row(scene: Scene):
    scene.case()
    row = scene.start().rows.get()

    def codes(by: Staff) -> list[str]:
        (answer,) = chasing.fill_rows({row.pk: entry()}, by=by)
        return list(answer.ruling.codes)

    assert codes(scene.branch.surveyor) == ["not_own"]
    assert [codes(by) for by in (scene.branch.clerk, scene.unit_head, scene.keeper)] == [[], [], []]
    chasing.assign_rows(row.campaign, [row.pk], scene.branch.surveyor, by=scene.unit_head)
    assert codes(scene.branch.surveyor) == []


def test_rows_are_given_to_somebody_who_can(scene: Scene):
    scene.case()
    row = scene.start().rows.get()
    stranger = in_post("CASE_REG", OrgUnitFactory(parent=scene.branch.department)).staff

    def assign(to: Staff, by: Staff) -> list[str]:
        (answer,) = chasing.assign_rows(row.campaign, [row.pk], to, by=by)
        return list(answer.ruling.codes)

    assert assign(stranger, scene.unit_head) == ["assignee_not_handling"]
    assert assign(scene.branch.surveyor, scene.branch.clerk) == ["not_clearing"]
    assert assign(scene.branch.surveyor, scene.unit_head) == []
    told = OutboxMessage.objects.get(payload__kind="clearing").payload
    assert told["recipient"] == scene.branch.surveyor.pk
    assert CampaignCase.objects.get().assignee == scene.branch.surveyor


def test_an_old_estimate_is_stale_until_somebody_looks(scene: Scene, old_case: ClaimCase):
    scene.case()
    campaign = scene.start()

    assert [row.case for row in stale(campaign.rows.all(), timezone.now())] == [old_case]


def test_an_estimate_is_confirmed_in_the_ledger(scene: Scene, old_case: ClaimCase, guarded):
    row = scene.start().rows.get()
    (answer,) = chasing.confirm_estimates([row.pk], "与定损一致", by=scene.branch.clerk)

    guarded()
    assert answer.ruling.allowed
    assert not stale(row.campaign.rows.all(), timezone.now()).exists()
    told = LedgerEntry.objects.get(chain=f"case:{old_case.pk}", action="confirm_estimate")
    assert (told.amount, told.reason) == (8000, "与定损一致")


def test_a_round_keeps_every_row_as_it_stood(scene: Scene):
    scene.case(uncleared_reasons=["N"], expected_close_on=SOON)
    done = scene.case(stage="closed", closing_kind="refused", closed_at=at(11, 5))
    campaign = scene.start()
    first = clearing.take_round(campaign, "先清小额", by=scene.keeper)

    states = {
        row.row.case: (row.cleared_as, row.reasons) for row in RoundRow.objects.select_related("row__case")
    }
    assert states[done] == ("2", [])
    assert sorted(one[1] for one in states.values()) == [[], ["N"]]
    (figure,) = first.figures.all()
    assert (figure.base_count, figure.refused, figure.closed, figure.cleared_amount) == (2, 1, 0, 8000)


def test_what_a_round_found_cleared_is_not_taken_again(scene: Scene):
    scene.case(uncleared_reasons=["N"])
    done = scene.case(stage="closed", closing_kind="paid", closed_at=at(11, 5))
    campaign = scene.start()
    clearing.close_round(clearing.take_round(campaign, by=scene.keeper), "一件结案", by=scene.keeper)
    second = clearing.take_round(campaign, by=scene.keeper)

    assert second.rows.count() == 1
    clearing.close_round(second, "无新结案", by=scene.keeper)
    ClaimCase.objects.filter(pk=done.pk).update(
        stage="adjusted", closed_at=None, closing_kind="", handler=scene.keeper
    )
    ClaimCase.objects.update(uncleared_reasons=["N"])
    assert clearing.take_round(campaign, by=scene.keeper).rows.count() == 2


def test_a_round_is_closed_when_nothing_is_left_undone(scene: Scene):
    case = scene.case(reported_at=at(8, 1), registered_at=at(8, 1))
    campaign = scene.start()
    found = clearing.take_round(campaign, by=scene.keeper)
    assert refusals(lambda: clearing.take_round(campaign, by=scene.keeper)) == ["round_open"]
    assert refusals(lambda: clearing.close_round(found, "完成", by=scene.keeper)) == ["stale", "unexplained"]

    row = campaign.rows.get()
    chasing.fill_rows({row.pk: entry()}, by=scene.branch.clerk)
    case.refresh_from_db()
    services.change_estimate(case, Decimal(9500), "配件涨价", by=scene.branch.clerk, seen=case.version)
    assert refusals(lambda: clearing.close_round(found, " ", by=scene.keeper)) == ["no_text"]
    assert clearing.close_round(found, "全部核对", by=scene.keeper).state == "closed"


def test_rounds_come_by_the_calendar(scene: Scene):
    scene.case(uncleared_reasons=["N"])
    campaign = scene.start()
    assert take_clearing_rounds() == 0
    with time_machine.travel(at(12, 7), tick=False):
        assert take_clearing_rounds() == 1
        assert take_clearing_rounds() == 0
        assert campaign.rounds.get().taken_by is None


def test_targets_and_how_far_today_should_be(scene: Scene):
    for _ in range(4):
        scene.case()
    scene.case(stage="closed", closing_kind="paid", closed_at=at(11, 5))
    campaign = scene.start(count_share=Decimal(80))
    (line,) = board.board_of(campaign, [scene.branch.unit], {}).units
    assert (line.progress.count_rate, line.left, line.state[0]) == (Decimal(20), 3, "overdue")

    unit = scene.branch.unit.pk
    clearing.set_targets(campaign, [Share(unit, None, Decimal(20), Decimal(20))], by=scene.keeper)
    (line,) = board.board_of(campaign, [scene.branch.unit], {}).units
    assert (line.left, line.state[0]) == (0, "done")
    foreign = [Share(scene.branch.head_office.pk, None, Decimal(1), Decimal(1))]
    assert refusals(lambda: clearing.set_targets(campaign, foreign, by=scene.keeper)) == ["foreign_unit"]


def test_the_sums_are_those_of_the_rows(scene: Scene):
    scene.case(stage="closed", closing_kind="paid", closed_at=at(11, 5), estimate=5000)
    scene.case(stage="closed", closing_kind="cancelled", closed_at=at(11, 6), estimate=1000)
    scene.case(estimate=4000)
    campaign = scene.start()
    total = standing.total_of(list(standing.progress_by(campaign, "handler").values()))

    assert (total.base_count, total.cleared, total.closed, total.cancelled) == (3, 2, 1, 1)
    assert (total.count_rate, total.amount_rate) == (Decimal("66.67"), Decimal(60))
    assert total == standing.total_of(list(standing.progress_by(campaign, "band").values()))


def test_people_are_ranked_by_their_rate(scene: Scene):
    scene.case(stage="closed", closing_kind="paid", closed_at=at(11, 5))
    other = scene.case()
    ClaimCase.objects.filter(pk=other.pk).update(handler=scene.branch.surveyor)
    campaign = scene.start()
    people = board.ranked(board.people_of(campaign, [scene.branch.unit]))

    assert [(place, line.name) for place, line in people] == [
        (1, scene.branch.clerk.name),
        (2, scene.branch.surveyor.name),
    ]


def test_run_off_is_what_was_paid_and_what_is_still_owed_against_the_estimate(scene: Scene):
    scene.case(
        stage="closed", closing_kind="paid", closed_at=at(11, 5), estimate=5000, approved=6000, paid=6000
    )
    scene.case(stage="closed", closing_kind="refused", closed_at=at(11, 6), estimate=1000)
    open_case = scene.case(estimate=4500, approved=1000, paid=1000)
    change(open_case, "estimate", 4000, 4500, at(11, 2))
    campaign = scene.start()
    unit = (scene.branch.unit.pk,)
    found = standing.run_off_by(campaign, "unit")[unit]

    assert (found.base, found.paid, found.outstanding) == (10000, 7000, 3500)
    assert (found.deviation, found.absolute, found.over, found.under) == (500, 2500, 2, 1)
    assert (found.net_rate, found.adequacy) == (Decimal(5), Decimal(105))
    assert standing.run_off_by(campaign, "unit", only_paid=True)[unit].base == 9000


def test_the_end_needs_a_conclusion_and_closed_rounds(scene: Scene):
    scene.case()
    campaign = scene.start()
    clearing.take_round(campaign, by=scene.keeper)

    def end(status: str, text: str) -> OutstandingCampaign:
        return clearing.end_campaign(campaign, status, text, by=scene.keeper)

    assert refusals(lambda: end("closed", "完成")) == ["round_open"]
    assert refusals(lambda: end("cancelled", "")) == ["no_text"]
    assert end("cancelled", "范围有误").status == "cancelled"
    row = campaign.rows.get()
    (answer,) = chasing.fill_rows({row.pk: entry()}, by=scene.branch.clerk)
    assert list(answer.ruling.codes) == ["not_running"]


def test_many_rows_are_frozen_at_once(scene: Scene, django_assert_max_num_queries):
    for _ in range(30):
        scene.case()

    with django_assert_max_num_queries(25):
        assert scene.start().base_count == 30
