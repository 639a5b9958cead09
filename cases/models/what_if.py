from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from authority.models import AuthorityItem, AuthorityLetter
from authority.terms import LEVEL_NAMES
from departments.access import MANAGE_UNIT
from departments.models import OrgUnit, Staff

HARD_STOP = 9
"""Where nobody decides at all: above every level there is."""


def level_name(level: int, *, is_gap: bool = False) -> str:
    if level == HARD_STOP:
        return "禁止办理"
    name = LEVEL_NAMES.get(level, "未定级")
    return f"{name}（无人受理）" if is_gap else name


class WhatIfRunQuerySet(models.QuerySet["WhatIfRun"]):
    def visible_to(self, staff: Staff) -> WhatIfRunQuerySet:
        """Those over the units one manages, about letters one may see."""
        letters = AuthorityLetter.objects.visible_to(staff)
        managed = staff.unit_scope.ids(MANAGE_UNIT)
        return self.filter(unit__in=managed, letter__in=letters.values("pk"))

    def for_list(self) -> WhatIfRunQuerySet:
        return self.select_related("letter", "unit", "requested_by")


class WhatIfRun(models.Model):
    """试算: what was decided in a period, judged again with a letter in force and without it.

    `letter_version`: entries on the letter's ledger chain when the run read it. `attempt` is the fence: a
    worker that lost its lease finds another number and publishes nothing.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "试算中"
        DONE = "done", "已完成"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "失败"

    letter = models.ForeignKey(
        AuthorityLetter, models.PROTECT, related_name="what_ifs", verbose_name="授权书"
    )
    letter_version = models.PositiveIntegerField("授权书版本", default=0)
    replaces = models.CharField("替代", max_length=200, blank=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="机构范围")
    period_start = models.DateField("期初")
    period_end = models.DateField("期末")
    requested_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="发起人")
    requested_at = models.DateTimeField("发起时间", auto_now_add=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    percent = models.PositiveSmallIntegerField("进度(%)", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    attempt = models.PositiveSmallIntegerField("次数", default=0)
    is_cancel_asked = models.BooleanField("已请求取消", default=False)
    read = models.PositiveIntegerField("读入件数", default=0)
    rebuilt = models.PositiveIntegerField("其中按现存事实重建", default=0)
    classes = models.PositiveIntegerField("不同情形", default=0)
    seconds = models.DecimalField("用时(秒)", max_digits=8, decimal_places=1, null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = WhatIfRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "试算"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(status__in=["waiting", "running"]),
                name="cases_whatif_to_do",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "cancelled", "failed"]),
                name="cases_whatif_status_known",
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="cases_whatif_period_in_order"
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="cases_whatif_percent"),
            models.CheckConstraint(
                condition=Q(status="done", finished_at__isnull=False)
                | (~Q(status="done") & Q(finished_at=None)),
                name="cases_whatif_finished_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} 试算 {self.period_start:%Y-%m-%d} 至 {self.period_end:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("cases:what_if", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.RUNNING)


class WhatIfLine(models.Model):
    """The matters of one unit and item that go from one place to another. `before`, `after`: levels.

    `submissions`: ids, for the lines where something changes. A gap: nobody of the branch has even a say.
    """

    run = models.ForeignKey(WhatIfRun, models.CASCADE, related_name="lines", verbose_name="试算")
    unit_path = models.CharField("机构路径", max_length=200)
    unit_name = models.CharField("机构", max_length=60)
    item = models.ForeignKey(AuthorityItem, models.PROTECT, related_name="+", verbose_name="事项")
    before = models.PositiveSmallIntegerField("现行")
    after = models.PositiveSmallIntegerField("试算")
    gap_before = models.BooleanField("现行无人", default=False)
    gap_after = models.BooleanField("试算无人", default=False)
    is_other_people = models.BooleanField("换人", default=False)
    count = models.PositiveIntegerField("件数")
    amount = models.DecimalField("金额(元)", max_digits=18, decimal_places=2)
    submissions = ArrayField(models.BigIntegerField(), default=list, verbose_name="报批")

    class Meta:
        verbose_name = verbose_name_plural = "试算结果"
        ordering = ["unit_path", "item__rank", "before", "after", "id"]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.item} {self.before}→{self.after}"

    @property
    def is_new_gap(self) -> bool:
        return self.gap_after and not self.gap_before

    @property
    def place_before(self) -> str:
        return level_name(self.before, is_gap=self.gap_before)

    @property
    def place_after(self) -> str:
        return level_name(self.after, is_gap=self.gap_after)

    @property
    def direction(self) -> str:
        """up, down, others (the same level, other people) or same."""
        if self.after != self.before:
            return "up" if self.after > self.before else "down"
        return "others" if self.is_other_people or self.gap_before != self.gap_after else "same"


class WhatIfLoad(models.Model):
    """What one person decides before and after; shared out evenly among people equally near."""

    run = models.ForeignKey(WhatIfRun, models.CASCADE, related_name="loads", verbose_name="试算")
    person = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="人员")
    before = models.DecimalField("现行件数", max_digits=12, decimal_places=1)
    after = models.DecimalField("试算件数", max_digits=12, decimal_places=1)
    amount_before = models.DecimalField("现行金额(元)", max_digits=18, decimal_places=2)
    amount_after = models.DecimalField("试算金额(元)", max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "试算工作量"
        ordering = ["-before", "person"]
        constraints = [
            models.UniqueConstraint(fields=["run", "person"], name="cases_whatif_load_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.before}→{self.after}"

    @property
    def change(self) -> str:
        return f"{self.after - self.before:+,.1f}" if self.after != self.before else "0"
