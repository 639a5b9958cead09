"""What the pages of people and units say about cases, and what keeps a unit open."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cases.lifecycle import Stage
from cases.panels import cases_in_the_way, work_of_person, work_of_unit
from departments.refusals import NotAllowed
from departments.services import close_unit
from tests.cast import World
from tests.factories import CaseFactory

LONG_AGO = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def cases(world: World) -> list:
    """Two open cases of the clerk (one returned), a closed one, one of another sub-branch."""
    clerk, unit = world["clerk"], world["dy"]
    return [
        CaseFactory(handler=clerk, unit=unit, stage_entered_at=LONG_AGO),
        CaseFactory(handler=clerk, unit=unit, stage=Stage.RETURNED),
        CaseFactory(handler=clerk, unit=unit, closed=True),
        CaseFactory(handler=world["stranger"], unit=world["my"]),
    ]


@pytest.mark.parametrize("viewer", ["clerk", "unit_head", "department_head"])
def test_what_waits_for_a_person(world: World, cases: list, viewer: str):
    work = work_of_person(world["clerk"], world[viewer])

    assert (work.decide.count, work.handle.count, work.returned.count) == (0, 1, 1)
    assert work.handle.oldest == LONG_AGO
    assert list(work.cases) == [cases[0], cases[1]]


def test_who_sees_no_cases_sees_no_work(world: World, cases: list):
    assert work_of_person(world["clerk"], world["system_admin"]) is None
    assert work_of_unit(world["dy"], world["system_admin"]) is None
    assert work_of_unit(world["my"], world["clerk"]) is None


def test_a_viewer_of_another_unit_sees_numbers_but_no_cases(world: World, cases: list):
    work = work_of_person(world["clerk"], world["stranger"])

    assert work.handle.count == 1
    assert list(work.cases) == []


def test_open_work_of_a_unit_by_stage(world: World, cases: list):
    lines = work_of_unit(world["dy"], world["unit_head"])

    assert [(line.stage, line.count) for line in lines] == [(Stage.ADJUSTED, 1), (Stage.RETURNED, 1)]
    assert sum(line.count for line in work_of_unit(world["motor"], world["department_head"])) == 3


def test_a_unit_with_open_cases_is_not_closed(world: World, cases: list):
    assert [objection.code for objection in cases_in_the_way(world["dy"])] == ["open_cases"]

    with pytest.raises(NotAllowed) as refusal:
        close_unit(world["dy"], on=timezone.localdate(), by=world["system_admin"])
    assert "open_cases" in refusal.value.ruling.codes


def test_panels_cost_the_same_for_many_cases(world: World, cases: list, django_assert_num_queries):
    for _ in range(5):
        CaseFactory(handler=world["clerk"], unit=world["dy"])
    head = world["department_head"]
    assert head.unit_scope

    with django_assert_num_queries(6):
        work_of_person(world["clerk"], head)
    with django_assert_num_queries(1):
        work_of_unit(world["dy"], head)


@pytest.mark.parametrize("page", ["clerk", "dy"])
def test_the_pages_show_them(world: World, cases: list, client, page: str):
    client.force_login(world["unit_head"])

    text = client.get(world[page].get_absolute_url()).content.decode()

    assert ("等待办理" if page == "clerk" else "未结案件") in text
