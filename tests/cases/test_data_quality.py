"""数据质量: what the night finds, how two people correct it, what the report says."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.conflicts import Stale
from cases.data_quality.checks import FINDERS
from cases.data_quality.fields import FIELDS, UnreadableError, value_of
from cases.data_quality.score import score_of
from cases.models import (
    ClaimCase,
    DataCorrection,
    DataQualityIssue,
    DataQualityRule,
    DataQualityRun,
    EstimateChange,
)
from cases.services import mending
from cases.services.doubting import check_data
from cases.services.mending import Wish
from departments.models import OutboxMessage
from tests.cast import World
from tests.factories import SHANGHAI, CaseFactory, CaseLossFactory, OrgUnitFactory

NOW = datetime(2026, 11, 20, 2, tzinfo=SHANGHAI)
NOON = datetime(2026, 11, 2, 12, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
DOUBTFUL: dict[str, dict[str, Any]] = {
    "accident_after_report": {"accident_at": NOON, "reported_at": NOON - DAY},
    "registered_before_report": {"reported_at": NOON, "registered_at": NOON - DAY},
    "closed_before_registered": {"closed": True, "registered_at": NOON, "closed_at": NOON - DAY},
    "paid_before_registered": {"closed": True, "registered_at": NOON, "paid_at": NOON - DAY},
    "in_the_future": {"reported_at": NOW + DAY, "registered_at": None, "accident_at": None},
    "paid_without_payment_date": {"closed": True, "paid_at": None},
    "closed_paid_nothing": {"closed": True, "paid": 0},
    "estimate_zero": {"estimate": 0, "registered_at": NOW - 4 * DAY},
    "reported_late": {"accident_at": NOON - 11 * DAY, "reported_at": NOON},
    "plate_malformed": {"plate_no": "川B1"},
    "vin_malformed": {"vin": "LSVAA4182E218484O"},
    "insured_missing": {"insured_name": ""},
    "policy_missing": {"policy_no": ""},
    "accident_missing": {"accident_at": None},
}


def case_of(**fields: Any) -> ClaimCase:
    """Of a unit that handles cases."""
    return CaseFactory(unit=OrgUnitFactory(parent=OrgUnitFactory()), **fields)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", DOUBTFUL)
def test_the_night_finds(rule: str):
    CaseFactory(**DOUBTFUL[rule])
    check_data(NOW)

    assert rule in set(DataQualityIssue.objects.values_list("rule", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="an ordinary case"),
        pytest.param({"plate_no": "川A12345", "vin": "LSVAA4182E2184847"}, id="well formed"),
        pytest.param({"plate_no": "川A·D12345"}, id="new energy, with its dot"),
        pytest.param({"plate_no": "川B1234学"}, id="a learner's plate"),
        pytest.param(
            {"reported_at": datetime(2026, 11, 2, tzinfo=SHANGHAI), "accident_at": NOON}, id="a day"
        ),
        pytest.param({"estimate": 0, "registered_at": NOW - 2 * DAY}, id="no estimate for two days"),
        pytest.param({"accident_at": NOON - 10 * DAY, "reported_at": NOON}, id="late by just ten days"),
    ],
)
def test_the_night_leaves_in_peace(fields: dict[str, Any]):
    case_of(**fields)

    assert check_data(NOW).found == 0


@pytest.mark.django_db
def test_a_flag_and_a_unit_are_doubted():
    case = CaseFactory(unit=OrgUnitFactory(kind="branch", parent=OrgUnitFactory()))
    CaseLossFactory(case=case, loss_class="injury", estimate=5000)
    check_data(NOW)

    found = set(DataQualityIssue.objects.values_list("rule", flat=True))
    assert found == {"injury_without_flag", "unit_not_handling"}


@pytest.mark.django_db
def test_every_nightly_rule_is_looked_for_and_every_finder_has_a_rule():
    nightly = DataQualityRule.objects.filter(is_nightly=True).values_list("code", flat=True)

    assert set(nightly) == set(FINDERS)
    assert set(DataQualityRule.objects.values_list("code", flat=True)) == set(DataQualityIssue.Rule.values)


@pytest.mark.django_db
def test_checked_once_a_day_and_what_is_gone_is_written_off():
    case = case_of(plate_no="川B1")
    assert check_data(NOW).found == 1
    assert check_data(NOW + timedelta(hours=3)) is None
    case.plate_no = "川B18K62"
    case.save()
    run = check_data(NOW + DAY)

    assert (run.found, run.gone) == (0, 1)
    assert DataQualityIssue.objects.get().outcome == "gone"
    assert DataQualityRun.objects.count() == 2


@pytest.mark.django_db
def test_the_second_night_looks_at_what_changed_and_at_the_clock():
    now = timezone.now()
    case_of(estimate=0, registered_at=now)
    check_data(now + DAY)
    ClaimCase.objects.update(plate_no="川B1")

    run = check_data(now + 5 * DAY)

    assert set(DataQualityIssue.objects.values_list("rule", flat=True)) == {"estimate_zero"}
    assert run.found == 1


@pytest.mark.django_db
def test_a_rule_is_data():
    DataQualityRule.objects.filter(code="reported_late").update(limit=30)
    case_of(accident_at=NOON - 11 * DAY, reported_at=NOON)

    assert check_data(NOW).found == 0


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("accident_at", "昨天"),
        ("accident_at", "2099-01-01 10:00"),
        ("reported_at", ""),
        ("plate_no", "川" * 13),
        ("vin", "A\tB"),
        ("liability_ratio", "101"),
        ("is_injury", "也许"),
        ("estimate", "0"),
        ("estimate", "NaN"),
        ("estimate", "1.005"),
        ("estimate", "1e30"),
    ],
)
def test_what_cannot_be_meant(field: str, text: str):
    with pytest.raises(UnreadableError):
        value_of(field, text)


@pytest.mark.django_db
def test_every_field_reads_back_what_it_writes():
    case = CaseFactory(vin="LSVAA4182E2184847")
    for field in FIELDS:
        text = mending.text_of(case, field)
        assert value_of(field, text) == getattr(case, field) or text == ""


@pytest.fixture
def doubted(world: World) -> World:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"], plate_no="川B1")
    check_data(timezone.now())
    world.things |= {"case": case, "doubt": DataQualityIssue.objects.get(case=case)}
    return world


def ask(world: World, field: str = "plate_no", after: str = "川b18k62", **fields: Any) -> DataCorrection:
    issue = fields.get("issue", world["doubt"])
    wish = Wish(field, after, fields.get("reason", "行驶证照片"), issue)
    return mending.ask_correction(world["case"], wish, by=fields.get("by", world["clerk"]), seen=1)


def test_two_people_correct_and_the_doubt_is_answered(doubted: World, guarded):
    asked = ask(doubted)
    told = OutboxMessage.objects.filter(payload__kind="data_quality")
    assert {one.payload["recipient"] for one in told} == {doubted["unit_head"].pk}
    done = mending.apply_correction(asked, "已核", by=doubted["unit_head"])
    guarded()

    case = ClaimCase.objects.get(pk=doubted["case"].pk)
    assert (case.plate_no, done.status) == ("川B18K62", "applied")
    doubted["doubt"].refresh_from_db()
    assert (doubted["doubt"].outcome, doubted["doubt"].resolved_by) == ("corrected", doubted["unit_head"])
    assert case.history.first().plate_no == "川B18K62"
    entries = LedgerEntry.objects.filter(chain=f"case:{case.pk}").order_by("sequence")
    assert [entry.action for entry in entries] == ["ask_correction", "apply_correction"]
    assert "川B18K62" not in str([entry.details for entry in entries])


def test_a_correction_that_mends_nothing_leaves_the_doubt(doubted: World):
    mending.apply_correction(ask(doubted, after="川B2"), by=doubted["unit_head"])

    doubted["doubt"].refresh_from_db()
    assert doubted["doubt"].resolved_at is None


@pytest.mark.parametrize(
    ("who", "code"),
    [("clerk", "own_request"), ("reviewer", "not_looking_after"), ("security_admin", "admin_role")],
)
def test_who_may_not_decide(doubted: World, who: str, code: str):
    asked = ask(doubted)
    with pytest.raises(Refused) as refusal:
        mending.apply_correction(asked, by=doubted[who])

    assert code in refusal.value.ruling.codes
    assert ClaimCase.objects.get(pk=doubted["case"].pk).plate_no == "川B1"


def test_a_field_that_moved_on_is_asked_about_anew(doubted: World):
    asked = ask(doubted)
    ClaimCase.objects.filter(pk=doubted["case"].pk).update(plate_no="川B3")
    with pytest.raises(Refused) as refusal:
        mending.apply_correction(asked, by=doubted["unit_head"])

    assert refusal.value.ruling.codes == ("moved_on",)


@pytest.mark.parametrize(
    ("stage", "field", "code"),
    [
        ("adjudicating", "estimate", "under_review"),
        ("approved", "liability_ratio", "decided"),
        ("adjusted", "closed_at", "not_closed"),
        ("adjusted", "paid", "unknown_field"),
    ],
)
def test_what_a_decision_rests_on_stands_still(doubted: World, stage: str, field: str, code: str):
    ClaimCase.objects.filter(pk=doubted["case"].pk).update(stage=stage)
    with pytest.raises(Refused) as refusal:
        ask(doubted, field=field, after="50")

    assert code in refusal.value.ruling.codes


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"after": "川B1"}, "no_change"),
        ({"reason": " "}, "no_reason"),
        ({"field": "accident_at", "after": "昨天"}, "unreadable"),
    ],
)
def test_what_is_not_asked(doubted: World, fields: dict[str, Any], code: str):
    with pytest.raises(Refused) as refusal:
        ask(doubted, **fields)

    assert refusal.value.ruling.codes == (code,)


def test_one_wish_per_field_at_a_time_and_never_on_an_old_page(doubted: World):
    ask(doubted)
    with pytest.raises(Stale):
        ask(doubted, field="vin", after="LSVAA4182E2184847")
    wish = Wish("plate_no", "川B9K999", "改", None)
    with pytest.raises(Refused) as refusal:
        mending.ask_correction(doubted["case"], wish, by=doubted["clerk"], seen=2)

    assert refusal.value.ruling.codes == ("already_asked",)


def test_an_amount_is_corrected_with_its_history_and_its_last_editor(doubted: World, guarded):
    asked = ask(doubted, field="estimate", after="9,000", issue=None)
    mending.apply_correction(asked, by=doubted["unit_head"])
    guarded()

    change = EstimateChange.objects.get(case=doubted["case"], subject="estimate")
    assert (change.after, change.changed_by) == (Decimal(9000), doubted["clerk"])
    assert doubted["case"].steps.get().person == doubted["clerk"]


def test_refused_with_a_reason_or_withdrawn(doubted: World, guarded):
    asked = ask(doubted)
    with pytest.raises(Refused):
        mending.refuse_correction(asked, " ", by=doubted["unit_head"])
    refused = mending.refuse_correction(asked, "照片不清", by=doubted["unit_head"])
    second = mending.ask_correction(
        doubted["case"], Wish("plate_no", "川B18K62", "重拍", None), by=doubted["clerk"], seen=3
    )
    mending.withdraw_correction(second, by=doubted["clerk"])
    guarded()

    assert (refused.status, refused.opinion) == ("refused", "照片不清")
    assert DataCorrection.objects.filter(status="withdrawn").count() == 1


def test_true_as_it_is_is_not_asked_again(doubted: World, guarded):
    with pytest.raises(Refused) as refusal:
        mending.confirm_true(doubted["doubt"], "临时号牌", by=doubted["clerk"])
    assert refusal.value.ruling.codes == ("not_looking_after", "own_case")
    mending.confirm_true(doubted["doubt"], "临时号牌", by=doubted["unit_head"])
    guarded()

    assert check_data(timezone.now() + DAY).found == 0


@pytest.mark.parametrize(
    ("points", "late", "cases", "score"),
    [
        ("0", "0", 100, "100.0"),
        ("20", "5", 200, "87.5"),
        ("500", "0", 100, "0.0"),
        ("0", "0", 0, None),
        ("2", "0", 0, "0"),
    ],
)
def test_the_score_of_a_unit(points: str, late: str, cases: int, score: str | None):
    found = score_of(Decimal(points), Decimal(late), cases)

    assert found == (Decimal(score) if score is not None else None)


def test_the_report_counts_and_leads_to_its_rows(doubted: World, client: Client):
    client.force_login(doubted["department_head"])
    ClaimCase.objects.update(reported_at=timezone.now() - timedelta(hours=1))
    DataQualityIssue.objects.update(due_on=date(2026, 1, 1))
    report = client.get(reverse("cases:data_quality_report")).context["report"]

    line = report.lines[0]
    assert (line.unit, line.found, line.overdue, line.mended) == ("德阳中支", 1, 1, 0)
    assert len(client.get(line.url).context["rows"]) == 1
    assert report.units[0].score == Decimal("0.0")
    address = reverse("cases:data_quality_report")
    book = load_workbook(BytesIO(client.get(address, {"as": "xlsx"}).content))
    assert list(book["数据质量报告"].values)[1][:3] == ("德阳中支", "车牌格式不符", 1)
    assert "R28" in client.get(address, {"as": "print"}).content.decode()


def test_a_stranger_to_personal_data_sees_masks(doubted: World, client: Client):
    asked = ask(doubted)
    client.force_login(doubted["reviewer"])
    pages = [asked.get_absolute_url(), reverse("cases:data_corrections"), doubted["doubt"].get_absolute_url()]

    assert all("川B18K62" not in client.get(page).content.decode() for page in pages)


def test_the_lists_cost_the_same_for_many_rows(doubted: World, client: Client, assert_flat_queries):
    client.force_login(doubted["department_head"])

    def grow() -> None:
        case = CaseFactory(unit=doubted["dy"], handler=doubted["clerk"])
        issue = DataQualityIssue.objects.create(case=case, rule="plate_malformed")
        DataCorrection.objects.create(
            case=case, issue=issue, field="plate_no", before="a", after="b", reason="c",
            requested_by=doubted["clerk"],
        )  # fmt: skip

    for page in ("data_issues", "data_corrections", "data_quality_report"):
        assert_flat_queries(reverse(f"cases:{page}"), grow=grow)
