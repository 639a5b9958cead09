from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from departments.access import IMPORT_CASES
from departments.models import Staff


class ImportProfile(models.Model):
    """How one source writes its extract. `columns` maps our field to the source's heading.

    `settings`: "money_unit" (yuan or wan), "defaults" (field to text), "patterns" (field to a text with
    {heading} or {row} in it), "values" (field to {source's word: our word}).
    """

    name = models.CharField("名称", max_length=60, unique=True)
    description = models.CharField("说明", max_length=200, blank=True)
    columns = models.JSONField("列对应", default=dict)
    settings = models.JSONField("设置", default=dict, blank=True)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name="建立人")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "导入方案"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, staff: Staff) -> ImportBatchQuerySet:
        """One's own, and those whose units are all units one handles."""
        inside = Q(unit_ids__contained_by=sorted(staff.unit_scope.ids(IMPORT_CASES)), unit_ids__len__gt=0)
        return self.filter(Q(uploaded_by=staff) | inside)


class ImportBatch(models.Model):
    """One extract on its way in: stored, mapped, checked, then written whole or not at all."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "待对应列"
        CHECKING = "checking", "校验中"
        CHECKED = "checked", "待确认"
        FAULTY = "faulty", "有错误"
        COMMITTING = "committing", "导入中"
        DONE = "done", "已导入"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "失败"

    profile = models.ForeignKey(
        ImportProfile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="导入方案"
    )
    file_name = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to="imports/")
    size = models.PositiveBigIntegerField("大小(字节)")
    sha256 = models.CharField("摘要", max_length=64)
    layout = models.JSONField("格式", default=dict)
    columns = models.JSONField("列对应", default=dict)
    settings = models.JSONField("设置", default=dict)
    uploaded_by = models.ForeignKey(Staff, models.PROTECT, related_name="imports", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    unit_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name="涉及机构")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.UPLOADED)
    percent = models.PositiveSmallIntegerField("进度(%)", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    staged = models.FileField("已校验的行", upload_to="imports/", blank=True)
    staged_sha256 = models.CharField("已校验行摘要", max_length=64, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    is_cancel_asked = models.BooleanField("已请求取消", default=False)
    rows_read = models.PositiveIntegerField("读入行数", default=0)
    rows_created = models.PositiveIntegerField("新建", default=0)
    rows_updated = models.PositiveIntegerField("更新", default=0)
    rows_unchanged = models.PositiveIntegerField("无变化", default=0)
    rows_held = models.PositiveIntegerField("其中暂不更新", default=0)
    rows_rejected = models.PositiveIntegerField("拒收", default=0)
    issues_found = models.PositiveIntegerField("疑问", default=0)
    estimate_sum = models.DecimalField("文件估损合计(元)", max_digits=18, decimal_places=2, default=0)
    paid_sum = models.DecimalField("文件已付合计(元)", max_digits=18, decimal_places=2, default=0)
    booked_estimate_sum = models.DecimalField("入库估损合计(元)", max_digits=18, decimal_places=2, default=0)
    booked_paid_sum = models.DecimalField("入库已付合计(元)", max_digits=18, decimal_places=2, default=0)
    held_estimate = models.DecimalField("暂不更新估损差额(元)", max_digits=18, decimal_places=2, default=0)
    held_paid = models.DecimalField("暂不更新已付差额(元)", max_digits=18, decimal_places=2, default=0)
    checked_at = models.DateTimeField("校验完成时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(status__in=["checking", "committing"]),
                name="cases_import_at_work",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "uploaded",
                        "checking",
                        "checked",
                        "faulty",
                        "committing",
                        "done",
                        "cancelled",
                        "failed",
                    ]
                ),
                name="cases_import_status_known",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="cases_import_percent"),
            models.CheckConstraint(
                condition=~Q(status="done")
                | Q(
                    rows_read=F("rows_created")
                    + F("rows_updated")
                    + F("rows_unchanged")
                    + F("rows_rejected"),
                    rows_rejected=0,
                    confirmed_by__isnull=False,
                    finished_at__isnull=False,
                    booked_estimate_sum=F("estimate_sum") - F("held_estimate"),
                    booked_paid_sum=F("paid_sum") - F("held_paid"),
                ),
                name="cases_import_reconciled_when_done",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("cases:import_batch", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.status in (self.Status.CHECKING, self.Status.COMMITTING)

    @property
    def is_reconciled(self) -> bool:
        """Every row accounted for, and the sums of the file are the sums in the books."""
        counted = self.rows_created + self.rows_updated + self.rows_unchanged + self.rows_rejected
        return (
            counted == self.rows_read
            and self.booked_estimate_sum == self.estimate_sum - self.held_estimate
            and self.booked_paid_sum == self.paid_sum - self.held_paid
        )

    @property
    def held_sums(self) -> tuple[Decimal, Decimal]:
        return self.held_estimate, self.held_paid


class ImportFault(models.Model):
    """Why a row cannot come in: where, what was written there, and what is wrong with it."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="faults", verbose_name="批次")
    row = models.PositiveIntegerField("行")
    column = models.CharField("列", max_length=100, blank=True)
    value = models.CharField("值", max_length=200, blank=True)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "导入错误"
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["batch", "row", "id"], name="cases_fault_by_batch")]

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.column}：{self.reason}"
