"""Wake-ups: the row says what is to be done, the message only that it is now."""

from celery import shared_task

from cases.importing.work import work
from cases.what_if import work as what_if
from departments.tasks import wake

MINUTES = 60


@shared_task(soft_time_limit=30 * MINUTES, time_limit=31 * MINUTES)
def work_on_import(batch_id: int) -> None:
    """Check or merge the batch. Delivered twice or late it finds nothing to do."""
    work(batch_id)


def wake_importer(batch_id: int) -> None:
    """One attempt to reach the broker; without it the clock finds the batch."""
    wake(work_on_import, batch_id)


@shared_task(soft_time_limit=30 * MINUTES, time_limit=31 * MINUTES)
def work_on_what_if(run_id: int) -> None:
    """Try a letter on what was decided. Delivered twice or late it finds nothing to do."""
    what_if.work(run_id)


def wake_what_if(run_id: int) -> None:
    """One attempt to reach the broker; without it the clock finds the run."""
    wake(work_on_what_if, run_id)
