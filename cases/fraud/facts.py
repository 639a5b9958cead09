"""What the hints are computed from: the case itself and the others that share something with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone

from authority.models import PersonalGrant
from cases.fraud.hints import FraudFacts, Hint, Like, hints_of
from cases.models import ClaimCase, FraudIndicator, FraudPattern

MOST = 50
ITEMS = ("damage_review", "adjudication")


def hints_for(case: ClaimCase) -> list[Hint]:
    """A constant number of statements."""
    today = timezone.localdate()
    indicators = list(FraudIndicator.objects.on(today))
    return hints_of(facts_of(case, indicators, today), indicators)


def facts_of(case: ClaimCase, indicators: Iterable[FraudIndicator], today: date) -> FraudFacts:
    days = {one.pattern: one.days or 0 for one in indicators}
    return FraudFacts(
        accident_at=timezone.localtime(case.accident_at) if case.accident_at else None,
        reported_at=timezone.localtime(case.reported_at),
        policy_from=case.policy_from,
        today=today,
        likes=_likes(case, days, today),
        asked=[amount for amount in {case.assessed, case.adjusted} if amount],
        limits=_limits(today),
    )


def _likes(case: ClaimCase, days: dict[str, int], today: date) -> dict[str, list[Like]]:
    """One statement for all patterns; of each the newest."""
    since = {pattern: timezone.now() - timedelta(days=several) for pattern, several in days.items()}
    parts = [
        _tagged(pattern, condition, since[pattern], case)
        for pattern, condition in _shared(case).items()
        if pattern in since
    ]
    found: dict[str, list[Like]] = {pattern: [] for pattern in since}
    if parts:
        for pattern, pk, reported_at in parts[0].union(*parts[1:], all=True):
            found[pattern].append(Like(pk, timezone.localdate(reported_at)))
    return found


def _shared(case: ClaimCase) -> dict[str, Q]:
    """What another case must have in common, where this one has it at all."""
    accounts = list(case.payments.exclude(payee_account="").values_list("payee_account", flat=True))
    shops = list(case.sheets.exclude(shop="").values_list("shop", flat=True))
    shared = {
        FraudPattern.SAME_PLATE: Q(plate_no=case.plate_no) if case.plate_no else None,
        FraudPattern.SAME_VIN: Q(vin=case.vin) if case.vin else None,
        FraudPattern.SAME_INSURED: Q(insured_name=case.insured_name) if case.insured_name else None,
        FraudPattern.SAME_PAYEE: Q(payments__payee_account__in=accounts) if accounts else None,
        FraudPattern.SAME_SHOP: Q(sheets__shop__in=shops) if shops else None,
    }
    return {pattern.value: condition for pattern, condition in shared.items() if condition is not None}


def _tagged(pattern: str, condition: Q, since: object, case: ClaimCase) -> QuerySet[ClaimCase, Any]:
    rows = ClaimCase.objects.filter(condition, reported_at__gte=since).exclude(pk=case.pk)
    tagged = rows.annotate(pattern=Value(pattern), at=F("reported_at")).order_by("-at").distinct()
    return tagged.values_list("pattern", "pk", "at")[:MOST]


def _limits(today: date) -> list[Decimal]:
    """The different limits of persons for the decisions that money passes, smallest first."""
    grants = PersonalGrant.objects.effective(today).filter(item__code__in=ITEMS).order_by("amount_max")
    return list(grants.values_list("amount_max", flat=True).distinct())


def samples(hints: Iterable[Hint], cases: QuerySet[ClaimCase]) -> dict[int, ClaimCase]:
    """The cases the hints rest on, of those the viewer may see; one statement."""
    wanted = {pk for hint in hints for pk in hint.cases}
    return {case.pk: case for case in cases.filter(pk__in=wanted)} if wanted else {}
