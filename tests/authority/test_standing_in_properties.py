"""For any tree, grants and stand-ins: never beyond the delegator or the post, never handed on, on time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authority.models import Substitution
from authority.rulings import Holder, Scope, may_decide, narrowed_to, stand_in_limits
from tests.authority import strategies as some
from tests.authority.test_rulings_properties import Case
from tests.factories import AbsenceFactory, StandInFactory

HOURS = st.integers(0, 12)
SPAN = st.tuples(HOURS, HOURS)


@given(some.fitting(), some.scopes, st.integers(1, 60_000_000))
def test_neither_what_was_handed_over_nor_the_post_is_exceeded(case: Case, scope: Scope, most: int) -> None:
    _, boss, _ = case
    for limit in stand_in_limits(boss, scope, Scope(amount_max=most)):
        assert limit.amount_max <= most
        assert scope.amount_max is None or limit.amount_max <= scope.amount_max
        assert (limit.via_id, limit.source) == (boss.person_id, "substitution")


@given(some.fitting(), some.holders, some.scopes, some.scopes)
def test_a_chain_of_stand_ins_ends_after_one(case: Case, helper: Holder, one: Scope, two: Scope) -> None:
    """A stands in for the boss, B for A: B holds of the boss nothing, whatever A holds himself."""
    _, boss, _ = case
    first = replace(helper, limits=(*helper.limits, *stand_in_limits(boss, one)))

    assert {limit.via_id for limit in stand_in_limits(first, two)} <= {first.person_id}
    assert len(stand_in_limits(first, two)) <= len([own for own in first.limits if own.via_id is None])


@given(some.fitting(), some.scopes)
def test_an_emergency_grant_never_exceeds_the_giver(case: Case, scope: Scope) -> None:
    matter, giver, rules = case
    kept = [narrowed_to(limit, scope) for limit in giver.limits]
    limits = tuple(replace(limit, source="emergency") for limit in kept if limit is not None)
    holder = replace(giver, person_id=99, limits=limits, interests=frozenset())
    present = replace(giver, person_id=99, on_leave=False, interests=frozenset())

    assert not may_decide(matter, holder, rules).may_sign or may_decide(matter, present, rules).may_sign


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(away=SPAN, dated=SPAN, known=st.tuples(HOURS, st.none() | HOURS), at=HOURS)
def test_it_is_in_force_exactly_on_its_dates(db, away, dated, known, at) -> None:
    """From the latest beginning to the earliest end, the first moment included, the last not."""
    midnight = timezone.now()
    hour = lambda number: midnight + timedelta(hours=number)  # noqa: E731
    accepted, end = known
    (gone, back), (begin, stop) = (min(away), max(away) + 1), (min(dated), max(dated) + 1)
    absence = AbsenceFactory(starts_at=hour(gone), ends_at=hour(back))
    one = StandInFactory(absence=absence, starts_at=hour(begin), ends_at=hour(stop))
    Substitution.objects.filter(pk=one.pk).update(
        accepted_at=hour(accepted),
        ended_at=None if end is None else hour(end),
        status="accepted" if end is None else "recalled",
    )

    first, last = max(gone, begin, accepted), min(back, stop, 99 if end is None else end)
    found = Substitution.objects.in_force_at(hour(at)).filter(pk=one.pk).exists()
    assert found == (first <= at < last)
