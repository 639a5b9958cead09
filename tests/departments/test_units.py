"""Opening, moving and closing units."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from departments import obstacles
from departments.models import OrgUnit, UnitKind
from departments.refusals import NotAllowed
from departments.rulings import Objection
from departments.services import AppointmentTerms, NewUnit, appoint, close_unit, move_unit, open_unit
from tests.cast import World, build_world, post_in
from tests.factories import OrgUnitFactory, StaffFactory

DESK = NewUnit("gh", "广汉理赔岗", "广汉", UnitKind.DESK, rank=7)


def test_a_new_unit_stands_below_its_parent(world: World):
    desk = open_unit(world["dy"], DESK, by=world["unit_head"])

    assert desk.path == "hq/sc/motor/dy/gh/"
    assert desk.path_rank == f"{world['dy'].path_rank}007-gh/"
    assert desk.history.get().history_user == world["unit_head"]


@pytest.fixture
def second(world: World) -> OrgUnit:
    """Another department of the branch."""
    return OrgUnitFactory(parent=world["sc"], code="motor2", kind=UnitKind.DEPARTMENT)


def test_rights_that_reach_the_department_move_along(world: World, second: OrgUnit):
    move_unit(world["adj"], second, by=world["system_admin"])

    reviewer = world["reviewer"]
    assert reviewer.unit_scope.ids("see_cases") == {second.pk, world["adj"].pk}


def test_a_moved_unit_takes_everything_below_along_and_keeps_history(world: World, second: OrgUnit):
    desk = open_unit(world["dy"], DESK, by=world["unit_head"])
    moved = move_unit(world["dy"], second, by=world["system_admin"])

    desk.refresh_from_db()
    assert (moved.parent, moved.path, desk.path) == (second, "hq/sc/motor2/dy/", "hq/sc/motor2/dy/gh/")
    assert desk.path_rank == "hq/sc/motor2/dy/007-gh/"
    assert [row.path for row in desk.history.all()] == ["hq/sc/motor2/dy/gh/", "hq/sc/motor/dy/gh/"]
    assert world["clerk"].unit_scope.ids("see_cases") == {moved.pk, desk.pk}


def test_units_only_go_where_they_belong(world: World):
    with pytest.raises(NotAllowed) as refusal:
        move_unit(world["dy"], world["adj"], by=world["system_admin"])

    assert refusal.value.ruling.codes == ("wrong_place",)


def test_two_units_never_share_a_path(world: World):
    open_unit(world["dy"], DESK, by=world["unit_head"])

    with pytest.raises(NotAllowed) as refusal:
        open_unit(world["dy"], DESK, by=world["unit_head"])

    assert refusal.value.ruling.codes == ("code_taken",)


def test_a_unit_closes_when_nothing_is_left_in_it(world: World):
    desk = open_unit(world["dy"], DESK, by=world["unit_head"])

    closed = close_unit(desk, on=timezone.localdate(), by=world["unit_head"])

    assert closed not in OrgUnit.objects.open_on(timezone.localdate())


def test_what_is_left_is_listed(world: World, monkeypatch):
    monkeypatch.setattr(obstacles, "_obstacles", [])
    obstacles.register_obstacle(lambda unit: [Objection("open_cases", f"{unit.name}还有 3 件未结案件")])
    open_unit(world["dy"], DESK, by=world["unit_head"])
    before = world["dy"].opened_on - timedelta(days=1)

    with pytest.raises(NotAllowed) as refusal:
        close_unit(world["dy"], on=before, by=world["system_admin"])

    codes = ("units_below", "posts_held", "before_opening", "open_cases")
    assert refusal.value.ruling.codes == codes
    world["dy"].refresh_from_db()
    assert world["dy"].closed_on is None


def succeeds(act: Callable[[], object], start: Barrier) -> bool:
    """In a thread of its own: was it done, or refused?"""
    start.wait()
    try:
        act()
    except NotAllowed:
        return False
    finally:
        connection.close()
    return True


@pytest.mark.race
@pytest.mark.usefixtures("own_database")
def test_nobody_is_appointed_into_a_unit_that_closes_meanwhile():
    world, today = build_world(), timezone.localdate()
    by, head, terms = world["system_admin"], world["unit_head"], AppointmentTerms(today, "文件")

    for number in range(10):
        desk = open_unit(world["dy"], NewUnit(f"d{number}", "岗", "岗", UnitKind.DESK), by=by)
        post, staff, start = post_in(desk, "SURVEY"), StaffFactory(), Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            closed = pool.submit(succeeds, partial(close_unit, desk, on=today, by=by), start)
            filled = pool.submit(succeeds, partial(appoint, staff, post, terms, by=head), start)
        assert closed.result() != filled.result()
