from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase, CoverageLine, LossClass
from departments.models import Staff


class CaseLoss(models.Model):
    """One coverage line × loss class of a case, from estimate to adjustment; the case carries the sums."""

    case = models.ForeignKey(ClaimCase, models.CASCADE, related_name="losses", verbose_name="赔案")
    line = models.CharField("险别", max_length=12, choices=CoverageLine)
    loss_class = models.CharField("损失类别", max_length=10, choices=LossClass)
    label = models.CharField("损失", max_length=40)
    estimate = models.DecimalField("估损(元)", max_digits=14, decimal_places=2, default=0)
    assessed = models.DecimalField("定损(元)", max_digits=14, decimal_places=2, default=0)
    reviewed = models.DecimalField("核损(元)", max_digits=14, decimal_places=2, default=0)
    adjusted = models.DecimalField("理算(元)", max_digits=14, decimal_places=2, default=0)
    reviewer = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "损失"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "line", "loss_class", "label"], name="cases_loss_once_per_line"
            ),
            models.CheckConstraint(
                condition=Q(estimate__gte=0, assessed__gte=0, reviewed__gte=0, adjusted__gte=0),
                name="cases_loss_money_not_negative",
            ),
            models.CheckConstraint(condition=Q(line__in=CoverageLine.values), name="cases_loss_line_known"),
            models.CheckConstraint(
                condition=Q(loss_class__in=LossClass.values), name="cases_loss_class_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_line_display()} {self.label}"


class EstimateChange(models.Model):
    """One history for every amount of the case: what it was, what it became, who and why."""

    class Subject(models.TextChoices):
        ESTIMATE = "estimate", "估损"
        ASSESSED = "assessed", "定损"
        REVIEWED = "reviewed", "核损"
        ADJUSTED = "adjusted", "理算"
        APPROVED = "approved", "核赔"
        PAID = "paid", "已付"

    case = models.ForeignKey(ClaimCase, models.CASCADE, related_name="amount_changes", verbose_name="赔案")
    subject = models.CharField("金额", max_length=10, choices=Subject)
    before = models.DecimalField("原金额(元)", max_digits=14, decimal_places=2)
    after = models.DecimalField("新金额(元)", max_digits=14, decimal_places=2)
    reason = models.CharField("原因", max_length=200)
    changed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name="修改人")
    changed_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "金额变更"
        indexes = [models.Index(fields=["case", "changed_at"], name="cases_change_by_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__gte=0, after__gte=0), name="cases_change_money_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {self.before} → {self.after}"


class Payment(models.Model):
    """Money paid on an approved case. The sum never exceeds what was approved."""

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="payments", verbose_name="赔案")
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    payee = models.CharField("收款人", max_length=60)
    payee_account = models.CharField("收款账号", max_length=34, blank=True)
    special = models.ForeignKey(
        "cases.SpecialRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name="特殊案件",
    )
    paid_at = models.DateTimeField("支付时间")
    paid_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="经办人")
    idempotency_key = models.UUIDField("幂等键", unique=True, null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "支付"
        indexes = [
            models.Index(
                fields=["payee_account"], condition=~Q(payee_account=""), name="cases_payment_by_account"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cases_payment_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.amount}"
