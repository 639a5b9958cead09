"""The side filters of the over-authority list: level, unit, amount, age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cases.models.decisions import DEPARTMENT_LEVEL
from departments.access import SEE_CASES
from departments.models import OrgUnit

_WAN = Decimal(10_000)


class LevelFilter(admin.SimpleListFilter):
    """Where it waits now: with head office, with the department's head, or still below."""

    title = "所在级别"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("below", "初核中"), ("department", "部门负责人"), ("head_office", "总公司")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        terms: dict[str, dict[str, Any]] = {
            "below": {"station_level__lt": DEPARTMENT_LEVEL},
            "department": {"station_level": DEPARTMENT_LEVEL},
            "head_office": {"station_level__gt": DEPARTMENT_LEVEL},
        }
        return queryset.filter(**terms.get(self.value() or "", {}))


class CaseUnitFilter(admin.SimpleListFilter):
    """A unit and all below it, of those the person may see."""

    title = "机构"
    parameter_name = "unit"
    path_field: ClassVar[str] = "unit__path__startswith"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        staff: Any = request.user
        units = OrgUnit.objects.filter(pk__in=staff.unit_scope.ids(SEE_CASES)).in_order()
        return [(unit.path, f"{'　' * unit.depth}{unit.short_name}") for unit in units]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.path_field: self.value()}) if self.value() else queryset


class UnitFilter(CaseUnitFilter):
    path_field = "case__unit__path__startswith"


_LONGEST = 5  # digits


def _is_bound(text: str) -> bool:
    """More days than that no calendar knows."""
    return text.isdecimal() and len(text) <= _LONGEST


class _BandFilter(admin.SimpleListFilter):
    """Bands between bounds; `bounds` names each upper end, the last band is open."""

    field: ClassVar[str]
    bounds: ClassVar[tuple[int, ...]]
    unit: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        lows = (0, *self.bounds)
        bands = [(f"{low}-{high}", f"{low}–{high} {self.unit}") for low, high in zip(lows, self.bounds)]  # noqa: B905
        return [*bands, (f"{self.bounds[-1]}-", f"{self.bounds[-1]} {self.unit}以上")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        low, _, high = (self.value() or "").partition("-")
        if not _is_bound(low) or (high and not _is_bound(high)):
            return queryset
        return queryset.filter(**self.terms(int(low), int(high) if high else None))

    def terms(self, low: int, high: int | None) -> dict[str, Any]:
        raise NotImplementedError


class AmountFilter(_BandFilter):
    title = "案件累计金额"
    parameter_name = "amount"
    bounds = (10, 30, 50, 100)
    unit = "万元"

    def terms(self, low: int, high: int | None) -> dict[str, Any]:
        upper = {"case_total__lt": high * _WAN} if high else {}
        return {"case_total__gte": low * _WAN, **upper}


class AgeFilter(_BandFilter):
    title = "等待时长"
    parameter_name = "age"
    bounds = (1, 3, 7, 15)
    unit = "天"

    def terms(self, low: int, high: int | None) -> dict[str, Any]:
        now = timezone.now()
        oldest = {"waiting_since__gt": now - timedelta(days=high)} if high else {}
        return {"waiting_since__lte": now - timedelta(days=low), **oldest}
