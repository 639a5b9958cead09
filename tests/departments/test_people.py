"""Absences and accounts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from departments.models import Absence, OutboxMessage
from departments.models.people import AdminRole
from departments.refusals import NotAllowed
from departments.services import Away, assign_admin_role, cancel_absence, disable_account, record_absence
from tests.cast import World

NEXT_YEAR = datetime(2030, 1, 7, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
A_WEEK_OFF = Away(Absence.Kind.LEAVE, NEXT_YEAR, NEXT_YEAR + timedelta(days=7), "年休假")


@pytest.mark.parametrize(("by", "told"), [("clerk", 0), ("unit_head", 1), ("department_head", 1)])
def test_who_records_an_absence(world: World, by: str, told: int):
    absence = record_absence(world["clerk"], A_WEEK_OFF, by=world[by])

    assert (absence.recorded_by, absence.history.get().history_user) == (world[by], world[by])
    assert OutboxMessage.objects.count() == told


@pytest.mark.parametrize("by", ["stranger", "reviewer", "system_admin"])
def test_others_may_not(world: World, by: str):
    with pytest.raises(NotAllowed) as refusal:
        record_absence(world["clerk"], A_WEEK_OFF, by=world[by])

    assert refusal.value.ruling.codes == ("unit_not_managed",)
    assert not Absence.objects.exists()


def test_who_came_back_early_was_away_until_then(world: World):
    clerk, now = world["clerk"], timezone.now()
    away = Away(Absence.Kind.LEAVE, now - timedelta(days=2), now + timedelta(days=2))
    cancel_absence(record_absence(clerk, away, by=clerk), by=clerk)

    assert Absence.objects.at(now - timedelta(hours=1)).get().staff == clerk
    assert not Absence.objects.at(timezone.now()).exists()


def test_absences_do_not_overlap_unless_cancelled(world: World):
    clerk = world["clerk"]
    first = record_absence(clerk, A_WEEK_OFF, by=clerk)

    with pytest.raises(NotAllowed) as refusal:
        record_absence(clerk, A_WEEK_OFF, by=clerk)
    assert refusal.value.ruling.codes == ("absence_overlap",)

    cancel_absence(first, by=clerk)
    record_absence(clerk, A_WEEK_OFF, by=clerk)
    assert Absence.objects.at(NEXT_YEAR).count() == 1


def test_what_is_over_or_cancelled_stays(world: World):
    clerk, ago = world["clerk"], timezone.now() - timedelta(days=3)
    over = record_absence(clerk, Away(Absence.Kind.SICK, ago, ago + timedelta(days=1)), by=clerk)
    coming = cancel_absence(record_absence(clerk, A_WEEK_OFF, by=clerk), by=clerk)

    for absence, code in ((over, "already_over"), (coming, "already_cancelled")):
        with pytest.raises(NotAllowed) as refusal:
            cancel_absence(absence, by=clerk)
        assert refusal.value.ruling.codes == (code,)


def test_administrators_are_named_by_the_security_administrator_among_people_without_posts(world: World):
    staff = assign_admin_role(world["outsider"], AdminRole.AUDIT, by=world["security_admin"])
    staff.refresh_from_db()
    assert (staff.admin_role, staff.is_staff) == ("audit", True)

    with pytest.raises(NotAllowed) as refusal:
        assign_admin_role(world["clerk"], AdminRole.AUDIT, by=world["security_admin"])
    assert refusal.value.ruling.codes == ("holds_posts",)


def test_nobody_disables_himself_and_only_the_system_administrator_others(world: World):
    with pytest.raises(NotAllowed) as refusal:
        disable_account(world["system_admin"], by=world["system_admin"])
    assert refusal.value.ruling.codes == ("oneself",)

    with pytest.raises(NotAllowed) as refusal:
        disable_account(world["clerk"], by=world["department_head"])
    assert refusal.value.ruling.codes == ("not_system_administrator",)
