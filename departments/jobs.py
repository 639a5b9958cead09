"""What runs by the clock. Every job may run twice, late, or beside itself."""

from celery import shared_task

from departments.delivery import deliver_waiting


@shared_task
def deliver_outbox() -> int:
    """Every ten seconds: what no wake-up delivered."""
    return deliver_waiting()
