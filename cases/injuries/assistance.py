"""Who records, answers and withdraws a request of another line about an injury; and the list of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from authority.rulings import Objection, Ruling
from cases.models import ASSISTANCE_CLOCK, ASSISTING_POSTS, InjuryAssistance
from cases.rulings import refused_for
from departments.access import HANDLE_CASES, SEE_CASES
from departments.calendar import WorkingCalendar
from departments.clocks import Course, Reading, Rule, read
from departments.listings import Column, Empty, Listing
from departments.models import Appointment, CalendarDay, ClockRule, Staff


def may_record(staff: Staff, unit_id: int | None = None) -> Ruling:
    """Whoever sees cases takes requests in, for a unit whose cases he sees. None: for any."""
    seen = staff.unit_scope.ids(SEE_CASES)
    objections = _personal(staff)
    if not seen or (unit_id is not None and unit_id not in seen):
        objections.append(Objection("not_seeing", "没有该机构的赔案查看权限，不能登记协助请求"))
    return refused_for(objections)


def may_answer(assistance: InjuryAssistance, staff: Staff) -> Ruling:
    """A medical reviewer or injury investigator who handles the unit's cases, or the person in charge."""
    objections = [*_personal(staff), *_closed(assistance)]
    held = Appointment.objects.on(timezone.localdate()).filter(staff=staff)
    if not held.filter(post__post_type__code__in=ASSISTING_POSTS).exists():
        objections.append(Objection("not_medical", "由人伤核损岗或人伤查勘岗答复"))
    elif assistance.assigned_to_id != staff.pk and not _handles(assistance, staff):
        objections.append(Objection("not_assigned", f"由{assistance.assigned_to.name}承办"))
    return refused_for(objections)


def may_withdraw(assistance: InjuryAssistance, staff: Staff) -> Ruling:
    """Who took it in, who is in charge of it, and who handles the unit's cases."""
    objections = [*_personal(staff), *_closed(assistance)]
    mine = staff.pk in (assistance.recorded_by_id, assistance.assigned_to_id)
    if not mine and not _handles(assistance, staff):
        objections.append(Objection("not_handling", "不是登记人或承办人"))
    return refused_for(objections)


def may_attach(assistance: InjuryAssistance, staff: Staff) -> Ruling:
    """Papers are added by the same people, while the opinion is owed."""
    return may_withdraw(assistance, staff)


def _handles(assistance: InjuryAssistance, staff: Staff) -> bool:
    return assistance.unit_id in staff.unit_scope.ids(HANDLE_CASES)


def _personal(staff: Staff) -> list[Objection]:
    if staff.admin_role or not staff.is_active:
        return [Objection("admin_role", "系统、安全、审计管理员不得办理业务")]
    return []


def _closed(assistance: InjuryAssistance) -> list[Objection]:
    if assistance.state == "open":
        return []
    return [Objection("not_open", f"该请求{assistance.state_name}")]


def assistants() -> Any:
    """The people who may be put in charge."""
    held = Appointment.objects.on(timezone.localdate()).filter(post__post_type__code__in=ASSISTING_POSTS)
    return Staff.objects.filter(pk__in=held.values("staff"), is_active=True).order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class Dues:
    """The rule by which answers are due, with the calendar; two statements for a page."""

    rule: Rule | None
    calendar: WorkingCalendar
    now: datetime

    @classmethod
    def today(cls) -> Dues:
        now = timezone.localtime()
        rules = ClockRule.objects.all().as_rules(now.date())
        return cls(rules.get(ASSISTANCE_CLOCK), CalendarDay.objects.all().as_calendar(), now)

    def of(self, assistance: InjuryAssistance) -> Reading | None:
        """None where no rule is in force."""
        if self.rule is None:
            return None
        stopped = assistance.answered_at or assistance.withdrawn_at
        course = Course(
            timezone.localtime(assistance.asked_at), timezone.localtime(stopped) if stopped else None
        )
        return read(self.rule, course, self.now, self.calendar)

    def due_on(self, assistance: InjuryAssistance) -> date | None:
        """The last day; the clock itself ends with it."""
        reading = self.of(assistance)
        return (reading.due_at - timedelta(microseconds=1)).date() if reading and reading.due_at else None

    def lateness(self, assistance: InjuryAssistance) -> str:
        reading = self.of(assistance)
        return "逾期" if reading and reading.is_late else ""

    def late(self, rows: Any) -> Any:
        """The open ones whose time is over; by key, for the rule counts working days."""
        found = [one.pk for one in rows.open() if (reading := self.of(one)) and reading.is_late]
        return rows.filter(pk__in=found)


def columns_for(viewer: Staff) -> Sequence[Column]:
    """The last five only in the file and on paper."""
    dues = Dues.today()

    return (
        Column("编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
        Column("状态", lambda row: row.state_name, "status", code=lambda row: row.state),
        Column("应答复", dues.due_on, "number"),
        Column("时限", dues.lateness, "status", code=lambda row: "overdue" if dues.lateness(row) else ""),
        Column("险种", lambda row: row.get_line_display()),
        Column("请求部门", lambda row: row.department),
        Column("伤者", lambda row: row.named_for(viewer), "number"),
        Column("请求事项", lambda row: row.subject, "wrap"),
        Column("索赔金额(元)", lambda row: row.claimed, "money"),
        Column("承办人", lambda row: row.assigned_to.name),
        Column("受理机构", lambda row: row.unit.short_name, on_page=False),
        Column("请求时间", lambda row: row.asked_at, "moment", on_page=False),
        Column("答复时间", lambda row: row.answered_at, "moment", on_page=False),
        Column("建议金额(元)", lambda row: row.advised, "money", on_page=False),
        Column("审核意见", lambda row: row.opinion, "wrap", on_page=False),
    )


ASSISTANCES = Listing(
    "非车险人伤协助",
    "injury-assistance",
    columns_for,
    ("-asked_at", "-pk"),
    Empty("没有这样的协助请求", "其他险种请我们审核人伤费用时，在此登记、指定承办人并在期限内答复。"),
    template="cases/assistances.html",
    signers=("制表", "人伤负责人", "负责人"),
)
