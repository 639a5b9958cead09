"""Wake-ups: the row says what is to be done, the message only that it is now."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from cases.importing.work import work
from cases.what_if import work as what_if

logger = logging.getLogger(__name__)

MINUTES = 60


@shared_task(soft_time_limit=30 * MINUTES, time_limit=31 * MINUTES)
def work_on_import(batch_id: int) -> None:
    """Check or merge the batch. Delivered twice or late it finds nothing to do."""
    work(batch_id)


def wake_importer(batch_id: int) -> None:
    """One attempt to reach the broker; without it the clock finds the batch."""
    work_on_import.apply_async([batch_id], retry=False)


@shared_task(soft_time_limit=30 * MINUTES, time_limit=31 * MINUTES)
def work_on_what_if(run_id: int) -> None:
    """Try a letter on what was decided. Delivered twice or late it finds nothing to do."""
    what_if.work(run_id)


def wake_what_if(run_id: int) -> None:
    """One attempt to reach the broker; without it the clock finds the run."""
    try:
        work_on_what_if.apply_async([run_id], retry=False)
    except OperationalError as error:
        logger.warning("broker unreachable, what-if run %s waits for the schedule: %s", run_id, error)
