"""The pages of suits: lists, the register with exactly its columns, sheets, clocks from the events."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cases import services
from cases.clocks import Clocks
from cases.lawsuits.panel import counsel_to_consent, hearings_soon
from cases.lawsuits.reading import clocks_of, with_events
from cases.models import Counsel, Hearing, Judgment, Lawsuit, LawsuitRequest, LitigationCost
from cases.services import Lawyer, Plea
from departments.models import AccessRecord
from departments.owed import owed_by
from tests.cases.branch import say
from tests.cases.suits import entered, judged, judgment_values, legal_officer, now, reported, sued

R11 = (
    "收文日", "上报日", "法院", "案号", "原告", "被告", "诉请(元)", "估损(元)", "争点", "代理人",
    "一审判决日", "一审金额(元)", "是否上诉/意见", "二审", "调解", "执行", "律师费(元)", "诉讼费(元)", "结果",
)  # fmt: skip


@pytest.fixture
def officer(branch):
    return legal_officer(branch)


@pytest.fixture
def page(client):
    """A page as somebody sees it."""

    def get(name: str, staff, *args, **query):
        client.force_login(staff)
        return client.get(reverse(f"cases:{name}", args=args), query)

    return get


def running(lawsuit: Lawsuit) -> dict[str, object]:
    """By rule, the clocks that run."""
    known = with_events(Lawsuit.objects.filter(pk=lawsuit.pk)).get()
    clocks = Clocks.today()
    return {one.reading.rule.code: one for one in clocks_of(known, clocks) if one.reading.runs}


def test_the_register_has_exactly_its_columns(branch, officer, page):
    judged(branch, officer)

    sheet = load_workbook(BytesIO(page("lawsuit_register", branch.manager, **{"as": "xlsx"}).content)).active
    rows = list(sheet.values)

    assert rows[0] == R11
    assert (rows[1][6], rows[1][11]) == (120000, 60000)
    assert AccessRecord.objects.get().row_count == 1
    assert "R11" in page("lawsuit_register", branch.manager, **{"as": "print"}).content.decode()


@pytest.mark.parametrize(("basis", "count"), [("open", 1), ("received", 1), ("closed", 0), ("nonsense", 1)])
def test_the_register_goes_by_the_month(branch, officer, page, basis, count):
    lawsuit = sued(branch)
    month = f"{timezone.localtime(lawsuit.received_at):%Y-%m}"

    response = page("lawsuit_register", branch.manager, month=month, basis=basis)

    assert len(response.context["rows"]) == count
    assert response.context["totals"]["count"] == count
    assert not page("lawsuit_register", branch.manager, month="2019-01").context["rows"]


def test_private_names_are_masked_for_those_who_may_not_read_them(branch, officer, page):
    lawsuit = sued(branch)
    stranger = branch.statistician
    stranger.posts_today[0].post.post_type.__class__.objects.update(sees_personal_data=False)

    text = (
        page("lawsuits", stranger).content.decode() + page("lawsuit", stranger, lawsuit.pk).content.decode()
    )

    assert "周小伤" not in text
    assert "周**" in text


def test_the_lists_cost_the_same_for_many(branch, officer, client, assert_flat_queries):
    client.force_login(branch.manager)
    numbers = iter(range(99))

    assert_flat_queries(
        reverse("cases:lawsuits"), grow=lambda: reported(branch, docket_no=f"{next(numbers)}号")
    )
    assert_flat_queries(reverse("cases:lawsuit_register"), grow=lambda: None)


def test_one_suit_costs_the_same_with_many_events(branch, officer, client, assert_flat_queries):
    lawsuit = entered(branch, officer)
    client.force_login(officer)

    def grow() -> None:
        at = timezone.now() + timedelta(days=2)
        Hearing.objects.create(
            lawsuit=lawsuit, court_level="first", at=at, court_room="三庭", attendee=officer
        )

    assert_flat_queries(lawsuit.get_absolute_url(), grow=grow)


def test_the_report_runs_from_the_papers_and_the_entry_from_the_reply(branch, officer):
    lawsuit = sued(branch)
    assert set(running(lawsuit)) == {"litigation_report", "court_defence"}
    assert running(lawsuit)["litigation_report"].owed_by_id == branch.clerk.pk

    services.report_lawsuit(lawsuit, Plea("应诉"), by=branch.clerk, seen=lawsuit.version)
    assert set(running(lawsuit)) == {"court_defence", "litigation_reply"}
    say(lawsuit.requests.get().submission, "agree", by=officer, opinion="同意")
    assert set(running(lawsuit)) == {"court_defence", "litigation_entry"}


def test_head_office_has_two_working_days(branch, officer):
    lawsuit = reported(branch, claimed=Decimal("900000"))
    say(lawsuit.requests.get().submission, "refer_up", by=officer, opinion="超权限", missing_papers="后补")

    assert set(running(lawsuit)) == {"court_defence", "litigation_reply_hq"}
    assert running(lawsuit)["litigation_reply_hq"].reading.rule.limit == 2


@pytest.mark.parametrize(
    ("values", "clock"),
    [({}, "appeal_judgment"), ({"kind": "dismissal"}, "appeal_ruling"), ({"kind": "withdrawal"}, None)],
)
def test_the_appeal_period_goes_by_the_kind_of_paper(branch, officer, values, clock):
    lawsuit = judged(branch, officer, **values)

    found = {code for code in running(lawsuit) if code.startswith("appeal")}

    assert found == ({clock} if clock else set())
    assert ("judgment_report" in running(lawsuit)) == bool(clock)


def test_fifteen_days_from_the_day_after_receipt(branch, officer):
    lawsuit = judged(branch, officer)
    received = timezone.localdate(lawsuit.judgments.get().received_at)

    due = running(lawsuit)["appeal_judgment"].reading.due_at

    assert due.date() == received + timedelta(days=16)  # midnight at the end of the fifteenth
    assert not running(lawsuit)["appeal_judgment"].reading.rule.is_verified


def test_what_waits_for_whom_stands_on_the_workbench(branch, officer):
    lawsuit = entered(branch, officer)
    asked = Lawyer("first", "何律师", "蜀都所", Decimal(1), "跨省")
    services.ask_counsel(lawsuit, asked, by=branch.clerk, seen=lawsuit.version)
    at = timezone.now() + timedelta(days=2)
    Hearing.objects.create(lawsuit=lawsuit, court_level="first", at=at, court_room="三庭", attendee=officer)

    assert [*counsel_to_consent(branch.manager)] == [lawsuit]
    assert not counsel_to_consent(officer).exists()
    assert [one.label for one in owed_by(officer)] == ["七日内开庭"]
    assert hearings_soon(officer).count() == 1


def test_the_case_page_shows_its_suits(branch, officer, client):
    lawsuit = sued(branch)
    client.force_login(branch.clerk)

    text = client.get(f"{lawsuit.case.get_absolute_url()}?tab=related").content.decode()

    assert lawsuit.get_absolute_url() in text
    assert "登记诉讼" in text


@pytest.mark.parametrize("slug", ["lawsuit_sheet", "judgment_sheet"])
def test_the_sheets_carry_proposal_and_answer(branch, officer, page, slug):
    lawsuit = judged(branch, officer)
    pk = lawsuit.judgments.get().pk if slug == "judgment_sheet" else lawsuit.pk

    text = page(slug, branch.clerk, pk).content.decode()

    assert "上诉意见表" in text if slug == "judgment_sheet" else "应诉，争议误工费" in text


def test_a_form_filled_in_wrongly_says_why(branch, officer, client):
    lawsuit = entered(branch, officer)
    client.force_login(branch.clerk)
    url = reverse("cases:lawsuit_act", args=[lawsuit.pk, "settle"])
    sent = {"seen": lawsuit.version, "at": "2026-11-01T09:00", "amount": "1", "text": "调解"}

    response = client.post(url, sent)

    assert (response.status_code, "调解方案须先报批获同意" in response.content.decode()) == (422, True)
    assert client.post(url, {**sent, "seen": 0}).status_code == 409


CONSTRAINTS = [
    (Lawsuit, "cases_lawsuit_money_not_negative", {"claimed": -1}),
    (Lawsuit, "cases_lawsuit_stage_known", {"stage": "x"}),
    (Lawsuit, "cases_lawsuit_closed_with_result", {"stage": "closed"}),
    (Lawsuit, "cases_lawsuit_events_in_order", {"entered_at": "2020-01-01T00:00Z"}),
    (Lawsuit, "cases_lawsuit_appeal_names_who", {"appellant": "us"}),
    (Lawsuit, "cases_lawsuit_settled_on_terms", {"settled_amount": 1}),
    (Lawsuit, "cases_lawsuit_performed_amount", {"performed_amount": 1}),
    (Judgment, "cases_judgment_money_not_negative", {"amount": -1}),
    (Judgment, "cases_judgment_share", {"share": 101}),
    (Judgment, "cases_judgment_opinion_in_writing", {"opinion": "appeal"}),
    (LawsuitRequest, "cases_lawsuit_request_amount_positive", {"amount": 0}),
    (LawsuitRequest, "cases_lawsuit_request_appeals_a_judgment", {"purpose": "appeal"}),
    (Hearing, "cases_hearing_status_known", {"status": "x"}),
    (Hearing, "cases_hearing_told_when_over", {"status": "held"}),
    (Hearing, "cases_hearing_somebody_goes", {"attendee": None}),
    (Counsel, "cases_counsel_ours_or_a_lawyer", {"reason": ""}),
    (Counsel, "cases_counsel_lawyer_by_consent", {"status": "consented"}),
    (Counsel, "cases_counsel_fee_not_negative", {"fee": -1}),
    (LitigationCost, "cases_litigation_cost_positive", {"amount": 0}),
    (LitigationCost, "cases_litigation_cost_kind_known", {"kind": "x"}),
]


def furnished(branch, officer) -> None:
    """One of everything."""
    lawsuit = judged(branch, officer)
    asked = Lawyer("first", "何律师", "蜀都所", Decimal(1), "跨省")
    services.ask_counsel(lawsuit, asked, by=branch.clerk, seen=lawsuit.version)
    at = timezone.now() + timedelta(days=2)
    Hearing.objects.create(lawsuit=lawsuit, court_level="first", at=at, court_room="三庭", attendee=officer)
    cost = {"kind": "court", "amount": Decimal(1), "incurred_on": timezone.localdate(), "payee": "法院"}
    services.note_cost(now(lawsuit), cost, by=branch.clerk, seen=now(lawsuit).version)


@pytest.mark.django_db
def test_the_database_refuses(branch, officer):
    furnished(branch, officer)
    let_through = []
    for model, name, values in CONSTRAINTS:
        try:
            with transaction.atomic():
                model.objects.update(**values)
        except IntegrityError as error:
            if name in str(error):
                continue
        let_through.append(name)

    assert let_through == []


def test_nothing_is_said_twice(branch, officer):
    lawsuit = judged(branch, officer)
    with pytest.raises(IntegrityError, match="cases_judgment_once"), transaction.atomic():
        Judgment.objects.create(
            lawsuit=lawsuit, case=lawsuit.case, noted_by=officer, noted_at=timezone.now(), **judgment_values()
        )
    party = lawsuit.parties.first()
    with pytest.raises(IntegrityError, match="cases_lawsuit_party_once"), transaction.atomic():
        lawsuit.parties.create(side=party.side, name=party.name)
