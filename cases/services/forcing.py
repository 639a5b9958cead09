"""强制立案: a loss not registered in time is registered, with an average cost as its estimate."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from cases.clocks import REGISTRATION, Clocks
from cases.lifecycle import Action, Stage
from cases.models import AverageCost, ClaimCase
from cases.numbers import next_number
from cases.services.transition import apply, lock_case, note_amount, tell, work_change

BATCH = 500


def register_by_force() -> int:
    """强制立案: what was reported and not registered within the limit; how many."""
    clocks = Clocks.today()
    rule = clocks.rules.get(REGISTRATION)
    if rule is None:
        return 0
    latest = clocks.now - timedelta(days=rule.limit)
    reported = ClaimCase.objects.filter(stage=Stage.REPORTED, registered_at=None, reported_at__lt=latest)
    keys = list(reported.order_by("reported_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_register_one(pk, clocks) for pk in keys)


@transaction.atomic
def _register_one(pk: int, clocks: Clocks) -> bool:
    """With the average cost of the unit as the estimate, unless the case has one already."""
    case = lock_case(pk, None)
    is_late = any(
        reading.rule.code == REGISTRATION and reading.is_late and reading.runs
        for reading in (clock.reading for clock in clocks.of_case(case))
    )
    if case.stage != Stage.REPORTED or not is_late:
        return False
    average = None if case.estimate else _average_cost(case)
    if not case.estimate and average is None:
        return False
    if average is not None:
        note_amount(case, "estimate", average.amount, None, reason="强制立案：按案均赔款估损")
    case.registered_at, case.is_forced_registration = timezone.now(), True
    case.registration_no = case.registration_no or next_number("L")
    case.claim_no = case.claim_no or next_number("A")
    fields = ("registered_at", "is_forced_registration", "registration_no", "claim_no", "estimate")
    change = work_change(case, Action.REGISTER, *fields, amount=case.estimate)
    told = {"forced": True, "average_of": average.count if average else None}
    apply(case, change.because("超过立案时限，强制立案").with_details(told), None)
    tell(case.handler, case, "clock", "已强制立案，请核对估损")
    return True


def _average_cost(case: ClaimCase) -> AverageCost | None:
    """Of the unit, otherwise of all; of its kind."""
    known = AverageCost.objects.filter(Q(unit=case.unit_id) | Q(unit=None), is_injury=case.is_injury)
    return known.order_by(F("unit").asc(nulls_last=True)).first()


def refresh_average_costs() -> int:
    """Of what was paid and closed within a year: per unit and for all, injury apart; one statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_AVERAGES, {"today": timezone.localdate()})
        return int(cursor.rowcount)


_AVERAGES = """
    with found as (
        select unit_id, is_injury, round(avg(paid), 2) as amount, count(*) as count
        from cases_claimcase
        where stage = 'closed' and closing_kind = 'paid' and paid > 0
            and closed_at >= %(today)s::date - 365
        group by grouping sets ((unit_id, is_injury), (is_injury))
    )
    insert into cases_averagecost (unit_id, is_injury, amount, count, as_of)
    select unit_id, is_injury, amount, count, %(today)s from found
    on conflict (unit_id, is_injury) do update
        set amount = excluded.amount, count = excluded.count, as_of = excluded.as_of
"""
