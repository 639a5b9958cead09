from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords

from departments.calendar import WorkingCalendar


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def as_calendar(self) -> WorkingCalendar:
        """The working calendar with these rows laid over the published one; one query."""
        return WorkingCalendar(dict(self.values_list("day", "is_working")))


class CalendarDay(models.Model):
    """Overrides the published calendar for one day (a late 调休 notice, a local holiday)."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("工作日")
    name = models.CharField("说明", max_length=40)
    source = models.CharField("依据", max_length=200)

    objects = CalendarDayQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'工作日' if self.is_working else '休息日'}"
