"""年度未决清单: while nobody has frozen it, who keeps the outstanding and who leads are told again."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.clearing.rulings import CLEARING_POST
from cases.consultations import holders_of_post
from cases.models import ClaimCase, OutstandingCampaign
from cases.models.campaigns import end_of
from cases.services.clearing import report_due_after
from departments.models import Notification, OrgUnit, Staff, UnitKind
from departments.outbox import notify

KIND = "report"
AGAIN_AFTER = timedelta(days=14)
LEADING_POST = "DEPT_HEAD"
_ONE_ROUND = 7_314_003  # the advisory lock of this round


@transaction.atomic
def remind_of_base_lists() -> int:
    """How many people were told, from New Year's Day to the last day. May run twice, late, or beside itself.

    From the moment the list is frozen its own clock runs (cases.clearing.areas).
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_ONE_ROUND])
        if not cursor.fetchone()[0]:
            return 0
    today = timezone.localdate()
    due = report_due_after(today.year - 1)
    if due is None or today > due:
        return 0
    departments = OrgUnit.objects.filter(kind=UnitKind.DEPARTMENT, closed_on=None).order_by("pk")
    waiting = [unit for unit in departments if _lacks_list(unit, date(today.year - 1, 12, 31))]
    return sum(_tell(person, due) for unit in waiting for person in _responsible(unit))


def _lacks_list(unit: OrgUnit, base_on: date) -> bool:
    """Something was open at the turn of the year, and no list of all of it is frozen here or above."""
    paths = [unit.path[: place + 1] for place, sign in enumerate(unit.path) if sign == "/"]
    frozen = OutstandingCampaign.objects.exclude(status="cancelled").filter(
        base_on=base_on, report_due_on__isnull=False, unit__path__in=paths
    )
    moment = end_of(base_on)
    was_open = Q(closed_at=None) | Q(closed_at__gte=moment)
    cases = ClaimCase.objects.filter(was_open, unit__path__startswith=unit.path, reported_at__lt=moment)
    return not frozen.exists() and cases.exists()


def _responsible(unit: OrgUnit) -> list[Staff]:
    people = [*holders_of_post(CLEARING_POST, unit), *holders_of_post(LEADING_POST, unit)]
    return list(dict.fromkeys(people))


def _tell(person: Staff, due: date) -> bool:
    title = f"{due.year - 1}年末未决基准清单还没有固定，{due:%m-%d}前须报送"
    since = timezone.now() - AGAIN_AFTER
    told = Notification.objects.filter(recipient=person, kind=KIND, title=title, created_at__gt=since)
    if told.exists():
        return False
    notify(person, kind=KIND, title=title, url=reverse("cases:campaign_new"))
    return True
