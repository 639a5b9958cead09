"""While the annual list is not frozen, who keeps the outstanding and who leads are told every fortnight."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from cases.clearing.reminding import remind_of_base_lists
from cases.jobs import remind_of_annual_lists
from cases.models import ClearingParameter
from cases.services import clearing
from departments.delivery import deliver_waiting
from departments.models import Notification
from tests.cases.test_clearing import Scene, scene
from tests.factories import SHANGHAI

__all__ = ["scene"]


def on(month: int, day: int) -> Any:
    return time_machine.travel(datetime(2027, month, day, 9, tzinfo=SHANGHAI), tick=False)


def told() -> set[int]:
    deliver_waiting()
    return set(Notification.objects.filter(kind="report").values_list("recipient", flat=True))


@pytest.fixture
def with_cases(scene: Scene) -> Scene:
    """One case open over the turn of the year."""
    scene.case()
    return scene


def test_keeper_and_head_are_told_once_a_fortnight_until_the_last_day(with_cases: Scene):
    with on(1, 4):
        assert remind_of_annual_lists() == 2
        assert told() == {with_cases.keeper.pk, with_cases.branch.manager.pk}
        assert remind_of_base_lists() == 0
    for day, number in ((10, 0), (18, 2)):
        with on(1, day):
            assert remind_of_base_lists() == number
            deliver_waiting()
    with on(3, 20):
        assert remind_of_base_lists() == 2
    with on(3, 21):
        assert remind_of_base_lists() == 0
    assert Notification.objects.filter(title__contains="2026年末未决基准清单").exists()


def test_with_the_list_frozen_its_own_clock_runs_instead(with_cases: Scene):
    with on(1, 4):
        base_on = date(2026, 12, 31)
        terms = {"kind": "annual", "base_on": base_on, "due_on": base_on + timedelta(days=300)}
        made = with_cases.start(**terms)
        assert remind_of_base_lists() == 0

        clearing.end_campaign(made, "cancelled", "范围有误", by=with_cases.keeper)
        assert remind_of_base_lists() == 2


def test_a_narrower_list_is_not_the_annual_one(with_cases: Scene):
    with on(1, 4):
        with_cases.start(base_on=date(2026, 12, 31), due_on=date(2027, 6, 30), least_age=1)

        assert remind_of_base_lists() == 2


def test_where_nothing_was_open_or_nothing_is_asked_nobody_is_told(scene: Scene):
    with on(1, 4):
        assert remind_of_base_lists() == 0
        scene.case()
        ClearingParameter.objects.filter(code="base_report_due").update(valid_to="2020-01-01")
        assert remind_of_base_lists() == 0
