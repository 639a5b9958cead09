"""补充材料一次性告知: asked at once, told at once, and the clock stands while the claimant looks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.clocks import Clocks
from cases.models import ClaimCase, PapersNotice, RequiredPaper, missing_of
from cases.services import NoticeRequest, NoticeStep
from cases.services.watching import alert_the_late
from departments.clocks import ClockState
from tests.cases import rows
from tests.cases.branch import Branch, adjusted_case
from tests.factories import CaseFactory, StaffFactory

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    now = timezone.now()
    return adjusted_case(branch, reported_at=now - 20 * DAY, papers_complete_at=now - 15 * DAY)


def made(case: ClaimCase, branch: Branch, ago: timedelta = 12 * DAY, *items: str) -> PapersNotice:
    case.refresh_from_db()
    request = NoticeRequest(items or ("维修发票",), timezone.now() - ago, "请尽快")
    return services.draft_notice(case, request, by=branch.clerk, seen=case.version)


def sent(case: ClaimCase, branch: Branch) -> PapersNotice:
    step = NoticeStep(timezone.now() - 11 * DAY, "post")
    return services.advance_notice(made(case, branch), step, by=branch.clerk)


def delivered(case: ClaimCase, branch: Branch) -> PapersNotice:
    return services.advance_notice(sent(case, branch), NoticeStep(timezone.now() - 10 * DAY), by=branch.clerk)


def readings(case: ClaimCase) -> dict[str, Any]:
    case.refresh_from_db()
    return {one.reading.rule.code: one.reading for one in Clocks.today().of_cases([case])[case.pk]}


def test_it_goes_from_found_to_answered(case: ClaimCase, branch: Branch, guarded):
    notice = services.advance_notice(
        delivered(case, branch), NoticeStep(timezone.now() - DAY), by=branch.clerk
    )

    assert notice.status == PapersNotice.Status.RECEIVED
    guarded()
    actions = LedgerEntry.objects.filter(chain=f"case:{case.pk}").values_list("action", flat=True)
    assert list(actions) == ["draft_notice", "send_notice", "deliver_notice", "receive_papers"]


def test_found_papers_are_to_be_asked_for_within_a_working_day(case: ClaimCase, branch: Branch):
    made(case, branch)

    assert readings(case)["doc_notice"].state == ClockState.ESCALATED
    assert alert_the_late() >= 1


def test_a_notice_sent_in_time_has_met_its_clock(case: ClaimCase, branch: Branch):
    notice = made(case, branch, timedelta(minutes=5))
    services.advance_notice(notice, NoticeStep(timezone.now(), "handed"), by=branch.clerk)

    assert readings(case)["doc_notice"].state == ClockState.MET


def test_from_delivery_until_the_papers_come_the_decision_waits(case: ClaimCase, branch: Branch):
    before = readings(case)["liability_decision"]
    notice = delivered(case, branch)

    assert readings(case)["liability_decision"].paused_for == "papers_requested"
    services.advance_notice(notice, NoticeStep(timezone.now() - 4 * DAY), by=branch.clerk)

    after = readings(case)["liability_decision"]
    assert after.due_at == before.due_at + 6 * DAY
    assert after.used == before.used - 6


def test_sending_alone_holds_nothing(case: ClaimCase, branch: Branch):
    sent(case, branch)

    assert readings(case)["liability_decision"].state == ClockState.RUNNING


def test_a_second_notice_is_refused_while_one_is_open(case: ClaimCase, branch: Branch):
    made(case, branch)

    with pytest.raises(Refused, match="一次性告知"):
        made(case, branch)


def test_a_cancelled_one_makes_room_and_holds_no_clock(case: ClaimCase, branch: Branch):
    services.cancel_notice(delivered(case, branch), "列错材料", by=branch.clerk)

    assert readings(case)["liability_decision"].state == ClockState.RUNNING
    assert made(case, branch).status == PapersNotice.Status.DRAFTED


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (NoticeRequest((), timezone.now()), "nothing_missing"),
        (NoticeRequest(("发票",), timezone.now() + DAY), "in_future"),
        (NoticeRequest(("发票",), timezone.now() - 900 * DAY), "before_report"),
    ],
)
def test_what_is_asked_must_make_sense(case: ClaimCase, branch: Branch, request_: NoticeRequest, code: str):
    with pytest.raises(Refused) as refusal:
        services.draft_notice(case, request_, by=branch.clerk, seen=case.version)

    assert refusal.value.ruling.codes == (code,)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (NoticeStep(timezone.now() + DAY, "post"), "in_future"),
        (NoticeStep(timezone.now() - 19 * DAY, "post"), "out_of_order"),
        (NoticeStep(timezone.now() - DAY), "no_channel"),
    ],
)
def test_steps_come_in_order(case: ClaimCase, branch: Branch, step: NoticeStep, code: str):
    with pytest.raises(Refused) as refusal:
        services.advance_notice(made(case, branch), step, by=branch.clerk)

    assert refusal.value.ruling.codes == (code,)


def test_what_is_answered_is_over(case: ClaimCase, branch: Branch):
    notice = services.advance_notice(delivered(case, branch), NoticeStep(timezone.now()), by=branch.clerk)

    with pytest.raises(Refused, match="已补齐"):
        services.advance_notice(notice, NoticeStep(timezone.now()), by=branch.clerk)
    with pytest.raises(Refused, match="不能作废"):
        services.cancel_notice(notice, "x", by=branch.clerk)


def test_only_who_handles_the_case(case: ClaimCase, branch: Branch):
    with pytest.raises(Refused, match="不是本案责任人"):
        services.draft_notice(
            case, NoticeRequest(("发票",), timezone.now()), by=branch.adjudicator, seen=case.version
        )


def test_the_list_follows_lines_and_losses(case: ClaimCase):
    ClaimCase.objects.filter(pk=case.pk).update(lines=["own_damage"], loss_classes=["vehicle"])
    case.refresh_from_db()
    asked = RequiredPaper.objects.on(timezone.localdate()).asked_of(case)

    assert "车辆损失清单和维修发票" in {paper.name for paper in asked}
    assert not {"medical", "judgment"} & {paper.paper_kind for paper in asked}
    rows.paper(case=case, sha256="1" * 64)
    assert len(missing_of(case, asked)) == len(asked)


def test_the_whole_way_through_the_pages(case: ClaimCase, branch: Branch, client):
    client.force_login(branch.clerk)
    new = reverse("cases:papers_notice_new", args=[case.pk])
    at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    assert "保险法第22条" in client.get(new).content.decode()

    wrong = client.post(new, {"seen": case.version, "found_at": at})
    assert "请列明需要补充的材料" in wrong.content.decode()
    client.post(new, {"seen": case.version, "found_at": at, "others": "购车发票\n\n保单抄件"})
    notice = PapersNotice.objects.get()
    assert notice.items == ["购车发票", "保单抄件"]
    client.post(notice.get_absolute_url(), {"at": at, "channel": "handed"})
    page = client.get(notice.get_absolute_url()).content.decode()
    assert "已发出" in page
    assert "登记送达" in page


def test_a_stale_page_is_told(case: ClaimCase, branch: Branch, client):
    client.force_login(branch.clerk)

    answer = client.post(reverse("cases:papers_notice_new", args=[case.pk]), {"seen": 99})

    assert answer.status_code == 409


def test_a_wrong_step_is_said_on_the_page(case: ClaimCase, branch: Branch, client):
    client.force_login(branch.clerk)
    notice = made(case, branch)
    page = notice.get_absolute_url()

    assert client.post(page, {"at": "2020-01-01T09:00", "channel": "post"}).status_code == 422
    assert client.post(reverse("cases:papers_notice_cancel", args=[notice.pk]), {}).status_code == 422
    client.post(reverse("cases:papers_notice_cancel", args=[notice.pk]), {"reason": "重复"})
    notice.refresh_from_db()
    assert notice.status == PapersNotice.Status.CANCELLED
    assert client.post(page, {"at": "2026-01-01T09:00"}).status_code == 200


def test_the_sheets_name_what_is_asked(case: ClaimCase, branch: Branch, client):
    client.force_login(branch.clerk)
    notice = made(case, branch, 12 * DAY, "伤残鉴定书")

    sheet = client.get(reverse("cases:papers_notice_print", args=[notice.pk])).content.decode()
    assert "伤残鉴定书" in sheet
    assert "第二十二条" in sheet
    papers = client.get(reverse("cases:papers_list", args=[case.pk])).content.decode()
    assert "索赔申请书" in papers


@pytest.mark.parametrize(
    ("query", "count"), [("", 1), ("state=sent", 1), ("state=drafted", 0), ("q=BC", 1), ("q=R0", 0)]
)
def test_the_register_filters(case: ClaimCase, branch: Branch, client, query: str, count: int):
    client.force_login(branch.clerk)
    notice = sent(case, branch)

    page = client.get(f"{reverse('cases:papers_notices')}?{query}").content.decode()

    assert page.count(notice.number) == count


def test_the_register_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.clerk)

    def grow() -> None:
        case = CaseFactory(unit=branch.unit, handler=branch.clerk)
        notice_row(case=case)

    assert_flat_queries(reverse("cases:papers_notices"), grow=grow)


def test_the_case_shows_its_notices(case: ClaimCase, branch: Branch, client):
    client.force_login(branch.clerk)
    notice = made(case, branch)

    page = client.get(f"{case.get_absolute_url()}?tab=related").content.decode()

    assert notice.number in page
    assert "不能制作补充材料告知书：已有一份告知书在办" in page


def notice_row(**fields: Any) -> PapersNotice:
    now = timezone.now()
    made_by = fields.pop("made_by", None) or StaffFactory()
    values = {"items": ["发票"], "found_at": now, "number": f"BC{PapersNotice.objects.count()}", **fields}
    values["case"] = values.get("case") or CaseFactory()
    return PapersNotice.objects.create(made_by=made_by, **values)


NOW = timezone.now()
VALUES: dict[str, dict] = {
    "cases_papers_notice_asks_something": {"items": []},
    "cases_papers_notice_sent_in_order": {"found_at": NOW, "sent_at": NOW - DAY, "channel": "post"},
    "cases_papers_notice_delivered_in_order": {
        "found_at": NOW,
        "sent_at": NOW,
        "channel": "post",
        "delivered_at": NOW - DAY,
    },
    "cases_papers_notice_received_in_order": {"found_at": NOW, "received_at": NOW},
    "cases_papers_notice_cancelled_with_reason": {"cancelled_at": NOW},
}


@pytest.mark.parametrize("constraint", VALUES)
def test_the_database_refuses(constraint: str):
    with pytest.raises(IntegrityError, match=constraint):
        notice_row(**VALUES[constraint])


def test_the_database_refuses_two_open_ones():
    case = CaseFactory()
    notice_row(case=case)

    with pytest.raises(IntegrityError, match="cases_papers_notice_one_open"):
        notice_row(case=case)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_required_paper_dates_in_order", {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}),
        ("cases_required_paper_where_known", {"valid_from": "2026-02-01", "line": "moon"}),
    ],
)
def test_the_database_refuses_papers(constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        RequiredPaper.objects.create(name="x", paper_kind="other", source="x", **values)
