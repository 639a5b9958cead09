from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from claims_admin.security import client_address
from departments.models import Staff
from tests.factories import StaffFactory

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def staff(db) -> Staff:
    return StaffFactory()


@pytest.mark.parametrize("path", ["/", "/login/", "/livez", "/nowhere", "/admin/", "/static/nowhere.css"])
def test_headers_are_on_every_answer(client, db, path: str):
    response = client.get(path)

    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Request-ID"]


def test_pages_stay_out_of_shared_caches(client, staff: Staff):
    client.force_login(staff)

    assert "no-store" in client.get("/")["Cache-Control"]


def test_a_plain_request_id_is_kept(client):
    assert client.get("/livez", headers={"X-Request-ID": "abc-12345"})["X-Request-ID"] == "abc-12345"
    assert client.get("/livez", headers={"X-Request-ID": "x" * 40})["X-Request-ID"] == "x" * 40


@pytest.mark.parametrize("given", ["short", "with space in it", 'quote"quote"', "x" * 41, "行-12345678"])
def test_a_strange_request_id_is_replaced(client, given: str):
    assert client.get("/livez", headers={"X-Request-ID": given})["X-Request-ID"] != given


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        pytest.param(0, "6.6.6.6", "127.0.0.1", id="no proxy: the header is anybody's word"),
        pytest.param(1, "10.0.0.9", "10.0.0.9", id="one proxy"),
        pytest.param(1, "6.6.6.6, 10.0.0.9", "10.0.0.9", id="what stands before it does not count"),
        pytest.param(2, "6.6.6.6, 10.0.0.9, 10.0.0.1", "10.0.0.9", id="two proxies"),
        pytest.param(2, "10.0.0.1", "", id="a proxy is missing"),
    ],
)
def test_the_address_is_the_one_a_trusted_proxy_saw(rf, settings, proxies: int, forwarded: str, address: str):
    settings.TRUSTED_PROXIES = proxies

    assert client_address(rf.get("/", headers={"X-Forwarded-For": forwarded})) == address


@pytest.mark.parametrize(
    ("minutes_between", "times", "is_in"),
    [
        pytest.param(14, 3, True, id="used again in time"),
        pytest.param(16, 1, False, id="left alone"),
        pytest.param(14, 52, False, id="twelve hours are enough"),
    ],
)
def test_a_session_ends(client, staff: Staff, minutes_between: int, times: int, is_in: bool):
    with time_machine.travel(MORNING, tick=False) as clock:
        client.force_login(staff)
        client.get("/")
        for _ in range(times):
            clock.shift(minutes_between * 60)
            response = client.get("/cases/workbench/")

    assert (response.status_code == 200) is is_in


def test_ended_sessions_are_dead_at_the_next_request(client, staff: Staff):
    client.force_login(staff)
    client.get("/")
    Staff.objects.filter(pk=staff.pk).update(sessions_ended_at=timezone.now())

    response = client.get("/")

    assert (response.status_code, response.url) == (302, "/login/?next=/")


def test_a_fragment_asks_htmx_to_load_the_login_page(client, staff: Staff):
    client.force_login(staff)
    client.get("/")
    Staff.objects.filter(pk=staff.pk).update(sessions_ended_at=timezone.now())

    response = client.get("/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (204, "/login/?next=/")
