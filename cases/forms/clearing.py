"""未决清理: the wizard, targets, rounds, the filters of its rows, what is filled in row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone

from cases.clearing import rows as listed
from cases.clearing.rulings import clearer
from cases.forms.problems import ANY
from cases.forms.work import amount_field, moment_field
from cases.models import AgeBand, OutstandingCampaign, UnclearedReason
from cases.services.clearing import BaseReport, Plan, Share
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

CHOSEN = "row"


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options
    )


def share_field(label: str, initial: int = 0) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=5, decimal_places=2, initial=initial
    )


def scheme_choices() -> list[tuple[str, str]]:
    rows = AgeBand.objects.order_by("-is_verified", "scheme").values_list("scheme", "scheme_name").distinct()
    return list(dict.fromkeys(rows))


class PlanForm(forms.Form):
    name = forms.CharField(label="名称", max_length=60)
    kind = forms.ChoiceField(label="类型", choices=OutstandingCampaign.Kind.choices)
    unit = forms.ModelChoiceField(label="范围", queryset=OrgUnit.objects.none(), empty_label=None)
    basis = forms.CharField(label="依据", max_length=120, required=False, help_text="通知文号")
    base_on = day_field("基准日", help_text="当日24时的未决赔案")
    due_on = day_field("截止日期")
    scheme = forms.ChoiceField(label="账龄口径")
    injury = forms.ChoiceField(label="人伤", choices=OutstandingCampaign.Injury.choices, required=False)
    least_age = forms.IntegerField(label="账龄不少于(天)", min_value=0, max_value=20000, initial=0)
    least_estimate = amount_field("估损不低于(元)", least="0", initial=0)
    count_share = share_field("件数清理目标(%)", 80)
    amount_share = share_field("金额清理目标(%)", 70)

    def __init__(self, data: Any, viewer: Staff) -> None:
        today = timezone.localdate()
        initial = {
            "name": f"{today.year}年未决赔案清理",
            "base_on": date(today.year - 1, 12, 31),
            "due_on": date(today.year, 12, 31),
        }
        super().__init__(data, initial=initial)
        units = OrgUnit.objects.filter(pk__in=clearer(viewer).clears).in_order()
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["scheme"].choices = scheme_choices()  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        return Plan(**self.cleaned_data)


class RoundForm(forms.Form):
    note = forms.CharField(label="本轮要求", max_length=200, required=False)


class RoundCloseForm(forms.Form):
    summary = forms.CharField(label="本轮小结", max_length=1000, widget=forms.Textarea({"rows": 3}))


class BaseReportForm(forms.Form):
    to = forms.CharField(label="报送单位", max_length=60, help_text="如：监管局、总公司")
    at = moment_field("报送时间")
    number = forms.CharField(label="文号或报送方式", max_length=60, required=False)

    def report(self) -> BaseReport:
        return BaseReport(**self.cleaned_data)


class EndForm(forms.Form):
    status = forms.ChoiceField(
        label="结束方式",
        choices=[("closed", "清理结束"), ("cancelled", "取消清理")],
        widget=forms.RadioSelect,
    )
    conclusion = forms.CharField(label="总结或理由", max_length=2000, widget=forms.Textarea({"rows": 3}))


class TargetsForm(forms.Form):
    """Two shares per unit, and where wanted two per age band; empty bands have no target of their own."""

    def __init__(self, data: Any, campaign: OutstandingCampaign, units: Sequence[OrgUnit]) -> None:
        super().__init__(data)
        self._keys: dict[str, tuple[int, int | None]] = {}
        self.bands = list(AgeBand.objects.filter(scheme=campaign.scheme))
        known = {(one.unit_id, one.band_id): one for one in campaign.targets.all()}
        for unit in units:
            for band in [None, *self.bands]:
                self._add(unit, band, known.get((unit.pk, band.pk if band else None)))

    def _add(self, unit: OrgUnit, band: AgeBand | None, known: Any) -> None:
        name = f"t_{unit.pk}_{band.pk if band else 0}"
        self._keys[name] = (unit.pk, band.pk if band else None)
        where = f"{unit.short_name} {band.name if band else '全部'}"
        for part, label in (("count", "件数"), ("amount", "金额")):
            self.fields[f"{name}_{part}"] = forms.DecimalField(
                label=f"{where} {label}目标(%)",
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
                required=band is None,
                initial=getattr(known, f"{part}_share", None),
            )

    def cells(self, unit: OrgUnit) -> list[Any]:
        """The fields of a unit in the order of the columns."""
        names = [name for name, (owner, _) in self._keys.items() if owner == unit.pk]
        return [self[f"{name}_{part}"] for name in names for part in ("count", "amount")]

    def shares(self) -> list[Share]:
        found = []
        for name, (unit, band) in self._keys.items():
            count, amount = self.cleaned_data[f"{name}_count"], self.cleaned_data[f"{name}_amount"]
            if count is not None or amount is not None:
                found.append(Share(unit, band, count or Decimal(0), amount or Decimal(0)))
        return found


STATES = (
    ANY,
    ("open", "未清理"),
    ("cleared", "已清理"),
    ("1", "1 结案"),
    ("2", "2 拒赔"),
    ("3", "3 注销"),
    ("stale", "估损陈旧"),
    ("unexplained", "未填原因"),
    ("late", "预计日期已过"),
    ("unassigned", "无责任人"),
)


class RowFilter(ListFilter):
    lookups: ClassVar[Mapping[str, str]] = {
        "mine": "of_me",
        "unit": "unit",
        "band": "band",
        "state": "in_state",
        "reason": "with_reason",
        "person": "of_person",
        "number": "numbered",
    }

    mine = forms.BooleanField(label="只看我的", required=False)
    unit = forms.ModelChoiceField(
        label="机构", queryset=OrgUnit.objects.none(), required=False, empty_label="全部"
    )
    band = forms.ModelChoiceField(
        label="账龄", queryset=AgeBand.objects.none(), required=False, empty_label="全部"
    )
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    reason = forms.ChoiceField(label="原因", required=False)
    person = forms.CharField(label="责任人(姓名或工号)", max_length=30, required=False)
    number = forms.CharField(label="报案号或赔案号", max_length=30, required=False)

    def __init__(self, data: Any, campaign: OutstandingCampaign, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        units = campaign.rows.visible_to(viewer).order_by().values("unit").distinct()
        reasons = UnclearedReason.objects.on(timezone.localdate())
        self.fields["unit"].queryset = OrgUnit.objects.filter(pk__in=units).in_order()  # type: ignore[attr-defined]
        self.fields["band"].queryset = AgeBand.objects.filter(scheme=campaign.scheme)  # type: ignore[attr-defined]
        self.fields["reason"].choices = [ANY, *((one.code, str(one)) for one in reasons)]  # type: ignore[attr-defined]

    def of_me(self, rows: Any, value: bool) -> Any:
        return rows.filter(listed.of_person(self.viewer))

    def in_state(self, rows: Any, value: str) -> Any:
        now = timezone.now()
        if value in ("1", "2", "3"):
            return listed.cleared_as(rows, value)
        narrower: dict[str, Callable[[], Any]] = {
            "open": lambda: rows.exclude(case__stage="closed"),
            "cleared": lambda: rows.filter(case__stage="closed"),
            "stale": lambda: listed.stale(rows, now),
            "unexplained": lambda: listed.unexplained(rows),
            "late": lambda: rows.exclude(case__stage="closed").filter(
                case__expected_close_on__lt=timezone.localdate(now)
            ),
            "unassigned": lambda: rows.filter(assignee=None, case__handler=None),
        }
        return narrower[value]()

    def with_reason(self, rows: Any, value: str) -> Any:
        return rows.filter(case__uncleared_reasons__contains=[value]).exclude(case__stage="closed")

    def of_person(self, rows: Any, value: str) -> Any:
        assignee = Q(assignee__name=value) | Q(assignee__employee_no=value)
        handler = Q(case__handler__name=value) | Q(case__handler__employee_no=value)
        return rows.filter(assignee | (Q(assignee=None) & handler))

    def numbered(self, rows: Any, value: str) -> Any:
        return rows.filter(Q(case__report_no=value) | Q(case__claim_no=value))


class MineFilter(ListFilter):
    lookups: ClassVar[Mapping[str, str]] = {"state": "in_state"}

    state = forms.ChoiceField(
        label="状态",
        choices=(ANY, ("unexplained", "未填原因"), ("stale", "估损陈旧"), ("late", "预计日期已过")),
        required=False,
    )

    def in_state(self, rows: Any, value: str) -> Any:
        if value == "stale":
            return listed.stale(rows, timezone.now())
        if value == "late":
            return rows.filter(case__expected_close_on__lt=timezone.localdate())
        return listed.unexplained(rows)


class EntryForm(forms.Form):
    reasons = forms.MultipleChoiceField(label="未清理原因", widget=forms.CheckboxSelectMultiple)
    expected_close_on = day_field("预计结案日期")
    remark = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        reasons = UnclearedReason.objects.on(timezone.localdate())
        self.fields["reasons"].choices = [(one.code, str(one)) for one in reasons]  # type: ignore[attr-defined]


class ConfirmEstimateForm(forms.Form):
    why = forms.CharField(label="确认理由", max_length=200, min_length=2)


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(label="清理责任人", queryset=Staff.objects.none(), empty_label="选择人员")

    def __init__(self, data: Any, people: Any) -> None:
        super().__init__(data)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
        self.fields["to"].widget.attrs["data-search"] = ""


class SheetForm(forms.Form):
    file = forms.FileField(
        label="填好的工作簿",
        help_text="先导出清单，在「未清理原因」「预计结案日期」「备注」三列填写",
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
    )
