"""未决清理: the base list of every case of the size frozen, a round, the board; on a copy thrown away."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.utils import timezone

from authority.ledger import filling
from benchmarks.branch import throwaway_copy
from benchmarks.clock import Figure, milliseconds, once
from benchmarks.people import holder_of
from cases.clearing import base
from cases.models import OutstandingCampaign
from cases.services import clearing
from cases.services.clearing import Plan
from departments.models import OrgUnit

MOST = 100_000
# Closed ones are opened again, so that the list is as long as asked for; their sums stay.
_REOPEN = """
update cases_claimcase set stage = 'registered', closed_at = null, closing_kind = ''
where id in (select id from cases_claimcase order by id limit %s)
"""
_FLOOR = """
create temp table listed on commit drop as
select c.id, c.unit_id, c.estimate, c.paid, c.is_injury, c.is_litigated, c.handler_id from cases_claimcase c
where c.closed_at is null
"""


def measure() -> Iterator[Figure]:
    with throwaway_copy():
        _reopen()
        yield from _frozen()


@filling()
def _reopen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute(_REOPEN, [MOST])
        cursor.execute("vacuum analyze cases_claimcase")


def _floor() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR)


def _frozen() -> Iterator[Figure]:
    keeper, department = holder_of("DEPT_HEAD"), OrgUnit.objects.get(kind="department")
    yesterday = timezone.localdate() - timedelta(days=1)
    plan = Plan("清理", department, "special", yesterday, yesterday + timedelta(days=90), "regulator")
    floor = once(_floor)
    yield Figure("floor: open cases copied, no sums of the day", floor, "s")
    yield Figure("preview of the base list", once(lambda: base.preview(plan.scope)), "s")
    made: list[OutstandingCampaign] = []
    taken = once(lambda: made.append(clearing.start_campaign(plan, by=keeper)))
    (campaign,) = made
    rows = f"{campaign.base_count:,} rows"
    yield Figure(f"base list of {rows} frozen, with digest", taken, "s", "floor", taken / floor)
    yield Figure(f"digest of {rows} proved", once(lambda: base.sums_of(campaign)), "s")
    yield Figure(f"round of {rows} taken", once(lambda: clearing.take_round(campaign, by=keeper)), "s")
    client = Client()
    client.force_login(keeper)
    board = milliseconds(lambda: client.get(campaign.get_absolute_url()), runs=5)
    yield Figure(f"board over {rows}, whole response", board, "ms")
    listed = milliseconds(lambda: client.get(f"{campaign.get_absolute_url()}rows/"), runs=5)
    yield Figure("first page of the list, whole response", listed, "ms")
