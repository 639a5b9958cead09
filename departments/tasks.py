"""Wake-ups: work that waits in the database is done now instead of at the next tick."""

from celery import shared_task

from departments.delivery import deliver_waiting


@shared_task
def deliver_soon() -> int:
    """Safe to run beside any other deliverer, and twice."""
    return deliver_waiting()


def wake_deliverer() -> None:
    """One attempt to reach the broker: a web request never waits for it."""
    deliver_soon.apply_async(retry=False)
