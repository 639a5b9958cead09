"""What runs by the clock. Every job may run twice, late, or beside itself."""

from celery import shared_task
from django.utils import timezone

from departments.delivery import deliver_waiting
from departments.digests import make_digests, purge
from departments.services import sync_everybody


@shared_task
def deliver_outbox() -> int:
    """Every ten seconds: what no wake-up delivered."""
    return deliver_waiting()


@shared_task
def make_mail_digests() -> int:
    """Every five minutes: the mails of the hour that has come; two schedules make each of them once."""
    return make_digests(timezone.now())


@shared_task
def purge_notifications() -> int:
    """Once a night: read ones go when their kind's days are over."""
    return purge(timezone.now())


@shared_task
def sync_appointments() -> int:
    """Every ten minutes: appointments that began or ended by date give and take their rights."""
    return sync_everybody(timezone.localdate())
