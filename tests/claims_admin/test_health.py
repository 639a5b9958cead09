from django.conf import settings

from authority.seals.sealing import seal_ledger
from claims_admin import health

UP = {"database": "ok", "ledger_seal": "late"}


def test_alive_needs_nothing(client):
    response = client.get("/livez")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_database_and_broker_answer(client, db):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {**UP, "broker": "ok"})


def test_not_ready_names_the_part_and_nothing_else(client, db, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {**UP, "broker": "down"})


def test_ready_says_that_the_ledger_is_sealed(client, db, seal_file):
    seal_ledger()

    assert client.get("/readyz").json()["ledger_seal"] == "ok"


def test_nothing_is_said_of_seals_without_a_database(client, monkeypatch):
    def no_answer() -> None:
        raise OSError

    monkeypatch.setattr(health, "_ask_database", no_answer)

    assert client.get("/readyz").json()["ledger_seal"] == "unknown"


def test_the_tests_run_on_postgresql(db):
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
