"""覆盖图 on its pages: rows of units, columns of bands, and who is behind a cell."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.models import AuthorityItem
from departments.models import AccessRecord
from tests.authority.pages import another_grant, page
from tests.factories import AbsenceFactory, GrantFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def row(client, **query: object) -> list[tuple[str, str, int]]:
    shown = page(client, "coverage", **query).context["shown"]
    return [(one.cell.state, one.text, one.width) for one in shown.rows[0].cells]


def test_a_row_tells_who_covers_which_amounts(as_head, branch, in_force):
    branch.grant(in_force.letter, branch.deputy, amount_max=300_000)

    shown = page(as_head, "coverage", item="adjudication").context["shown"]

    assert shown.heads == ("至 100,000", "至 300,000", "以上")
    assert [(one.unit.short_name, one.loss_name) for one in shown.rows] == [("绵阳", "车·物·人")]
    assert row(as_head) == [("several", "2 人", 1), ("one", "副经理", 1), ("above", "上报", 1)]


def test_columns_are_those_of_all_units(as_head, branch, in_force):
    other = OrgUnitFactory(code="dy", parent=branch.units["motor"], short_name="德阳")
    GrantFactory(letter=in_force.letter, unit=other, amount_max=5_000)

    shown = page(as_head, "coverage").context["shown"]

    widths = {one.unit.short_name: [cell.width for cell in one.cells] for one in shown.rows}
    assert widths == {"绵阳": [2, 1], "德阳": [1, 1, 1]}


def test_loss_classes_that_a_grant_tells_apart_have_rows_of_their_own(as_head, branch):
    branch.grant(branch.in_force(), loss_classes=["injury"])

    shown = page(as_head, "coverage").context["shown"]

    assert [(one.loss_name, one.cells[0].cell.state) for one in shown.rows] == [
        ("车·物", "nobody"),
        ("人", "one"),
    ]


def test_leave_empties_a_cell_for_its_days(as_head, branch, in_force):
    now = timezone.now()
    AbsenceFactory(staff=branch.adjudicator, starts_at=now - DAY, ends_at=now + 2 * DAY)
    later = timezone.localdate() + 5 * DAY

    assert row(as_head)[0][:2] == ("away", "都不在岗")
    assert row(as_head, on=later)[0][:2] == ("one", "核赔员")


def test_an_item_about_a_special_treatment_is_asked_about_such_cases(as_head, branch):
    refusal = AuthorityItem.objects.get(code="refusal")
    branch.grant(branch.in_force(), item=refusal, special_kinds=["refusal"])

    assert row(as_head, item="refusal")[0][0] == "one"
    assert row(as_head, item="refusal", special_kind="ex_gratia")[0][0] == "nobody"


def test_all_items_are_counted(as_head, branch, in_force):
    tallies = page(as_head, "coverage").context["tallies"]

    found = {tally.item.code: tally for tally in tallies}
    assert (found["adjudication"].is_held, found["adjudication"].counts["one"]) == (True, 1)
    assert (found["refusal"].is_held, found["refusal"].counts["nobody"]) == (False, 1)


def test_a_cell_leads_to_its_people_and_on_to_who_can(as_head, branch, in_force):
    shown = page(as_head, "coverage").context["shown"]

    answer = as_head.get(shown.rows[0].cells[0].url)
    text = answer.content.decode()

    assert [one.name for one in answer.context["people"]] == ["核赔员"]
    assert "0.00 至 100,000.00 元" in text
    chain = as_head.get(answer.context["who_can"]).context["found"]
    assert [one.holder.name for one in chain.able] == ["核赔员"]


def test_a_cell_beyond_every_limit_says_so(as_head, branch, in_force):
    shown = page(as_head, "coverage", is_litigated="on").context["shown"]

    text = as_head.get(shown.rows[0].cells[-1].url).content.decode()

    assert "本级没有人有权决定" in text


def test_who_sees_no_such_unit_is_told(client, branch, in_force):
    client.force_login(branch.adjudicator)

    assert "没有可以显示的机构" in page(client, "coverage").content.decode()


def test_nonsense_in_the_address_shows_the_usual_map(as_head, branch, in_force):
    answer = page(as_head, "coverage", item="nonsense", on="昨天")

    assert answer.context["shown"].item.code == "adjudication"


def test_the_export_has_every_cell(as_head, branch, in_force):
    answer = page(as_head, "coverage_export")

    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    first = next(line for line in rows if line[2] == "核赔")
    assert first[1:9] == ("绵阳", "核赔", "车·物·人", 0, 100000, "单点", 1, "核赔员")
    assert AccessRecord.objects.get().row_count == len(rows) - 1


def test_the_map_costs_the_same_for_many(as_head, branch, in_force, assert_flat_queries):
    assert_flat_queries(reverse("authority:coverage"), grow=lambda: another_grant(branch, in_force.letter))
    assert_flat_queries(
        reverse("authority:coverage"), grow=lambda: OrgUnitFactory(parent=branch.units["motor"])
    )
