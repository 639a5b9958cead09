"""The one thing the schedule does: look what is due."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from reports.figures.dayfacts import refresh_day_facts
from reports.runs import plan_due_runs
from reports.tasks import build_waiting_runs

RECENT = timedelta(days=3)
EVER = timedelta(days=36_500)


@shared_task
def tick() -> None:
    """Every 30 seconds; two schedules at once plan the same rows once."""
    today = timezone.localdate()
    refresh_day_facts(today - RECENT)
    plan_due_runs(today)
    build_waiting_runs.delay()


@shared_task
def refresh_all_day_facts() -> None:
    """Nightly: late changes of older days reach the roll-up."""
    refresh_day_facts(timezone.localdate() - EVER)
