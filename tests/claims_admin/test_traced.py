"""The request id goes with the task through the real broker, and is bound while the task runs."""

import json
from collections.abc import Iterator

import pytest
from celery import Celery
from kombu import Queue

from claims_admin.traced import TracedTask
from departments.origin import Origin, current_origin, set_origin


def tell() -> str:
    return current_origin().request_id


@pytest.fixture
def app(settings) -> Iterator[Celery]:
    """An application of its own, whose queue no worker listens to."""
    app = Celery("traced", broker=settings.CELERY_BROKER_URL, task_cls=TracedTask, set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    app.conf.task_queues = [Queue("traced-test")]
    app.conf.task_default_queue = "traced-test"
    yield app
    set_origin(Origin())
    app.control.purge()
    app.close()


def test_a_task_carries_the_id_of_its_request(app: Celery):
    task = app.task(tell)
    set_origin(Origin(request_id="abc-12345", address="10.0.0.9"))

    task.delay()

    with app.connection_for_read() as connection:
        message = connection.SimpleQueue("traced-test").get(timeout=5)
        message.ack()
    assert message.headers["request_id"] == "abc-12345"
    assert json.loads(message.body)[0] == []


def test_the_task_runs_under_that_id_and_leaves_none_behind(app: Celery):
    task = app.task(tell)
    task.push_request(headers={"request_id": "abc-12345"}, is_eager=False)

    assert task() == "abc-12345"
    assert current_origin() == Origin()


def test_what_beat_sends_gets_an_id_of_its_own(app: Celery):
    task = app.task(tell)
    task.push_request(headers={}, is_eager=False)

    assert len(task()) == 32
