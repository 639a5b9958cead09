"""One claim on its page: the requests to write it off, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from authority.models import LedgerEntry
from cases.casefile.approval import submissions_of
from cases.casefile.timeline import Event, event_of
from cases.items import RECOVERY
from cases.models import RecoveryPlaceholder, Submission


def submissions_about(recovery: RecoveryPlaceholder) -> list[Submission]:
    every = submissions_of(recovery.case)
    return [one for one in every if one.item.code == RECOVERY and one.subject_id == recovery.pk]


def events_of(recovery: RecoveryPlaceholder, submissions: Iterable[Submission]) -> list[Event]:
    """From the case's ledger, what is about this claim; newest first."""
    ids = [one.pk for one in submissions]
    about = Q(details__recovery=recovery.pk) | Q(details__submission__in=ids)
    entries = LedgerEntry.objects.filter(about, chain=f"case:{recovery.case_id}")
    return [event_of(entry) for entry in entries.select_related("actor", "acted_for").order_by("-sequence")]
