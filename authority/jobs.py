"""What runs by the clock. Every job may run twice, late, or beside itself."""

from celery import shared_task
from django.utils import timezone

from authority.services import warn_of_expiry


@shared_task
def warn_of_expiring_certificates() -> int:
    """Every hour: holders and keepers are told once at each of the days set."""
    return warn_of_expiry(timezone.localdate())
