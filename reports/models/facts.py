from django.db import models

from departments.models import OrgUnit


class DayFact(models.Model):
    """What happened in one unit on one day; dashboards and trends read this instead of the cases."""

    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="+")
    day = models.DateField("日期")
    reported = models.PositiveIntegerField("报案数", default=0)
    registered = models.PositiveIntegerField("立案数", default=0)
    closed = models.PositiveIntegerField("结案数", default=0)
    closed_paid = models.PositiveIntegerField("赔付结案数", default=0)
    closing_days = models.PositiveIntegerField("结案天数合计", default=0)
    paid_amount = models.DecimalField("结案赔款(元)", max_digits=16, decimal_places=2, default=0)

    class Meta:
        verbose_name = verbose_name_plural = "日汇总"
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="reports_dayfact_once")]
        indexes = [models.Index(fields=["day"], name="reports_dayfact_by_day")]

    def __str__(self) -> str:
        return f"{self.unit} {self.day}"


class RollUp(models.Model):
    """When the daily roll-up was last recomputed whole; late changes of old days reach it then."""

    name = models.CharField("汇总", max_length=20, unique=True)
    recomputed_on = models.DateField("全量重算日期")

    class Meta:
        verbose_name = verbose_name_plural = "汇总状态"

    def __str__(self) -> str:
        return f"{self.name} {self.recomputed_on}"
