from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from authority.models.items import ReferralRule
from departments.models import Staff


class Expectation(models.TextChoices):
    """What a person of a given level should be told; the strictest that applies."""

    DECIDES = "decides", "可以决定"
    NOTIFIES = "notifies", "可以决定，须报告"
    CONSULTS = "consults", "可以决定，须先会商"
    REFERS = "refers", "须提级"
    STOPS = "stops", "禁止办理"


class RuleCase(models.Model):
    """试案: a made-up matter, who is asked, and the answer the rules must give. Kept beside one rule."""

    rule = models.ForeignKey(ReferralRule, models.PROTECT, related_name="cases", verbose_name="规则")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("试案", max_length=60)
    item = models.CharField("事项", max_length=30)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    flags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name="案件标识")
    figures = models.JSONField("其他金额(元)", default=dict, blank=True)
    level = models.PositiveSmallIntegerField("受问人级别")
    expects = models.CharField("应有结论", max_length=10, choices=Expectation)
    to_level = models.PositiveSmallIntegerField("提至级别", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "试案"
        ordering = ["rule", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="authority_rulecase_one_per_place"),
            models.CheckConstraint(
                condition=Q(expects__in=Expectation.values), name="authority_rulecase_expectation_known"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="authority_rulecase_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleProposal(models.Model):
    """A rule to be made, changed or ended, with its test cases; takes effect when a second person agrees.

    `terms` are the columns of the rule as text, `trials` those of its cases; sums are texts of yuan.
    """

    class Kind(models.TextChoices):
        CREATE = "create", "新增"
        CHANGE = "change", "修改"
        END = "end", "终止"

    class Status(models.TextChoices):
        WAITING = "waiting", "待批准"
        APPROVED = "approved", "已批准"
        REJECTED = "rejected", "未批准"

    kind = models.CharField("办理", max_length=6, choices=Kind)
    code = models.CharField("代码", max_length=30)
    rule = models.ForeignKey(
        ReferralRule, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name="规则"
    )
    terms: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        "内容", encoder=DjangoJSONEncoder
    )
    trials: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        "试案", default=list, blank=True, encoder=DjangoJSONEncoder
    )
    reason = models.CharField("理由", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    answer = models.CharField("批复", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "提级规则变更"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["create", "change", "end"]), name="authority_proposal_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", decided_by=None, decided_at=None)
                | Q(status__in=["approved", "rejected"], decided_by__isnull=False, decided_at__isnull=False),
                name="authority_proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(decided_by=F("proposed_by")),
                name="authority_proposal_two_people",
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(status="waiting"), name="authority_proposal_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"
