"""The one thing the schedule does: look what is due."""

from celery import shared_task
from django.utils import timezone

from departments.tasks import wake
from reports.figures.dayfacts import keep_day_facts_fresh
from reports.runs import plan_due_runs
from reports.tasks import build_waiting_runs


@shared_task
def tick() -> None:
    """Every 30 seconds; two schedules at once plan the same rows once."""
    today = timezone.localdate()
    keep_day_facts_fresh(today)
    plan_due_runs(today)
    wake(build_waiting_runs)
