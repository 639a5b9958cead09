"""What every rule that runs by night looks for: a condition on the cases, never a loop over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Abs, Coalesce, TruncDate
from django.utils import timezone

from cases.lifecycle import ClosingKind, Stage
from cases.models import CaseLoss, ClaimCase, DataQualityIssue, DataQualityRule, LossClass, Payment
from departments.models import UnitKind

Cases = QuerySet[ClaimCase]
Finder = Callable[[Cases, DataQualityRule, datetime], Cases]
Rule = DataQualityIssue.Rule
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = rf"^[{PROVINCES}][A-Z][·•]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳领使]$"
"""GA 36: province, letter of the city, five or six characters without I and O, the last perhaps a word."""
VIN = r"^[A-HJ-NPR-Z0-9]{17}$"
"""GB 16735: seventeen characters without I, O and Q."""
MOMENTS = ("accident_at", "reported_at", "registered_at", "closed_at", "paid_at")
NO_CASES_HERE = (UnitKind.HEAD_OFFICE, UnitKind.BRANCH)


def _before(later: str, earlier: str) -> Finder:
    """`later` lies before `earlier`; a day without its time is not earlier than a moment of that day."""
    earlier_day = Q(**{f"{later}__date__lt": TruncDate(earlier)})
    same_day = Q(**{f"{later}__lt": F(earlier)}) & ~Q(**{f"{later}__time": time()})
    return lambda cases, rule, now: cases.filter(earlier_day | same_day)


def _where(condition: Q) -> Finder:
    return lambda cases, rule, now: cases.filter(condition)


def _in_the_future(cases: Cases, rule: DataQualityRule, now: datetime) -> Cases:
    found = Q()
    for name in MOMENTS:
        found |= Q(**{f"{name}__gt": now})
    return cases.filter(found)


def _estimate_zero(cases: Cases, rule: DataQualityRule, now: datetime) -> Cases:
    return cases.exclude(stage=Stage.CLOSED).filter(estimate=0, registered_at__lt=now - _days(rule))


def _reported_late(cases: Cases, rule: DataQualityRule, now: datetime) -> Cases:
    return cases.filter(reported_at__gt=F("accident_at") + _days(rule))


def _days(rule: DataQualityRule) -> timedelta:
    return timedelta(days=float(rule.limit or 0))


def _injury_without_flag(cases: Cases, rule: DataQualityRule, now: datetime) -> Cases:
    hurt = CaseLoss.objects.filter(case=OuterRef("pk"), loss_class=LossClass.INJURY, estimate__gt=0)
    return cases.filter(Exists(hurt), is_injury=False)


def _paid_not_booked(cases: Cases, rule: DataQualityRule, now: datetime) -> Cases:
    """Of the cases that this system paid; what the core system paid has no rows here."""
    made = Payment.objects.filter(case=OuterRef("pk")).order_by().values("case")
    booked = Subquery(made.annotate(total=Sum("amount")).values("total"), output_field=DecimalField())
    found = cases.filter(Exists(Payment.objects.filter(case=OuterRef("pk"))))
    apart = found.annotate(apart=Abs(F("paid") - Coalesce(booked, Decimal(0), output_field=DecimalField())))
    return apart.filter(apart__gt=rule.limit or 0)


def _unit_not_handling(cases: Cases, rule: DataQualityRule, now: datetime) -> Cases:
    closed = Q(unit__closed_on__lte=timezone.localdate(now)) & ~Q(stage=Stage.CLOSED)
    return cases.filter(closed | Q(unit__kind__in=NO_CASES_HERE))


_REGISTERED = Q(registered_at__isnull=False)
_PAID_FOR = Q(stage__in=[Stage.PAID, Stage.CLOSED], paid__gt=0)
FINDERS: Mapping[str, Finder] = {
    Rule.ACCIDENT_AFTER_REPORT: _before("reported_at", "accident_at"),
    Rule.REGISTERED_BEFORE_REPORT: _before("registered_at", "reported_at"),
    Rule.CLOSED_BEFORE_REGISTERED: _before("closed_at", "registered_at"),
    Rule.PAID_BEFORE_REGISTERED: _before("paid_at", "registered_at"),
    Rule.IN_THE_FUTURE: _in_the_future,
    Rule.PAID_NOT_BOOKED: _paid_not_booked,
    Rule.PAID_WITHOUT_PAYMENT_DATE: _where(_PAID_FOR & Q(paid_at=None)),
    Rule.CLOSED_PAID_NOTHING: _where(Q(closing_kind=ClosingKind.PAID, paid=0)),
    Rule.ESTIMATE_ZERO: _estimate_zero,
    Rule.REPORTED_LATE: _reported_late,
    Rule.PLATE_MALFORMED: _where(~Q(plate_no="") & ~Q(plate_no__regex=PLATE)),
    Rule.VIN_MALFORMED: _where(~Q(vin="") & ~Q(vin__regex=VIN)),
    Rule.INSURED_MISSING: _where(_REGISTERED & Q(insured_name="")),
    Rule.POLICY_MISSING: _where(_REGISTERED & Q(policy_no="")),
    Rule.ACCIDENT_MISSING: _where(_REGISTERED & Q(accident_at=None)),
    Rule.INJURY_WITHOUT_FLAG: _injury_without_flag,
    Rule.UNIT_NOT_HANDLING: _unit_not_handling,
}
BY_THE_CLOCK = frozenset({Rule.ESTIMATE_ZERO.value, Rule.UNIT_NOT_HANDLING.value})
"""What becomes doubtful without any change of the case: looked for in all of them."""


def doubtful(cases: Cases, rule: DataQualityRule, now: datetime) -> Cases:
    """Those of the cases that the rule doubts; none for a rule that only an import can see."""
    finder = FINDERS.get(rule.code)
    return finder(cases, rule, now) if finder else cases.none()
