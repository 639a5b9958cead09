"""上报总公司 as a list: filters, columns, file and sheet from one declaration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from authority.models import AuthorityItem
from cases.models import AnswerTerm, Escalation
from departments.forms import DateInput
from departments.listings import Column, Empty, ListFilter, Listing
from departments.models import OrgUnit, Staff

STATES = (
    ("waiting", "待批复"),
    ("late", "逾期未批复"),
    ("answered_late", "逾期批复"),
    ("unexecuted", "已批复未执行"),
    ("conditions", "有条件未落实"),
    ("executed", "已执行"),
)
LEVELS = dict(AnswerTerm.Level.choices)


class EscalationFilter(ListFilter):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])
    answer = forms.ChoiceField(
        label="批复", required=False, choices=[("", "全部"), *Escalation.Answer.choices]
    )
    unit = forms.ModelChoiceField(
        label="机构", required=False, queryset=OrgUnit.objects.none(), empty_label="全部"
    )
    item = forms.ChoiceField(label="事项", required=False)
    sent_from = forms.DateField(label="上报日期从", required=False, widget=DateInput())
    sent_to = forms.DateField(label="至", required=False, widget=DateInput())
    q = forms.CharField(label="上报编号 / 案件号", required=False, max_length=30)

    lookups: ClassVar = {
        "state": "in_state",
        "answer": "answer",
        "unit": "case__unit",
        "item": "submission__item__code",
        "sent_from": "since",
        "sent_to": "until",
        "q": "named",
    }

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        units: Any = self.fields["unit"]
        units.queryset = OrgUnit.objects.order_by("path")
        items: Any = self.fields["item"]
        items.choices = [("", "全部"), *AuthorityItem.objects.values_list("code", "name")]

    def in_state(self, rows: Any, state: str) -> QuerySet[Escalation]:
        found: dict[str, QuerySet[Escalation]] = {
            "waiting": rows.waiting(),
            "late": rows.late(timezone.now()),
            "answered_late": rows.answered_late(),
            "unexecuted": rows.unexecuted(),
            "conditions": rows.filter(demands__status__in=["open", "failed"]).distinct(),
            "executed": rows.filter(status=Escalation.Status.EXECUTED),
        }
        return found[state]

    def since(self, rows: QuerySet[Escalation], day: Any) -> QuerySet[Escalation]:
        return rows.filter(sent_at__gte=_midnight(day))

    def until(self, rows: QuerySet[Escalation], day: Any) -> QuerySet[Escalation]:
        return rows.filter(sent_at__lt=_midnight(day + timedelta(days=1)))

    def named(self, rows: QuerySet[Escalation], text: str) -> QuerySet[Escalation]:
        number = Q(number__startswith=text) | Q(case__claim_no__startswith=text)
        return rows.filter(number | Q(case__report_no__startswith=text))


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def columns_for(viewer: Staff) -> Sequence[Column]:
    now = timezone.now()
    return (
        Column("上报编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
        Column("案件号", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("事项", lambda row: row.submission.item.name),
        Column("上报金额(元)", lambda row: row.amount, "money"),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("时限", lambda row: _timing(row, now), "status", code=lambda row: _timing_code(row, now)),
        Column("批复", lambda row: row.get_answer_display(), "status", code=lambda row: row.answer),
        Column("批复金额(元)", lambda row: row.answer_amount, "money", on_page=False),
        Column("批复级别", lambda row: LEVELS.get(row.level, ""), on_page=False),
        Column("批复号", lambda row: row.answer_no, on_page=False),
        Column("上报人", lambda row: row.sent_by.name, on_page=False),
        Column("跟进人", lambda row: row.keeper.name, on_page=False),
        Column("上报", lambda row: row.sent_at, "moment"),
        Column("期限", lambda row: row.due_at, "moment"),
        Column("批复时间", lambda row: row.answered_at, "moment", on_page=False),
        Column("执行时间", lambda row: row.executed_at, "moment", on_page=False),
    )


def _timing(row: Escalation, now: datetime) -> str:
    """In two words how it stands with its deadline."""
    if row.due_at is None:
        return ""
    if row.answered_at is None:
        return "已逾期" if row.due_at < now else ("临近期限" if _is_near(row, now) else "未到期")
    return "逾期批复" if row.answered_at > row.due_at else "按期批复"


def _is_near(row: Escalation, now: datetime) -> bool:
    return row.warn_at is not None and row.warn_at <= now


def _timing_code(row: Escalation, now: datetime) -> str:
    return {"已逾期": "overdue", "临近期限": "expiring", "逾期批复": "defect"}.get(_timing(row, now), "idle")


ESCALATIONS = Listing(
    "上报总公司",
    "escalations",
    columns_for,
    ("-sent_at", "-pk"),
    Empty("没有上报件", "超出分公司权限的案件由部门写明意见后上报，会出现在这里。"),
    template="cases/escalations.html",
)
