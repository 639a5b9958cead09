from django.conf import settings


def test_alive_needs_nothing(client):
    response = client.get("/livez")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_database_and_broker_answer(client, db):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"database": "ok", "broker": "ok"})


def test_not_ready_names_the_part_and_nothing_else(client, db, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "ok", "broker": "down"})


def test_the_tests_run_on_postgresql(db):
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
