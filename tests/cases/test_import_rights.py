"""Importing is a right of its own: of statistics, of 未决管理 and of those who lead; nobody else's."""

import pytest
from django.urls import reverse

from cases.importing.rulings import may_confirm, may_import
from cases.models import ImportBatch
from departments.models import Staff
from tests.cases.viewers import client_of
from tests.cast import World, hold
from tests.factories import StaffFactory


def importer(world: World, unit: str, post: str) -> Staff:
    return Staff.objects.get(pk=hold(StaffFactory(), world[unit], post).staff_id)


@pytest.mark.parametrize(
    ("unit", "post", "reaches"),
    [
        pytest.param("gen", "STAT", {"dy", "my"}, id="statistics of the department"),
        pytest.param("gen", "OUTST", {"dy", "my"}, id="an office serves the whole department"),
        pytest.param("dy", "OUTST", {"dy"}, id="a sub-branch its own cases"),
        pytest.param("dy", "UNIT_HEAD", {"dy"}, id="the head of a sub-branch"),
        pytest.param("motor", "DEPT_DEPUTY", {"dy", "my"}, id="a deputy"),
        pytest.param("dy", "CASE_REG", set(), id="who works on cases"),
        pytest.param("adj", "ADJ", set(), id="who reviews"),
    ],
)
def test_who_imports_for_which_units(world: World, unit: str, post: str, reaches: set[str]):
    units = importer(world, unit, post).unit_scope.ids("import_cases")

    assert {code for code in ("dy", "my") if world[code].pk in units} == reaches
    assert may_import(units=units, admin_role="").allowed is bool(reaches)


def test_statistics_uploads_and_a_colleague_confirms(world: World):
    statistician, colleague = importer(world, "gen", "STAT"), importer(world, "gen", "OUTST")
    batch = ImportBatch(uploaded_by=statistician, unit_ids=[world["dy"].pk], status="checked")

    def ruling(staff):
        return may_confirm(batch, by=staff, units=staff.unit_scope.ids("import_cases")).codes

    assert ruling(colleague) == ()
    assert ruling(statistician) == ("same_person",)
    assert ruling(world["unit_head"]) == ()
    assert "not_importing" in ruling(world["clerk"])


def test_statistics_finds_the_page_and_works_on_no_case(world: World):
    client = client_of(importer(world, "gen", "STAT"))

    assert client.get(reverse("cases:imports")).status_code == 200
    assert reverse("cases:imports") in client.get(reverse("cases:workbench")).text
    assert client.get(reverse("cases:new")).status_code == 403
