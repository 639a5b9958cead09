"""Wake-ups: work that waits in the database is done now instead of at the next tick."""

import logging
from typing import Any

from celery import shared_task
from kombu.exceptions import OperationalError

from departments.delivery import deliver_waiting

logger = logging.getLogger(__name__)


@shared_task
def deliver_soon() -> int:
    """Safe to run beside any other deliverer, and twice."""
    return deliver_waiting()


def wake(task: Any, *arguments: Any) -> None:
    """One attempt to reach the broker: no request waits for it, and the schedule finds the work anyway."""
    try:
        task.apply_async(arguments, retry=False)
    except OperationalError as error:
        logger.warning("broker unreachable, %s waits for the schedule: %s", task.name, error)


def wake_deliverer() -> None:
    wake(deliver_soon)
