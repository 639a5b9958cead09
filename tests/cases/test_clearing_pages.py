"""未决清理 on the screen: wizard, board, rows, sheets, rounds, ranking, run-off."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.models import AgeBand, ClaimCase, OutstandingCampaign
from cases.services import chasing, clearing
from tests.cases.test_clearing import SOON, Scene, at, scene
from tests.cases.test_problem_pages import client_of
from tests.factories import StaffFactory

__all__ = ["scene"]
FORM = {
    "name": "年度清理", "kind": "annual", "base_on": "2026-10-31", "due_on": "2026-12-31",
    "scheme": "regulator",    "least_age": 0, "least_estimate": 0, "count_share": 80, "amount_share": 70,
}  # fmt: skip


@pytest.fixture
def campaign(scene: Scene) -> OutstandingCampaign:
    scene.case(stage="closed", closing_kind="paid", closed_at=at(11, 5), approved=8000, paid=8000)
    scene.case(reported_at=at(8, 1), registered_at=at(8, 1))
    scene.case(uncleared_reasons=["N"], expected_close_on=SOON)
    return scene.start()


def page(name: str, *args: Any) -> str:
    return reverse(f"cases:{name}", args=args)


def numbers(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return sorted(row.record.case.report_no for row in response.context["rows"])


def test_the_wizard_shows_what_would_be_frozen_and_freezes_it(scene: Scene):
    scene.case()
    client = client_of(scene.keeper)
    sent = {**FORM, "unit": scene.branch.department.pk}
    response = client.post(page("campaign_new"), sent)
    assert (response.context["preview"]["count"], OutstandingCampaign.objects.count()) == (1, 0)

    made = client.post(page("campaign_new"), {**sent, "start": "1"})
    assert made.url == OutstandingCampaign.objects.get().get_absolute_url()


def test_what_the_service_refuses_is_said_in_the_wizard(scene: Scene):
    sent = {**FORM, "unit": scene.branch.department.pk, "start": "1"}
    response = client_of(scene.keeper).post(page("campaign_new"), sent)

    assert "没有未决赔案" in response.content.decode()


@pytest.mark.parametrize("state", ["open", "cleared", "1", "2", "stale", "unexplained", "late", "unassigned"])
def test_every_number_of_the_board_leads_to_its_rows(scene: Scene, campaign: OutstandingCampaign, state: str):
    client = client_of(scene.keeper)
    board = client.get(campaign.get_absolute_url()).context["board"]
    expected = {
        "open": board.total.open, "cleared": board.total.cleared, "1": board.total.closed,
        "stale": board.total.stale,        "unexplained": board.total.without_reason,
    }  # fmt: skip
    found = numbers(client, f"{page('campaign_rows', campaign.pk)}?state={state}")

    assert len(found) == expected.get(state, 0)
    for line in [*board.units, *board.bands]:
        assert len(numbers(client, line.url)) == line.progress.base_count


def test_rows_are_found_by_person_reason_and_number(scene: Scene, campaign: OutstandingCampaign):
    client, address = client_of(scene.keeper), page("campaign_rows", campaign.pk)
    wanted = ClaimCase.objects.get(uncleared_reasons=["N"])

    assert numbers(client, f"{address}?reason=N") == [wanted.report_no]
    assert numbers(client, f"{address}?number={wanted.report_no}") == [wanted.report_no]
    assert len(numbers(client, f"{address}?person={scene.branch.clerk.name}")) == 3
    assert numbers(client_of(scene.branch.surveyor), f"{address}?mine=on") == []
    assert len(numbers(client, f"{address}?order=deviation")) == 3


def test_a_row_is_filled_in_with_what_fits_at_hand(scene: Scene, campaign: OutstandingCampaign):
    row = campaign.rows.get(case__reported_at=at(8, 1))
    client = client_of(scene.branch.clerk)
    shown = client.get(row.get_absolute_url())
    assert list(shown.context["fit"].suggested) == ["N"]
    assert shown.context["is_stale"]

    refused = client.post(row.get_absolute_url(), {"reasons": ["Q"], "expected_close_on": "2026-12-20"})
    assert (refused.status_code, "不得选其他" in refused.content.decode()) == (422, True)
    sent = {"reasons": ["N"], "expected_close_on": "2026-12-20", "remark": "催办"}
    assert client.post(row.get_absolute_url(), sent).status_code == 302
    assert client.post(page("campaign_row_confirm", row.pk), {"why": "核对一致"}).status_code == 302
    row.refresh_from_db()
    assert (row.remark, row.confirmed_why) == ("催办", "核对一致")


def test_many_rows_at_once_each_with_its_result(scene: Scene, campaign: OutstandingCampaign):
    ids = list(campaign.rows.values_list("pk", flat=True))
    client = client_of(scene.unit_head)
    sent = {"row": ids, "reasons": ["N"], "expected_close_on": "2026-12-20"}
    filled = client.post(page("campaign_bulk", campaign.pk, "fill"), sent)
    assert (filled.context["done"], filled.context["failed"]) == (2, 1)

    given = client.post(
        page("campaign_bulk", campaign.pk, "assign"), {"row": ids, "to": scene.branch.surveyor.pk}
    )
    assert given.context["done"] == 3
    confirmed = client.post(page("campaign_bulk", campaign.pk, "confirm"), {"row": ids, "why": "已核对"})
    assert confirmed.context["done"] == 2
    assert client.post(page("campaign_bulk", campaign.pk, "fill"), {"row": ids}).status_code == 302


def test_the_sheet_goes_out_and_comes_back(scene: Scene, campaign: OutstandingCampaign):
    client = client_of(scene.unit_head)
    book = load_workbook(BytesIO(client.get(page("campaign_sheet", campaign.pk)).content))
    sheet = book["未清理原因"]
    heading = [cell.value for cell in sheet[1]]
    places = {name: heading.index(name) + 1 for name in ("未清理原因", "预计结案日期", "备注")}
    assert sheet.max_row == 3
    for number, reasons in ((2, "N"), (3, "L")):
        sheet.cell(number, places["未清理原因"], reasons)
        sheet.cell(number, places["预计结案日期"], date(2026, 12, 20))
        sheet.cell(number, places["备注"], "表内填报")
    response = read_back(client, campaign, book)

    assert [one.is_done for one in response.context["results"]] == [True, False]
    assert "案件未涉诉" in response.content.decode()
    assert campaign.rows.filter(remark="表内填报").count() == 1


def read_back(client: Client, campaign: OutstandingCampaign, book: Any) -> Any:
    stream = BytesIO()
    book.save(stream)
    upload = SimpleUploadedFile("reasons.xlsx", stream.getvalue())
    return client.post(page("campaign_sheet_in", campaign.pk), {"file": upload})


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (["R000", "N", "2026-12-20"], "不在本次清理清单"),
        (["", "N", "2026-12-20"], "没有报案号"),
        (["R000", "Z", "2026-12-20"], "未清理原因码应为"),
        (["R000", "N", "明年"], "R000"),
    ],
)
def test_a_row_of_the_sheet_that_cannot_be_read_says_why(
    scene: Scene, campaign: OutstandingCampaign, cells: list[str], text: str
):
    client = client_of(scene.unit_head)
    book = load_workbook(BytesIO(client.get(page("campaign_sheet", campaign.pk)).content))
    sheet = book["未清理原因"]
    sheet.delete_rows(2, 9)
    heading = [cell.value for cell in sheet[1]]
    for name, value in zip(("报案号", "未清理原因", "预计结案日期"), cells, strict=True):
        sheet.cell(2, heading.index(name) + 1, value)
    (result,) = read_back(client, campaign, book).context["results"]

    assert (result.is_done, text in result.label + result.text) == (False, True)


def test_a_file_that_is_no_workbook_is_refused(scene: Scene, campaign: OutstandingCampaign):
    upload = SimpleUploadedFile("reasons.xlsx", b"not a zip")
    response = client_of(scene.unit_head).post(page("campaign_sheet_in", campaign.pk), {"file": upload})

    assert response.status_code == 422


def test_a_round_from_its_start_to_its_end(scene: Scene, campaign: OutstandingCampaign):
    client = client_of(scene.keeper)
    client.post(page("campaign_take_round", campaign.pk), {"note": "先清小额"})
    found = campaign.rounds.get()
    shown = client.get(found.get_absolute_url())
    assert shown.context["may_close"].codes == ("stale", "unexplained")
    assert shown.context["shown"].changed_reasons == [("N", 1, 0)]

    row = campaign.rows.get(case__reported_at=at(8, 1))
    chasing.fill_rows({row.pk: chasing.Entry(("N",), SOON)}, by=scene.branch.clerk)
    chasing.confirm_estimates([row.pk], "已核对", by=scene.branch.clerk)
    client.post(found.get_absolute_url(), {"summary": "全部核对"})
    found.refresh_from_db()
    assert (found.state, found.closed_by) == ("closed", scene.keeper)


def test_targets_are_set_per_unit_and_age(scene: Scene, campaign: OutstandingCampaign):
    unit, band = scene.branch.unit.pk, AgeBand.objects.get(scheme="regulator", position=1)
    names = [f"t_{unit}_0", f"t_{unit}_{band.pk}"]
    sent = {f"{name}_{part}": 90 for name in names for part in ("count", "amount")}
    client_of(scene.keeper).post(page("campaign_targets", campaign.pk), sent)

    assert {(one.band_id, one.count_share) for one in campaign.targets.all()} == {(None, 90), (band.pk, 90)}


@pytest.mark.parametrize("way", ["", "?as=xlsx", "?as=print"])
@pytest.mark.parametrize("name", ["campaign", "campaign_ranking", "campaign_run_off", "campaign_rows"])
def test_every_sheet_and_file_opens(scene: Scene, campaign: OutstandingCampaign, name: str, way: str):
    assert client_of(scene.unit_head).get(page(name, campaign.pk) + way).status_code == 200


@pytest.mark.parametrize("way", ["", "?as=print"])
def test_a_round_opens(scene: Scene, campaign: OutstandingCampaign, way: str):
    found = clearing.take_round(campaign, by=scene.keeper)

    assert client_of(scene.unit_head).get(found.get_absolute_url() + way).status_code == 200


def test_the_board_can_prove_the_list(scene: Scene, campaign: OutstandingCampaign):
    text = client_of(scene.keeper).get(campaign.get_absolute_url() + "?verify=1").content.decode()

    assert "基准清单与固定时一致" in text


def test_what_is_mine_over_all_campaigns(scene: Scene, campaign: OutstandingCampaign):
    client = client_of(scene.branch.clerk)

    assert len(numbers(client, page("campaign_mine"))) == 2
    assert len(numbers(client, page("campaign_mine") + "?state=unexplained")) == 1
    assert "未决清理待填原因" in client.get(reverse("cases:workbench")).content.decode()
    case = campaign.rows.first().case
    related = client_of(scene.keeper).get(f"{case.get_absolute_url()}?tab=related").content.decode()
    assert campaign.name in related


def test_other_units_see_nothing_of_it(scene: Scene, campaign: OutstandingCampaign):
    assert client_of(StaffFactory()).get(campaign.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", ["campaign", "campaign_rows", "campaign_ranking", "campaign_run_off"])
@pytest.mark.parametrize("count", [2, 12])
def test_pages_cost_the_same_for_many_rows(
    scene: Scene, name: str, count: int, client, django_assert_max_num_queries
):
    client.force_login(scene.keeper)
    for _ in range(count):
        scene.case()
    campaign = scene.start()
    client.get(page(name, campaign.pk))

    with django_assert_max_num_queries(26):
        client.get(page(name, campaign.pk))


def test_the_list_of_campaigns_costs_the_same_for_many(scene: Scene, assert_flat_queries, client):
    client.force_login(scene.keeper)
    scene.case()

    assert_flat_queries(page("campaigns"), grow=scene.start)
