"""What people type about posts, absences and lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from departments.digests import OTHER
from departments.listings import ListFilter
from departments.models import (
    Absence,
    Appointment,
    HandOver,
    Notification,
    NotificationKind,
    OrgUnit,
    Post,
    PostType,
    Staff,
)
from departments.services import AppointmentTerms, Away

STATUTORY = "statutory"
_LONGEST_ABSENCE_DAYS = 366


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class StaffChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, staff: Any) -> str:
        return f"{staff.name}（{staff.employee_no}）"


class HandOverForm(forms.Form):
    """On what occasion everything is handed over; where each thing goes stands beside it on the page."""

    occasion = forms.ChoiceField(label="事由", choices=HandOver.Occasion.choices)
    last_day = forms.DateField(label="最后工作日", widget=DateInput())
    reason = forms.CharField(label="说明", max_length=200, help_text="如调令、离职审批文号")


class TermsForm(forms.Form):
    """On what terms somebody is put into a post."""

    kind = forms.ChoiceField(
        label="任岗方式",
        choices=Appointment.Kind.choices,
        initial=Appointment.Kind.REGULAR,
        help_text="代理不占编制。",
    )
    starts_on = forms.DateField(label="到岗日期", widget=DateInput(), initial=timezone.localdate)
    ends_on = forms.DateField(
        label="离岗日期", widget=DateInput(), required=False, help_text="最后一天；不填为长期。代理必填。"
    )
    basis = forms.CharField(label="依据", max_length=100, help_text="任命文件名称或文号。")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        ends_on, starts_on = values.get("ends_on"), values.get("starts_on")
        if ends_on and starts_on and ends_on < starts_on:
            self.add_error("ends_on", "离岗日期早于到岗日期")
        if values.get("kind") == Appointment.Kind.ACTING and not ends_on and "ends_on" not in self.errors:
            self.add_error("ends_on", "代理须填写离岗日期")
        return values

    @property
    def terms(self) -> AppointmentTerms:
        values = self.cleaned_data
        return AppointmentTerms(values["starts_on"], values["basis"], values["ends_on"], values["kind"])


class AppointForm(TermsForm):
    """Whom to put into a post."""

    staff = StaffChoice(
        label="人员",
        queryset=Staff.objects.none(),
        widget=forms.Select(attrs={"data-search": ""}),
        help_text="按姓名或工号查找。停用的账号和三员不在其中。",
    )

    def __init__(self, *args: Any, viewer: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Staff.objects.visible_to(viewer).filter(is_active=True, admin_role="")
        self.fields["staff"].queryset = people.order_by("employee_no")  # type: ignore[attr-defined]


class AssignForm(TermsForm):
    """Into which post to put somebody: one of those that the viewer manages."""

    post = forms.ModelChoiceField(
        label="岗位", queryset=Post.objects.none(), widget=forms.Select(attrs={"data-search": ""})
    )

    def __init__(self, *args: Any, managed: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.filter(unit__in=managed, unit__closed_on=None)
        in_order = posts.select_related("unit", "post_type").order_by("unit__path_rank", "post_type__rank")
        self.fields["post"].queryset = in_order  # type: ignore[attr-defined]


class RelieveForm(forms.Form):
    on = forms.DateField(
        label="离岗日期", widget=DateInput(), initial=timezone.localdate, help_text="在岗的最后一天。"
    )
    despite = forms.CharField(
        label="明知空缺仍办理的理由",
        required=False,
        max_length=200,
        help_text="此后若有事项不再有人有权决定，须写明理由才能办理；理由记入台账。",
    )


class HeadcountForm(forms.Form):
    """Which post of the catalogue is set up in a unit, for how many people."""

    post_type = forms.ModelChoiceField(label="岗位", queryset=PostType.objects.none())
    headcount = forms.IntegerField(label="编制", min_value=1, max_value=500, initial=1)

    def __init__(self, *args: Any, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = PostType.objects.filter(unit_kinds__contains=[unit.kind])
        self.fields["post_type"].queryset = kinds  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=Absence.Kind.choices)
    starts_at = forms.DateTimeField(label="开始", widget=MomentInput())
    ends_at = forms.DateTimeField(label="返岗时间", widget=MomentInput())
    note = forms.CharField(label="说明", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and ends_at:
            self._check(starts_at, ends_at)
        return values

    def _check(self, starts_at: datetime, ends_at: datetime) -> None:
        if ends_at <= starts_at:
            self.add_error("ends_at", "返岗时间须晚于开始时间")
        elif (ends_at - starts_at).days > _LONGEST_ABSENCE_DAYS:
            self.add_error("ends_at", "一次最多登记一年")

    @property
    def away(self) -> Away:
        return Away(**self.cleaned_data)


class RevealForm(forms.Form):
    reason = forms.CharField(label="查看理由", max_length=200, min_length=4, help_text="将记入访问记录。")


class PeopleFilter(forms.Form):
    """Filters of the people list; anything unreadable counts as not given."""

    STATES = (("", "全部"), ("posted", "在岗"), ("unposted", "未任岗"), ("inactive", "已停用"))

    q = forms.CharField(label="姓名 / 工号", required=False, max_length=30)
    unit = forms.ModelChoiceField(
        label="机构", queryset=OrgUnit.objects.none(), required=False, empty_label="全部"
    )
    post_type = forms.ModelChoiceField(
        label="岗位", queryset=PostType.objects.all(), required=False, empty_label="全部"
    )
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)

    def __init__(self, *args: Any, viewer: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = OrgUnit.objects.visible_to(viewer).filter(closed_on=None).in_order()
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def people(self, viewer: Staff, on: date) -> QuerySet[Staff]:
        """The people the viewer may see, as far as the filters leave them."""
        self.is_valid()
        values = self.cleaned_data
        people = Staff.objects.visible_to(viewer)
        if values.get("q"):
            people = people.matching(values["q"].strip())
        place = {
            name: value
            for name, value in (
                ("post__unit__path__startswith", getattr(values.get("unit"), "path", None)),
                ("post__post_type", values.get("post_type")),
            )
            if value
        }
        if place:
            people = people.filter(pk__in=Appointment.objects.on(on).filter(**place).values("staff"))
        return _in_state(people, values.get("state", ""), on)


def _in_state(people: QuerySet[Staff], state: str, on: date) -> QuerySet[Staff]:
    if state == "inactive":
        return people.filter(is_active=False)
    posted = Appointment.objects.on(on).values("staff")
    if state == "posted":
        return people.filter(is_active=True, pk__in=posted)
    if state == "unposted":
        return people.filter(is_active=True).exclude(pk__in=posted)
    return people


class NotificationFilter(ListFilter):
    lookups: ClassVar[Mapping[str, str]] = {"group": "in_group", "unread": "unread_only"}

    group = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    unread = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def in_group(self, rows: QuerySet[Notification], value: str) -> QuerySet[Notification]:
        kinds = NotificationKind.objects.filter(group=value)
        named = Q(kind__in=kinds.values("code"))
        if kinds.filter(code=OTHER).exists():
            named |= ~Q(kind__in=NotificationKind.objects.values("code"))
        return rows.filter(named)

    def unread_only(self, rows: QuerySet[Notification], value: bool) -> QuerySet[Notification]:
        return rows.filter(read_at=None)


class ToldFilter(ListFilter):
    """Of the register of who was told: the statutory kinds of the last weeks, unless asked otherwise."""

    lookups: ClassVar[Mapping[str, str]] = {
        "kind": "of_kind",
        "person": "told_to",
        "since": "created_at__date__gte",
        "until": "created_at__date__lte",
        "state": "in_state",
    }
    WEEKS = 13

    kind = forms.ChoiceField(label="类别", required=False)
    person = forms.CharField(label="被告知人", required=False, max_length=30)
    since = forms.DateField(label="自", required=False, widget=DateInput())
    until = forms.DateField(label="至", required=False, widget=DateInput())
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("unread", "未读"), ("read", "已读"), ("unmailed", "未随邮件发出")],
    )

    def __init__(self, data: Any) -> None:
        since = timezone.localdate() - timedelta(weeks=self.WEEKS)
        super().__init__({"kind": STATUTORY, "since": f"{since:%Y-%m-%d}", **data.dict()})
        self.kinds = {kind.code: kind for kind in NotificationKind.objects.order_by("rank")}
        named = [(kind.code, kind.name) for kind in self.kinds.values()]
        choices = [(STATUTORY, "全部法定告知"), ("all", "全部类别"), *named]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def of_kind(self, rows: QuerySet[Notification], value: str) -> QuerySet[Notification]:
        if value == "all":
            return rows
        if value == STATUTORY:
            return rows.filter(kind__in=[one.code for one in self.kinds.values() if one.is_statutory])
        unnamed = Q(kind=value) if value != OTHER else Q(kind=OTHER) | ~Q(kind__in=list(self.kinds))
        return rows.filter(unnamed)

    def told_to(self, rows: QuerySet[Notification], value: str) -> QuerySet[Notification]:
        return rows.filter(recipient__in=Staff.objects.all().matching(value).values("pk"))

    def in_state(self, rows: QuerySet[Notification], value: str) -> QuerySet[Notification]:
        if value == "unmailed":
            return rows.filter(digests=None)
        return rows.filter(read_at__isnull=value == "unread")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MailSettingsForm(forms.Form):
    hours = forms.TypedMultipleChoiceField(
        label="摘要时点",
        choices=[(hour, f"{hour}:00") for hour in range(24)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="到点后把未读通知汇总成一封邮件；不选则只发法定通知",
    )

    quiet_from = forms.TimeField(label="免打扰自", required=False, widget=TimeInput())
    quiet_until = forms.TimeField(label="免打扰至", required=False, widget=TimeInput())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        begins, ends = values.get("quiet_from"), values.get("quiet_until")
        if (begins is None) != (ends is None):
            self.add_error("quiet_until", "免打扰须有起止两个时间")
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", "起止时间不能相同")
        return values


class WithdrawForm(forms.Form):
    """Why an appointment that has not begun is taken back."""

    reason = forms.CharField(label="取消原因", max_length=200)
