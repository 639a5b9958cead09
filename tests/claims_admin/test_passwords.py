from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from departments.models import Staff
from tests.factories import StaffFactory

FIRST = "Lipei-2026-First"


@pytest.fixture
def staff(db) -> Staff:
    member = StaffFactory()
    member.set_password(FIRST)
    member.save(update_fields=["password"])
    return member


def change(client, old: str, new: str):
    return client.post("/password/", {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.parametrize(
    "password", ["Kuaisu-Lipei-Zu", "kuaisu2026lipeI", "快速理赔-2026-组长abc", "kuaisu-2026-lipei"]
)
def test_three_classes_of_signs_are_enough(password: str):
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Kuai-2026", "password_too_short"),
        ("kuaisulipeizuzhang", "password_one_sided"),
        ("kuaisulipei20262026", "password_one_sided"),
        ("Password1234", "password_too_common"),
    ],
)
def test_weak_passwords_are_refused(password: str, code: str):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password)

    assert code in [error.code for error in refusal.value.error_list]


def test_changing_needs_the_old_password_and_starts_the_ninety_days(client, staff: Staff):
    Staff.objects.filter(pk=staff.pk).update(password_changed_at=None)
    client.force_login(staff)
    assert change(client, "not it", "Lipei-2026-Second").status_code == 200
    assert change(client, FIRST, "Lipei-2026-Second").status_code == 302

    staff.refresh_from_db()
    assert staff.check_password("Lipei-2026-Second")
    assert timezone.now() - staff.password_changed_at < timedelta(minutes=1)


def test_the_last_five_are_refused(client, staff: Staff):
    client.force_login(staff)
    passwords = [FIRST, *(f"Lipei-2026-{number}-More" for number in range(6))]
    for old, new in pairwise(passwords):
        assert change(client, old, new).status_code == 302

    for used in passwords[1:]:
        assert change(client, passwords[-1], used).status_code == 200
    assert change(client, passwords[-1], FIRST).status_code == 302


@pytest.mark.parametrize("days", [91, None])
def test_an_old_or_given_password_must_be_changed_first(client, staff: Staff, days: int | None):
    changed_at = timezone.now() - timedelta(days=days) if days else None
    Staff.objects.filter(pk=staff.pk).update(password_changed_at=changed_at)
    client.force_login(staff)

    assert client.get("/").url == "/password/"
    assert client.get("/password/").status_code == 200
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/password/"
    assert client.post("/logout/").status_code == 302


def test_other_sessions_end_when_the_password_changes(client, staff: Staff):
    client.force_login(staff)
    elsewhere = type(client)()
    elsewhere.force_login(staff)

    change(client, FIRST, "Lipei-2026-Second")

    assert client.get("/cases/workbench/").status_code == 200
    assert elsewhere.get("/").status_code == 302
