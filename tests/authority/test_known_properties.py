"""Whatever is recorded later, what was known stays what it was: a walk of random changes, read back."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for, holders_of
from authority.models import AuthorityItem, PersonalGrant, ReferralRule
from departments.models import Absence, Appointment, OrgUnit, Staff
from tests.factories import AbsenceFactory, CeilingFactory, GrantFactory, LetterFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WALKS = int(os.environ.get("KNOWN_WALKS", "2"))
STEPS = 15


def new_grant(random: Random) -> Staff:
    return GrantFactory(
        letter=LetterFactory(in_force=True, approved_at=timezone.now() - random.randint(0, 5) * DAY),
        amount_max=random.randint(1, 10**6),
        includes_below=random.random() < 0.5,
    ).holder


def new_absence(random: Random) -> None:
    away = Absence.objects.values("staff")
    for staff in Staff.objects.exclude(pk__in=away).order_by("?")[:1]:
        starts_at = timezone.now() - random.randint(0, 6) * DAY
        AbsenceFactory(staff=staff, starts_at=starts_at, ends_at=starts_at + random.randint(1, 9) * DAY)


def end_letter(random: Random) -> None:
    for grant in PersonalGrant.objects.filter(letter__status="in_force").order_by("?")[:1]:
        letter = grant.letter
        letter.status, letter.ended_at = "revoked", timezone.now() - random.randint(0, 4) * DAY
        letter.save()


def change(model: type, name: str, value: Callable[[Random], object]) -> Callable[[Random], object]:
    def act(random: Random) -> None:
        for row in model.objects.order_by("?")[:1]:
            setattr(row, name, value(random))
            row.save()

    return act


CHANGES = (
    new_grant,
    new_grant,
    new_absence,
    end_letter,
    lambda random: CeilingFactory(amount_max=random.randint(1, 10**6)),
    change(PersonalGrant, "revoked_at", lambda random: timezone.now() - random.randint(0, 4) * DAY),
    change(Appointment, "ends_on", lambda random: timezone.localdate() - random.randint(0, 4) * DAY),
    change(Staff, "name", lambda random: f"改名{random.randint(0, 99)}"),
    change(Staff, "is_active", lambda random: random.random() < 0.5),
    change(Absence, "cancelled_at", lambda random: timezone.now()),
    change(OrgUnit, "short_name", lambda random: f"改名{random.randint(0, 99)}"),
    change(AuthorityItem, "code", lambda random: f"item{random.randint(0, 10**9)}"),
    change(ReferralRule, "valid_to", lambda random: timezone.localdate() - random.randint(0, 4) * DAY),
)


def read(people: list[Staff], at: datetime, known_at: datetime | None = None) -> object:
    holders = [holder_for(staff, at=at, known_at=known_at) for staff in people]
    return holders, holders_of("adjudication", at=at, known_at=known_at), rules_for(at=at, known_at=known_at)


@pytest.mark.parametrize("seed", range(WALKS))
def test_known_at_a_moment_is_what_was_read_then(seed: int) -> None:
    random = Random(seed)
    people = [new_grant(random), new_grant(random)]
    moments = [timezone.now(), timezone.now() - 3 * DAY]
    told = []
    for _ in range(STEPS):
        random.choice(CHANGES)(random)
        told.append((timezone.now(), [read(people, at) for at in moments]))

    for known_at, then in told:
        assert [read(people, at, known_at) for at in moments] == then
