from django.db import models


class CalendarDay(models.Model):
    """Overrides the published calendar for one day (a late 调休 notice, a local holiday)."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("工作日")
    name = models.CharField("说明", max_length=40)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'工作日' if self.is_working else '休息日'}"
