"""Filters of the lists of suits and hearings; what cannot be read counts as not given."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.lawsuits.life import BEFORE_COURT, ENDING
from cases.lawsuits.panel import counsel_to_consent
from cases.listing.units import at_or_below, unit_options
from cases.models import Lawsuit
from departments.access import SEE_CASES
from departments.listings import ListFilter
from departments.models import Staff

Stage = Lawsuit.Stage
TABS: dict[str, tuple[str, frozenset[str]]] = {
    "open": ("在办", frozenset(Stage) - {Stage.CLOSED}),
    "before": ("待应诉", frozenset(BEFORE_COURT)),
    "first": ("一审", frozenset({Stage.FIRST_INSTANCE})),
    "judged": ("已判决", frozenset({Stage.JUDGED})),
    "second": ("上诉二审", frozenset({Stage.APPEALED, Stage.SECOND_INSTANCE})),
    "ending": ("调解履行", frozenset(ENDING)),
    "closed": ("已结案", frozenset({Stage.CLOSED})),
    "all": ("全部", frozenset(Stage)),
}
SPANS = {"7": "7 天", "30": "30 天", "90": "90 天"}


class UnitFilter(ListFilter):
    """With the units whose cases the person sees; a unit stands for itself and all below it."""

    unit_path: ClassVar[str] = "case__unit__in"

    unit = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.units = unit_options(viewer.unit_scope.ids(SEE_CASES))
        choices = [("", "全部机构"), *((unit.id, unit.indented) for unit in self.units)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def in_unit(self, rows: QuerySet[Any, Any], unit: int) -> QuerySet[Any, Any]:
        return rows.filter(**{self.unit_path: at_or_below(self.units, unit)})


class LawsuitFilter(UnitFilter):
    lookups = {
        "text": "containing",
        "unit": "in_unit",
        "cause": "cause",
        "mine": "of_mine",
        "since": "received_at__date__gte",
        "waiting": "that_wait",
    }

    text = forms.CharField(label="案号、赔案号、法院", required=False, max_length=60)
    cause = forms.ChoiceField(
        label="案由", required=False, choices=[("", "全部案由"), *Lawsuit.Cause.choices]
    )
    since = forms.DateField(label="收文自", required=False, widget=forms.DateInput({"type": "date"}))
    mine = forms.BooleanField(label="我承办的", required=False)
    waiting = forms.ChoiceField(
        label="等待", required=False, choices=[("", "不限"), ("counsel", "待我同意聘请律师")]
    )

    field_order = ("text", "unit", "cause", "since", "waiting", "mine")

    def containing(self, rows: QuerySet[Lawsuit], text: str) -> QuerySet[Lawsuit]:
        text = text.strip()
        return rows.filter(
            Q(docket_no__contains=text)
            | Q(court__contains=text)
            | Q(number=text)
            | Q(case__claim_no__startswith=text)
            | Q(case__report_no__startswith=text)
        )

    def that_wait(self, rows: QuerySet[Lawsuit], _value: str) -> QuerySet[Lawsuit]:
        return rows.filter(pk__in=counsel_to_consent(self.viewer).values("pk"))

    def of_mine(self, rows: QuerySet[Lawsuit], _value: bool) -> QuerySet[Lawsuit]:
        return rows.filter(Q(officer=self.viewer) | Q(case__handler=self.viewer))


class RegisterFilter(UnitFilter):
    """A month, said in the field, and which suits of it are meant."""

    lookups = {"unit": "in_unit"}
    BASES = (("open", "本月在办"), ("received", "本月收文"), ("closed", "本月结案"))

    month = forms.CharField(label="月份", required=False, widget=forms.TextInput({"type": "month"}))
    basis = forms.ChoiceField(label="口径", required=False, choices=BASES)

    field_order = ("month", "basis", "unit")

    @property
    def first(self) -> date:
        """The month's first day; this month for what cannot be read."""
        try:
            return datetime.strptime(self.data.get("month", ""), "%Y-%m").date()  # noqa: DTZ007 - a month
        except ValueError:
            return timezone.localdate().replace(day=1)

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    def in_month(self, rows: QuerySet[Lawsuit]) -> QuerySet[Lawsuit]:
        begins, ends = _midnight(self.first), _midnight(self.last + timedelta(days=1))
        basis = self.data.get("basis", "open")
        if basis == "received":
            return rows.filter(received_at__gte=begins, received_at__lt=ends)
        if basis == "closed":
            return rows.filter(closed_at__gte=begins, closed_at__lt=ends)
        return rows.filter(Q(closed_at=None) | Q(closed_at__gte=begins), received_at__lt=ends)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


class HearingFilter(UnitFilter):
    lookups = {"unit": "in_unit", "mine": "of_mine"}
    unit_path = "lawsuit__case__unit__in"

    days = forms.ChoiceField(label="今后", required=False, choices=list(SPANS.items()))
    mine = forms.BooleanField(label="我出庭或承办的", required=False)

    field_order = ("days", "unit", "mine")

    @property
    def span(self) -> timedelta:
        days = self.data.get("days", "30")
        return timedelta(days=int(days) if days in SPANS else 30)

    def of_mine(self, rows: QuerySet[Any, Any], _value: bool) -> QuerySet[Any, Any]:
        return rows.filter(Q(attendee=self.viewer) | Q(lawsuit__officer=self.viewer))
