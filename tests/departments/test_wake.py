"""A broker that is down costs a page one attempt, not the change."""

from celery import Celery

from departments.tasks import wake


def test_an_unreachable_broker_is_a_warning(caplog):
    nowhere = Celery("nowhere", broker="redis://localhost:1/0", set_as_current=False)
    nowhere.conf.broker_transport_options = {"max_retries": 0, "socket_connect_timeout": 1}

    @nowhere.task(name="lost")
    def lost() -> None: ...

    wake(lost)

    assert "broker unreachable, lost waits" in caplog.text
