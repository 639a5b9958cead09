"""待追偿: money to be got back, what came in of it, and how it ended."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.special import SpecialRequest
from departments.models import Staff


class RecoveryQuerySet(models.QuerySet["RecoveryPlaceholder"]):
    def visible_to(self, staff: Staff) -> RecoveryQuerySet:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def open(self) -> RecoveryQuerySet:
        return self.filter(status__in=RecoveryPlaceholder.OPEN)

    def pending(self) -> RecoveryQuerySet:
        """Open, and nobody is asked to write it off."""
        return self.filter(status=RecoveryPlaceholder.Status.PENDING)

    def for_list(self) -> RecoveryQuerySet:
        return self.select_related("case__unit", "case__handler", "officer", "request")


class RecoveryPlaceholder(models.Model):
    """A right to get money back, kept with its limitation until the money is in or is written off.

    `officer` answers for it. Money that came in is in `receipts`; `recovered` is their sum. What somebody
    with the authority gave up is `written_off`.
    """

    class Type(models.TextChoices):
        ADVANCE = "advance", "抢救费垫付追偿"
        OVERPAID = "overpaid", "预付超额返还"

    class Status(models.TextChoices):
        PENDING = "pending", "待追偿"
        ASKED = "asked", "核销审批中"
        RECOVERED = "recovered", "已追回"
        WRITTEN_OFF = "written_off", "已核销"

    OPEN = ("pending", "asked")

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="recoveries", verbose_name="赔案")
    request = models.ForeignKey(
        SpecialRequest, models.PROTECT, null=True, blank=True, related_name="recoveries", verbose_name="申请"
    )
    type = models.CharField("追偿类型", max_length=10, choices=Type)
    debtor = models.CharField("被追偿人", max_length=60)
    amount = models.DecimalField("应追金额(元)", max_digits=14, decimal_places=2)
    recovered = models.DecimalField("已追回(元)", max_digits=14, decimal_places=2, default=0)
    written_off = models.DecimalField("已核销(元)", max_digits=14, decimal_places=2, default=0, db_default=0)
    acquired_at = models.DateTimeField("取得追偿权时间")
    officer = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="追偿负责人"
    )
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.PENDING)
    closed_at = models.DateTimeField("终结时间", null=True, blank=True)
    write_off_reason = models.TextField("核销理由", blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = RecoveryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "待追偿"
        ordering = ["-acquired_at", "-id"]
        indexes = [
            models.Index(
                fields=["officer"], condition=Q(status__in=["pending", "asked"]), name="cases_recovery_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["advance", "overpaid"]), name="cases_recovery_type_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "asked", "recovered", "written_off"]),
                name="cases_recovery_status_known",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, recovered__gte=0, written_off__gte=0)
                & Q(amount__gte=F("recovered") + F("written_off")),
                name="cases_recovery_amounts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "asked"], closed_at=None)
                | (~Q(status__in=["pending", "asked"]) & Q(closed_at__isnull=False)),
                name="cases_recovery_closed_when_over",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "asked"], amount__gt=F("recovered") + F("written_off"))
                | Q(status="recovered", written_off=0, amount=F("recovered"))
                | Q(status="written_off", written_off__gt=0, amount=F("recovered") + F("written_off")),
                name="cases_recovery_sums_fit_status",
            ),
            models.CheckConstraint(
                condition=(Q(written_off=0) & ~Q(status="asked")) | ~Q(write_off_reason=""),
                name="cases_recovery_written_off_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.case}"

    def get_absolute_url(self) -> str:
        return reverse("cases:recovery", args=[self.pk])

    @property
    def left(self) -> Decimal:
        """Yuan still to be got."""
        return self.amount - self.recovered - self.written_off


class RecoveryReceipt(models.Model):
    """追回款: what came in, and how it was posted. One entered wrongly is struck out, never changed."""

    class Posting(models.TextChoices):
        AGAINST = "against", "冲减赔款"
        INCOME = "income", "追偿收入"
        OTHER = "other", "其他"

    recovery = models.ForeignKey(
        RecoveryPlaceholder, models.PROTECT, related_name="receipts", verbose_name="追偿"
    )
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    received_on = models.DateField("到账日期")
    payer = models.CharField("付款人", max_length=60)
    voucher = models.CharField("入账凭证号", max_length=40)
    posting = models.CharField("入账方式", max_length=10, choices=Posting, default=Posting.AGAINST)
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    struck_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="冲正人"
    )
    struck_at = models.DateTimeField("冲正时间", null=True, blank=True)
    struck_reason = models.CharField("冲正原因", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "追回款"
        ordering = ["received_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recovery", "voucher"], condition=Q(struck_at=None), name="cases_receipt_voucher_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cases_receipt_amount_positive"),
            models.CheckConstraint(
                condition=Q(posting__in=["against", "income", "other"]), name="cases_receipt_posting_known"
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_by=None, struck_reason="")
                | (Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_reason="")),
                name="cases_receipt_struck_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(struck_by=None) | ~Q(struck_by=F("recorded_by")),
                name="cases_receipt_struck_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on} {self.amount:,.2f} 元"

    def get_absolute_url(self) -> str:
        return self.recovery.get_absolute_url()
