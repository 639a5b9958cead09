"""The nightly check of the data: one statement per rule for what is found, one for what is gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.data_quality.checks import BY_THE_CLOCK, doubtful
from cases.models import ClaimCase, DataQualityIssue, DataQualityRule, DataQualityRun

OVERLAP = timedelta(hours=1)
"""A change that was committed late carries an earlier moment in its history."""
LONGEST = "15min"


@transaction.atomic
def check_data(now: datetime) -> DataQualityRun | None:
    """Once a day: what changed since the last check, and what the clock alone makes doubtful.

    None where today's check is made already, or is just being made.
    """
    day = timezone.localdate(now)
    last = DataQualityRun.objects.filter(day__lt=day).first()
    row = DataQualityRun(day=day, since=last.ran_at - OVERLAP if last else None, ran_at=now)
    DataQualityRun.objects.bulk_create([row], ignore_conflicts=True)
    run = DataQualityRun.objects.select_for_update().filter(day=day, ran_at=now).first()
    if run is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"set local statement_timeout = '{LONGEST}'")
    rules = list(DataQualityRule.objects.on(day).filter(is_nightly=True))
    run.gone = sum(_write_off(rule, now) for rule in rules)
    run.found = sum(_raise(rule, _looked_at(rule, run.since), now) for rule in rules)
    run.save(update_fields=["found", "gone"])
    return run


def _looked_at(rule: DataQualityRule, since: datetime | None) -> QuerySet[ClaimCase]:
    cases = ClaimCase.objects.all()
    if since is None or rule.code in BY_THE_CLOCK:
        return cases
    changed = ClaimCase.history.filter(history_date__gte=since).values("id")
    return cases.filter(pk__in=changed)


def _raise(rule: DataQualityRule, cases: QuerySet[ClaimCase], now: datetime) -> int:
    """What somebody called true as it is, is not asked again."""
    known = DataQualityIssue.objects.filter(rule=rule.code, outcome=DataQualityIssue.Outcome.TRUE_AS_IS)
    found = doubtful(cases, rule, now).exclude(pk__in=known.values("case")).order_by()
    sql, parameters = found.values("pk").query.sql_with_params()
    details = rule.name if rule.limit is None else f"{rule.name} {rule.limit.normalize():f} {rule.measure}"
    due_on = timezone.localdate(now) + timedelta(days=rule.due_days)
    insert = f"""insert into cases_dataqualityissue (case_id, rule, details, found_at, due_on, resolution)
        select doubtful.id, %s, %s, %s, %s, '' from ({sql}) doubtful (id)
        on conflict (case_id, rule) where resolved_at is null do nothing"""  # noqa: S608 - Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(insert, [rule.code, details[:200], now, due_on, *parameters])
        return int(cursor.rowcount)


def _write_off(rule: DataQualityRule, now: datetime) -> int:
    """Open doubts whose reason is no longer there."""
    standing = doubtful(ClaimCase.objects.all(), rule, now).values("pk")
    gone = DataQualityIssue.objects.open().filter(rule=rule.code).exclude(case__in=standing)
    return gone.update(resolved_at=now, outcome="gone", resolution="数据已变，疑问不再成立")


def still_doubtful(case: ClaimCase, rules: Iterable[str], now: datetime) -> set[str]:
    """Of these rules, those that doubt the case as it is now; rules that only an import sees never do."""
    in_force = DataQualityRule.objects.on(timezone.localdate(now)).filter(code__in=list(rules))
    one = ClaimCase.objects.filter(pk=case.pk)
    return {rule.code for rule in in_force if doubtful(one, rule, now).exists()}
