"""Hints of fraud on a case: each says what was found and why it is worth a look, none is a verdict. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from cases.models import FraudIndicator, FraudPattern

HOUR = 3600
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Like:
    """Another case that shares something with this one."""

    case_id: int
    on: date


@dataclass(frozen=True, slots=True)
class FraudFacts:
    """Of one case; moments in the office's time zone. `likes`: other cases by pattern, newest first.

    `asked`: the amounts that somebody decides on; `limits`: those of authority that they are compared with.
    """

    accident_at: datetime | None
    reported_at: datetime
    policy_from: date | None
    today: date
    likes: Mapping[str, Sequence[Like]] = field(default_factory=dict)
    asked: Sequence[Decimal] = ()
    limits: Sequence[Decimal] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """`reason` in a sentence; `cases`: the ids of the others it rests on."""

    code: str
    name: str
    reason: str
    cases: tuple[int, ...] = ()
    is_verified: bool = False


def hints_of(facts: FraudFacts, indicators: Iterable[FraudIndicator]) -> list[Hint]:
    """In the order of the indicators."""
    found = (_PATTERNS[FraudPattern(one.pattern)](facts, one) for one in indicators)
    return [hint for hint in found if hint is not None]


def _hint(one: FraudIndicator, reason: str, cases: Iterable[int] = ()) -> Hint:
    return Hint(one.code, one.name, reason, tuple(cases), one.is_verified)


def _repeated(facts: FraudFacts, one: FraudIndicator) -> Hint | None:
    """This case counts, too: three within a year are two others."""
    days = one.days or 0
    near = [like for like in facts.likes.get(one.pattern, ()) if (facts.today - like.on).days <= days]
    if len(near) + 1 < one.threshold:
        return None
    reason = f"{FraudPattern(one.pattern).label}：{days} 天内连同本案 {len(near) + 1} 件"
    return _hint(one, reason, (like.case_id for like in near))


def _new_policy(facts: FraudFacts, one: FraudIndicator) -> Hint | None:
    if facts.policy_from is None or facts.accident_at is None:
        return None
    days = (facts.accident_at.date() - facts.policy_from).days
    return _hint(one, f"起保 {facts.policy_from}，第 {days} 天出险") if 0 <= days <= one.threshold else None


def _night(facts: FraudFacts, one: FraudIndicator) -> Hint | None:
    """From the hour of the threshold, over midnight, until before the upper one. Midnight sharp is a date
    without a time."""
    at = facts.accident_at
    if at is None or one.upper is None or (at.hour, at.minute, at.second) == (0, 0, 0):
        return None
    is_night = at.hour >= one.threshold or at.hour < one.upper
    return _hint(one, f"出险时间 {at:%H:%M}") if is_night else None


def _late_report(facts: FraudFacts, one: FraudIndicator) -> Hint | None:
    if facts.accident_at is None:
        return None
    hours = int((facts.reported_at - facts.accident_at).total_seconds() // HOUR)
    return _hint(one, f"出险后 {hours} 小时报案") if hours >= one.threshold else None


def _below_limit(facts: FraudFacts, one: FraudIndicator) -> Hint | None:
    for amount in facts.asked:
        for limit in facts.limits:
            if limit * (HUNDRED - one.threshold) / HUNDRED <= amount <= limit and amount > 0:
                return _hint(one, f"金额 {amount:,.2f} 元，接近权限上限 {limit:,.2f} 元")
    return None


_PATTERNS: Mapping[FraudPattern, Callable[[FraudFacts, FraudIndicator], Hint | None]] = {
    **dict.fromkeys(
        (
            FraudPattern.SAME_PLATE,
            FraudPattern.SAME_VIN,
            FraudPattern.SAME_INSURED,
            FraudPattern.SAME_PAYEE,
            FraudPattern.SAME_SHOP,
        ),
        _repeated,
    ),
    FraudPattern.NEW_POLICY: _new_policy,
    FraudPattern.NIGHT: _night,
    FraudPattern.LATE_REPORT: _late_report,
    FraudPattern.BELOW_LIMIT: _below_limit,
}
