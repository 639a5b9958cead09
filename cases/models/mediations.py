from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.injuries import InjuredPerson
from cases.models.papers import CasePaper
from cases.models.standards import InjuryCostKind
from departments.models import Staff


class MediationQuerySet(models.QuerySet["Mediation"]):
    def visible_to(self, staff: Staff) -> Self:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def for_list(self) -> Self:
        return self.select_related("case__unit", "mediator", "proposed_by").annotate(
            scheme_amount=Sum("lines__amount")
        )


class Mediation(models.Model):
    """人伤调解: a scheme of sums per person and item, approved before anybody mediates, and what came of it.

    `replaces`: the scheme that turned out too narrow; one of a case is under way at a time.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "拟定中"
        ASKED = "asked", "审批中"
        RETURNED = "returned", "已退回"
        REFUSED = "refused", "不同意"
        APPROVED = "approved", "已批准"
        AGREED = "agreed", "达成协议"
        FAILED = "failed", "调解未成"
        COURT = "court", "转诉讼"
        REPLACED = "replaced", "已另拟方案"

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="mediations", verbose_name="赔案")
    number = models.CharField("方案号", max_length=20, unique=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    mediator = models.ForeignKey(Staff, models.PROTECT, related_name="mediations", verbose_name="调解人")
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="拟定人")
    proposed_at = models.DateTimeField("拟定时间")
    basis = models.TextField("责任与依据")
    conditions = models.TextField("调解条件", blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="原方案"
    )
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    approved_amount = models.DecimalField(
        "批准金额(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    agreed_on = models.DateField("协议日期", null=True, blank=True)
    agreed_amount = models.DecimalField(
        "协议金额(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    agreement = models.ForeignKey(
        CasePaper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="调解协议"
    )
    result_note = models.CharField("结果说明", max_length=300, blank=True)
    concluded_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    concluded_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = MediationQuerySet.as_manager()
    history = HistoricalRecords(
        no_db_index=["case", "mediator", "proposed_by", "concluded_by", "agreement", "number"]
    )

    class Meta:
        verbose_name = verbose_name_plural = "人伤调解"
        ordering = ["-proposed_at", "-pk"]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="cases_mediation_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=["draft", "asked", "returned", "approved"]),
                name="cases_mediation_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft",
                        "asked",
                        "returned",
                        "refused",
                        "approved",
                        "agreed",
                        "failed",
                        "court",
                        "replaced",
                    ]
                ),
                name="cases_mediation_status_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["approved", "agreed", "failed", "court", "replaced"],
                    approved_at__isnull=False,
                    approved_amount__gt=0,
                )
                | Q(
                    status__in=["draft", "asked", "returned", "refused"],
                    approved_at=None,
                    approved_amount=None,
                ),
                name="cases_mediation_approved_first",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="agreed",
                    agreed_on__isnull=False,
                    agreed_amount__gte=0,
                    agreement__isnull=False,
                )
                | (~Q(status="agreed") & Q(agreed_on=None, agreed_amount=None, agreement=None)),
                name="cases_mediation_agreed_on_paper",
            ),
            models.CheckConstraint(
                condition=Q(agreed_amount=None) | Q(agreed_amount__lte=F("approved_amount")),
                name="cases_mediation_within_scheme",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["agreed", "failed", "court"],
                    concluded_at__isnull=False,
                    concluded_by__isnull=False,
                )
                | (~Q(status__in=["agreed", "failed", "court"]) & Q(concluded_at=None, concluded_by=None)),
                name="cases_mediation_concluded_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} 调解方案 {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cases:mediation", args=[self.pk])


class MediationLine(models.Model):
    """The most that may be agreed on with one person for one item; `agreed` once there is an agreement."""

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="lines", verbose_name="调解")
    person = models.ForeignKey(
        InjuredPerson, models.PROTECT, related_name="mediation_lines", verbose_name="伤者"
    )
    kind = models.ForeignKey(InjuryCostKind, models.PROTECT, related_name="+", verbose_name="项目")
    claimed = models.DecimalField("对方主张(元)", max_digits=14, decimal_places=2, default=Decimal(0))
    amount = models.DecimalField("方案金额(元)", max_digits=14, decimal_places=2)
    agreed = models.DecimalField("协议金额(元)", max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "调解方案明细"
        ordering = ["person", "kind__rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mediation", "person", "kind"], name="cases_mediation_line_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, claimed__gte=0) & (Q(agreed=None) | Q(agreed__gte=0)),
                name="cases_mediation_line_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.label} {self.kind}"


class MediationAttempt(models.Model):
    """One round of talking: what was demanded and offered. Only after the scheme was approved."""

    class Way(models.TextChoices):
        OFFICE = "office", "公司面谈"
        POLICE = "police", "交警调解"
        COMMITTEE = "committee", "人民调解委员会"
        COURT = "court", "法院诉前调解"
        PHONE = "phone", "电话"

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="attempts", verbose_name="调解")
    held_at = models.DateTimeField("调解时间")
    way = models.CharField("方式", max_length=10, choices=Way)
    attendants = models.CharField("参加人", max_length=100)
    demanded = models.DecimalField("对方要求(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    offered = models.DecimalField("我方报价(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    course = models.TextField("经过")
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "调解经过"
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(demanded=None) | Q(demanded__gte=0)) & (Q(offered=None) | Q(offered__gte=0)),
                name="cases_mediation_attempt_amounts",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("held_at")), name="cases_mediation_attempt_recorded_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mediation} {self.held_at:%Y-%m-%d}"
