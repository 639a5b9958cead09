"""The files a rule draws from: one query per rule, whatever the rule asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cases.lifecycle import ClosingKind, Stage
from cases.models import ClaimCase, ConcurrentAct, Criterion, Decision, Escalation, SampleRule
from cases.supervision.acts import AGREEING, midnight

Finder = Callable[[SampleRule], Q | Exists]
_HUNDRED = Decimal(100)


def _decisions() -> QuerySet[Decision]:
    return Decision.objects.filter(case=OuterRef("pk"), outcome__in=AGREEING)


def _fast(rule: SampleRule) -> Q:
    days = timedelta(days=float(rule.limit or 0))
    return Q(closing_kind=ClosingKind.PAID, closed_at__lte=F("reported_at") + days)


def _near_limit(rule: SampleRule) -> Exists:
    """Within so many per cent below the limit it rested on."""
    below = (1 - (rule.limit or 0) / _HUNDRED) * F("limit")
    return Exists(_decisions().filter(limit__gt=0, amount__gte=below, amount__lte=F("limit")))


FINDERS: dict[str, Finder] = {
    Criterion.ANY: lambda rule: Q(),
    Criterion.SMALL_FAST_PAID: _fast,
    Criterion.OVER_AUTHORITY: lambda rule: Exists(Escalation.objects.filter(case=OuterRef("pk"))),
    Criterion.REFUSED: lambda rule: Q(closing_kind=ClosingKind.REFUSED),
    Criterion.ZERO: lambda rule: Q(closing_kind=ClosingKind.ZERO),
    Criterion.INJURY: lambda rule: Q(is_injury=True),
    Criterion.CONCURRENT: lambda rule: Exists(ConcurrentAct.objects.filter(decision__case=OuterRef("pk"))),
    Criterion.NEAR_LIMIT: _near_limit,
    Criterion.STAND_IN: lambda rule: Exists(_decisions().filter(acted_for__isnull=False)),
    Criterion.EMERGENCY: lambda rule: Exists(_decisions().filter(ruling__basis__source="emergency")),
    Criterion.LITIGATED: lambda rule: Q(is_litigated=True),
    Criterion.MAJOR: lambda rule: Q(is_major=True),
    Criterion.FORCED: lambda rule: Q(is_forced_registration=True),
}


def population_of(rule: SampleRule, path: str, since: date, until: date) -> list[tuple[int, int]]:
    """Case and unit of all files of the period that the rule is about, in ascending order; one query.

    `until` is the last day. The amount is what was approved, or the estimate where nothing was.
    """
    start, end = midnight(since), midnight(until + timedelta(days=1))
    cases = ClaimCase.objects.filter(unit__path__startswith=path)
    if rule.population == SampleRule.Population.CLOSED:
        cases = cases.filter(stage=Stage.CLOSED, closed_at__gte=start, closed_at__lt=end)
    else:
        decided = _decisions().filter(chain_step__kind="final", decided_at__gte=start, decided_at__lt=end)
        cases = cases.filter(Exists(decided))
    found = cases.filter(FINDERS[rule.criterion](rule)).filter(_band(rule))
    return list(found.order_by("pk").values_list("pk", "unit_id"))


def _band(rule: SampleRule) -> Q:
    """On what was approved, else on the estimate."""
    band = Q()
    for bound, lookup in ((rule.amount_min, "gte"), (rule.amount_max, "lte")):
        if bound is not None:
            approved = Q(approved__gt=0, **{f"approved__{lookup}": bound})
            band &= approved | Q(approved=0, **{f"estimate__{lookup}": bound})
    return band
