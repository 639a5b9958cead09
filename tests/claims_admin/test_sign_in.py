from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.utils import timezone

from claims_admin.models import LoginTries
from claims_admin.sign_in import MOST_TRIES, WINDOW
from departments.models import Staff
from tests.claims_admin.hashers import CountingHasher
from tests.factories import StaffFactory

PASSWORD = "Lipei-2026-Right"
SAME_MESSAGE = "工号或密码不正确"


@pytest.fixture
def staff(db) -> Staff:
    member = StaffFactory()
    member.set_password(PASSWORD)
    member.save(update_fields=["password"])
    return member


@pytest.fixture
def compared(settings) -> list[str]:
    settings.PASSWORD_HASHERS = ["tests.claims_admin.hashers.CountingHasher"]
    CountingHasher.compared.clear()
    return CountingHasher.compared


def log_in(client, name: str, password: str):
    return client.post("/login/", {"username": name, "password": password})


def test_the_right_password_opens_the_home_page(client, staff: Staff):
    response = log_in(client, staff.employee_no, PASSWORD)

    assert (response.status_code, response.url) == (302, "/")
    assert not LoginTries.objects.exists()


def test_used_up_tries_refuse_the_right_password_too(client, staff: Staff):
    for _ in range(MOST_TRIES):
        log_in(client, staff.employee_no, "wrong")

    response = log_in(client, staff.employee_no, PASSWORD)

    assert SAME_MESSAGE in response.text


def test_the_window_ends(client, staff: Staff):
    for _ in range(MOST_TRIES + 1):
        log_in(client, staff.employee_no, "wrong")
    LoginTries.objects.update(since=timezone.now() - WINDOW - timedelta(seconds=1))

    assert log_in(client, staff.employee_no, PASSWORD).status_code == 302


def test_one_account_does_not_lock_another(client, staff: Staff):
    for _ in range(MOST_TRIES + 1):
        log_in(client, "somebody else", "wrong")

    assert log_in(client, staff.employee_no, PASSWORD).status_code == 302


@pytest.mark.parametrize("state", ["known", "unknown", "disabled", "locked"])
def test_the_answer_never_tells_whether_the_account_exists(client, staff: Staff, state: str):
    name = "nobody" if state == "unknown" else staff.employee_no
    Staff.objects.filter(pk=staff.pk).update(is_active=state != "disabled")
    for _ in range(MOST_TRIES if state == "locked" else 0):
        log_in(client, name, "wrong")

    response = log_in(client, name, "wrong")

    errors = [str(error) for error in response.context["form"].non_field_errors()]
    assert errors == ["工号或密码不正确。连续 5 次不正确后，该工号 15 分钟内不能登录。"]


def test_an_unknown_account_costs_a_hash_as_well(staff: Staff, compared: list[str], monkeypatch):
    encoded: list[str] = []
    monkeypatch.setattr(
        CountingHasher, "encode", lambda _self, password, _salt: encoded.append(password) or "x"
    )

    assert authenticate(username="nobody", password="guess") is None
    assert encoded == ["guess"]


def test_the_admin_counts_on_the_same_row(client, staff: Staff):
    for _ in range(MOST_TRIES):
        client.post("/admin/login/", {"username": staff.employee_no, "password": "wrong"}, follow=True)

    assert LoginTries.objects.get().tries == MOST_TRIES


@pytest.mark.race
def test_ninety_simultaneous_guesses_are_five(own_database, compared: list[str]):
    staff = Staff.objects.create_user("T1", PASSWORD, name="某人")
    compared.clear()
    together = Barrier(90)

    def guess(number: int) -> bool:
        together.wait()
        try:
            return authenticate(username=staff.employee_no, password=f"guess {number}") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(90) as threads:
        results = list(threads.map(guess, range(90)))

    assert not any(results)
    assert len(compared) == MOST_TRIES
