"""Who leaves hands over the injured he tracks and the requests he was to answer."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from cases.injuries.holdings import (
    assistances_of,
    give_assistance,
    give_injured,
    injured_of,
)
from cases.models import InjuredPerson
from departments.holdings import Changed, Handing
from tests.cases.injuries.factories import AssistanceFactory, InjuredPersonFactory

pytestmark = pytest.mark.django_db


def handing(world, holding) -> Handing:
    return Handing(holding, world["clerk"], world["unit_head"], "调离", date(2026, 12, 1))


def test_injured_go_to_the_successor(world):
    person = InjuredPersonFactory(case__unit=world["dy"], tracker=world["clerk"])
    (held,) = injured_of(world["clerk"])

    give_injured(handing(world, held), world["unit_head"])

    person.refresh_from_db()
    assert person.tracker == world["unit_head"]
    with pytest.raises(Changed):
        give_injured(handing(world, held), world["unit_head"])


def test_requests_go_to_the_successor(world):
    found = AssistanceFactory(unit=world["dy"], recorded_by=world["clerk"])
    (held,) = assistances_of(world["clerk"])

    give_assistance(handing(world, held), world["unit_head"])

    found.refresh_from_db()
    assert found.assigned_to == world["unit_head"]
    with pytest.raises(Changed):
        give_assistance(handing(world, held), world["unit_head"])


def test_who_is_no_longer_tracked_stays_behind(world):
    person = InjuredPersonFactory(case__unit=world["dy"], tracker=world["clerk"])
    InjuredPerson.objects.filter(pk=person.pk).update(
        next_visit_on=None, tracking_ended_on=timezone.localdate(), tracking_ended_why="治疗终结"
    )

    assert injured_of(world["clerk"]) == []
