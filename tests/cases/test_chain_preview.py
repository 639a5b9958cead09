"""Before anything is sent: who will decide, who is away, how long it usually takes."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from cases import services
from cases.models import ChainStep
from departments.models import Absence, Staff
from tests.cases.branch import Branch, adjusted_case, current, say, send
from tests.factories import AbsenceFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def away(person: Staff) -> Absence:
    now = timezone.now()
    return AbsenceFactory(staff=person, starts_at=now - DAY, ends_at=now + DAY)


@pytest.mark.parametrize("seed", range(12))
def test_whoever_is_away_the_preview_is_what_is_made(branch: Branch, seed: int):
    random = Random(seed)
    for person in (branch.adjudicator, branch.office_head, branch.manager):
        if random.random() < 0.5:
            away(person)
    case = adjusted_case(branch, str(random.choice([5_000, 90_000, 150_000, 300_000, 2_000_000])))
    plan = services.preview(case, "adjudication", by=branch.clerk)

    made = send(case, by=branch.clerk).chain.order_by("number").values_list("kind", "staff_id", "level")

    assert [(one.kind, one.person_id, one.level) for one in plan.stations] == list(made)


def test_it_names_who_is_away_and_how_long_it_takes(branch: Branch, client):
    for _ in range(3):
        step = current(send(adjusted_case(branch), by=branch.clerk))
        ChainStep.objects.filter(pk=step.pk).update(arrived_at=timezone.now() - 5.02 * HOUR)
        say(step.submission, "agree", by=step.staff)
    away(branch.office_head)
    case = adjusted_case(branch)
    client.force_login(branch.clerk)

    page = client.get(f"/cases/{case.pk}/submit/?item=adjudication").content.decode()

    assert "通常 5 小时" in page
    assert f"休假中，不经过：{branch.office_head.name}" in page


def test_without_history_no_time_is_made_up(branch: Branch, client):
    client.force_login(branch.clerk)

    page = client.get(f"/cases/{adjusted_case(branch).pk}/submit/?item=adjudication").content.decode()

    assert "通常" not in page
    assert "休假中" not in page
