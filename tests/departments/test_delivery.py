"""Promised notifications arrive once, whatever fails or runs beside."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from departments import delivery
from departments.delivery import MOST_ATTEMPTS, deliver_waiting
from departments.jobs import deliver_outbox
from departments.models import Notification, OutboxMessage
from departments.outbox import notify, promise
from tests.factories import StaffFactory


@pytest.mark.django_db
def test_a_promise_becomes_one_notification():
    staff = StaffFactory()
    notify(staff, kind="case", title="案件已退回", url="/cases/1/")

    assert deliver_outbox() == 1
    assert deliver_outbox() == 0

    arrived = Notification.objects.get()
    assert (arrived.recipient, arrived.title, arrived.url) == (staff, "案件已退回", "/cases/1/")


@pytest.mark.django_db
def test_a_commit_wakes_the_deliverer(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        notify(StaffFactory(), kind="case", title="请审批")

    assert Notification.objects.count() == 1


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_promises_nothing():
    class MishapError(Exception):
        pass

    def change_and_fail() -> None:
        with transaction.atomic():
            notify(StaffFactory(), kind="case", title="请审批")
            raise MishapError

    with pytest.raises(MishapError):
        change_and_fail()

    assert deliver_waiting() == 0


@pytest.mark.django_db
def test_a_poisoned_message_stops_after_five_attempts_and_says_why():
    poisoned = promise("notification", {"recipient": StaffFactory().pk})
    notify(StaffFactory(), kind="case", title="请审批")

    outcomes = [deliver_waiting() for _ in range(MOST_ATTEMPTS + 2)]

    poisoned.refresh_from_db()
    assert sum(outcomes) == outcomes[0] == 1
    assert (poisoned.attempts, poisoned.delivered_at) == (MOST_ATTEMPTS, None)
    assert "kind" in poisoned.last_error


@pytest.mark.django_db
def test_an_unknown_topic_is_a_failed_attempt():
    message = promise("fax", {})

    assert deliver_waiting() == 0
    message.refresh_from_db()
    assert message.attempts == 1


@pytest.mark.django_db
def test_the_database_refuses_a_second_effect_of_one_message():
    message = notify(StaffFactory(), kind="case", title="请审批")
    deliver_waiting()
    again = {"outbox": message, "recipient": StaffFactory(), "kind": "case", "title": "请审批"}

    with pytest.raises(IntegrityError, match="outbox_id"):
        Notification.objects.create(**again)


def deliver_in_a_thread_of_its_own(start: Barrier) -> int:
    start.wait()
    try:
        return deliver_waiting()
    finally:
        connection.close()


@pytest.mark.race
@pytest.mark.usefixtures("own_database")
def test_deliverers_at_once_deliver_everything_once(monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 7)
    staff = StaffFactory()
    for number in range(200):
        payload = {"recipient": staff.pk, "kind": "case", "title": str(number), "url": ""}
        OutboxMessage.objects.create(topic="notification", payload=payload)

    with ThreadPoolExecutor(3) as pool:
        delivered = sum(pool.map(deliver_in_a_thread_of_its_own, [Barrier(3)] * 3))

    assert delivered + deliver_waiting() == 200
    titles = Notification.objects.values_list("title", flat=True)
    assert sorted(titles, key=int) == [str(number) for number in range(200)]
