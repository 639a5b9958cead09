"""Before anything is sent: who will decide, who is away, how long it usually takes."""

from __future__ import annotations

import os
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import services
from cases.models import ChainStep
from departments.models import Absence, Staff
from tests.cases.branch import Branch, adjusted_case, current, say, send
from tests.factories import AbsenceFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def away(person: Staff) -> Absence:
    now = timezone.now()
    return AbsenceFactory(staff=person, starts_at=now - DAY, ends_at=now + DAY)


EDGES = [1, 99_999, 100_000, 100_001, 200_000, 200_001, 500_000, 500_001]
FLAGS = st.lists(st.sampled_from(["death", "media", "imported_heavy"]), unique=True, max_size=2)


@settings(
    max_examples=int(os.environ.get("PREVIEW_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(
    gone=st.sets(st.sampled_from(["adjudicator", "office_head", "manager"])),
    amount=st.sampled_from(EDGES) | st.integers(1, 3_000_000),
    flags=FLAGS,
    is_litigated=st.booleans(),
)
def test_the_chain_previewed_is_the_chain_made(
    branch: Branch, gone: set[str], amount: int, flags: list[str], is_litigated: bool
):
    """Whoever is away, whatever the sum and the flags: the page promised exactly what the service does."""
    with transaction.atomic():
        for name in gone:
            away(getattr(branch, name))
        case = adjusted_case(branch, str(amount), flags=flags, is_litigated=is_litigated)
        plan = services.preview(case, "adjudication", by=branch.clerk)
        made = send(case, by=branch.clerk).chain.order_by("number")
        stations = list(made.values_list("kind", "staff_id", "level"))
        transaction.set_rollback(True)

    assert [(one.kind, one.person_id, one.level) for one in plan.stations] == stations


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
