"""What runs by the clock. Every job may run twice, late, or beside itself."""

import logging

from celery import shared_task
from django.utils import timezone

from authority.seals.keys import SealError
from authority.seals.sealing import seal_ledger
from authority.services import warn_of_expiry, watch_coverage

logger = logging.getLogger(__name__)


@shared_task
def warn_of_expiring_certificates() -> int:
    """Every hour: holders and keepers are told once at each of the days set."""
    return warn_of_expiry(timezone.localdate())


@shared_task
def seal() -> int:
    """Every minute. Where sealing must stop, the age of the last seal gives the alarm on the pages, too."""
    try:
        return seal_ledger()
    except SealError:
        logger.exception("ledger not sealed")
        return 0


@shared_task
def watch_over_coverage() -> bool:
    """Every ten minutes: the first one of a day makes the nightly round, the others find it made."""
    return watch_coverage(timezone.localdate()) is not None
