from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.papers import CasePaper
from cases.models.special import SpecialRequest
from departments.access import INVESTIGATE
from departments.models import Staff


class FraudPattern(models.TextChoices):
    """What a hint looks for; the numbers stand in the indicator."""

    SAME_PLATE = "same_plate", "同一车牌多次出险"
    SAME_VIN = "same_vin", "同一车架号多次出险"
    SAME_INSURED = "same_insured", "同一被保险人多次出险"
    SAME_PAYEE = "same_payee", "同一收款账号多件收款"
    SAME_SHOP = "same_shop", "同一修理厂短期多件"
    NEW_POLICY = "new_policy", "起保后不久出险"
    NIGHT = "night", "深夜出险"
    LATE_REPORT = "late_report", "延迟报案"
    BELOW_LIMIT = "below_limit", "金额刚好低于权限"


class FraudIndicatorQuerySet(models.QuerySet["FraudIndicator"]):
    def on(self, day: date) -> FraudIndicatorQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class FraudIndicator(models.Model):
    """欺诈提示: a pattern with its numbers. A hint for people, never a verdict. Dated, with its source.

    `threshold`: how many, hours or per cent; `upper`: the hour at which a night ends; `days`: the window.
    """

    code = models.CharField("代码", max_length=20)
    name = models.CharField("提示", max_length=60)
    pattern = models.CharField("模式", max_length=14, choices=FraudPattern)
    threshold = models.DecimalField("阈值", max_digits=10, decimal_places=2)
    upper = models.DecimalField("上限", max_digits=10, decimal_places=2, null=True, blank=True)
    days = models.PositiveSmallIntegerField("窗口(天)", null=True, blank=True)
    rank = models.PositiveSmallIntegerField("排序")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = FraudIndicatorQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "欺诈提示指标"
        ordering = ["rank", "code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_indicator_once"),
            models.CheckConstraint(
                condition=Q(pattern__in=FraudPattern.values), name="cases_indicator_pattern_known"
            ),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="cases_indicator_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class FraudLeadQuerySet(models.QuerySet["FraudLead"]):
    def visible_to(self, staff: Staff) -> Self:
        """Narrower than the case: with the right to investigate there, or on the chain of the case."""
        involved = (
            Q(opened_by=staff)
            | Q(investigator=staff)
            | Q(case__handler=staff)
            | Q(pk__in=FraudTask.objects.filter(assignee=staff).values("lead"))
            | Q(case__in=ClaimCase.objects.filter(submissions__chain__staff=staff))
        )
        concerned = involved | Q(case__unit__in=staff.unit_scope.ids(INVESTIGATE))
        return self.filter(concerned, case__in=ClaimCase.objects.visible_to(staff))

    def under_way(self) -> Self:
        return self.filter(status__in=FraudLead.UNDER_WAY)

    def with_avoided(self) -> Self:
        """With `avoided`, yuan: what the refusal that rests on a confirmed lead was granted for, unless it
        fell; without such a refusal, as concluded."""
        stands = Q(refusal__state__in=["agreed", "executed"])
        fell = Q(refusal__notice__result="reversed")
        return self.annotate(
            avoided=Case(
                When(~Q(status="confirmed") | fell, then=Value(Decimal(0))),
                When(stands, then=F("refusal__granted")),
                default=F("loss_avoided"),
                output_field=models.DecimalField(max_digits=14, decimal_places=2),
            )
        )

    def for_list(self) -> Self:
        people = ("opened_by", "investigator", "concluded_by")
        return self.with_avoided().select_related("case__unit", "case__handler", "refusal", *people)


class FraudLead(models.Model):
    """欺诈线索: from suspicion through investigation to a conclusion of a second person."""

    class Source(models.TextChoices):
        HINT = "hint", "系统提示"
        SURVEY = "survey", "查勘定损发现"
        REVIEW = "review", "审核发现"
        INFORMANT = "informant", "举报"
        POLICE = "police", "公安协查"
        HEAD_OFFICE = "head_office", "总公司下发"
        INDUSTRY = "industry", "行业平台"
        OTHER = "other", "其他"

    class Status(models.TextChoices):
        OPEN = "open", "待调查"
        INVESTIGATING = "investigating", "调查中"
        REPORTED = "reported", "待结论"
        CONFIRMED = "confirmed", "属实"
        NOT_CONFIRMED = "not_confirmed", "不属实"
        WITHDRAWN = "withdrawn", "已撤销"

    UNDER_WAY = ("open", "investigating", "reported")
    ENDED = ("confirmed", "not_confirmed", "withdrawn")

    number = models.CharField("线索编号", max_length=20, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="fraud_leads", verbose_name="赔案")
    status = models.CharField("状态", max_length=14, choices=Status, default=Status.OPEN)
    source = models.CharField("来源", max_length=12, choices=Source)
    indicators = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="提示指标"
    )
    description = models.TextField("可疑情况")
    opened_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    opened_at = models.DateTimeField("登记时间")
    investigator = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="调查人"
    )
    due_on = models.DateField("要求完成日期", null=True, blank=True)
    report = models.TextField("调查报告", blank=True)
    reported_at = models.DateTimeField("报告时间", null=True, blank=True)
    conclusion = models.TextField("结论说明", blank=True)
    concluded_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结论人"
    )
    concluded_at = models.DateTimeField("结论时间", null=True, blank=True)
    loss_avoided = models.DecimalField("减损金额(元)", max_digits=14, decimal_places=2, default=0)
    refusal = models.ForeignKey(
        SpecialRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="fraud_leads",
        verbose_name="所支持的拒赔",
    )
    police_at = models.DateTimeField("移送公安时间", null=True, blank=True)
    police_station = models.CharField("受理公安机关", max_length=60, blank=True)
    police_no = models.CharField("受理文号", max_length=40, blank=True)

    objects = FraudLeadQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "欺诈线索"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status__in=["open", "investigating", "reported"]),
                name="cases_fraud_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "open", "investigating", "reported", "confirmed", "not_confirmed", "withdrawn",
                    ]
                ),
                name="cases_fraud_status_known",
            ),
            models.CheckConstraint(condition=~Q(description=""), name="cases_fraud_described"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "withdrawn", "not_confirmed", "confirmed"])
                | Q(investigator__isnull=False),
                name="cases_fraud_somebody_investigates",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["open", "investigating", "reported"], concluded_at=None, concluded_by=None,
                    loss_avoided=0,
                )
                | (
                    Q(
                        status__in=["confirmed", "not_confirmed", "withdrawn"],
                        concluded_at__isnull=False, concluded_by__isnull=False,
                    )
                    & ~Q(conclusion="")
                ),
                name="cases_fraud_concluded_when_ended",
            ),
            models.CheckConstraint(
                condition=Q(concluded_by=None) | Q(investigator=None) | ~Q(concluded_by=F("investigator")),
                name="cases_fraud_concluded_by_another",
            ),
            models.CheckConstraint(
                condition=Q(loss_avoided=0) | Q(loss_avoided__gt=0, status="confirmed"),
                name="cases_fraud_loss_avoided_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(police_at=None, police_station="", police_no="")
                | (Q(police_at__isnull=False) & ~Q(police_station="")),
                name="cases_fraud_police_named",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:fraud_lead", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY


class FraudTask(models.Model):
    """One thing to find out about a lead: by whom, until when, with what outcome."""

    lead = models.ForeignKey(FraudLead, models.PROTECT, related_name="tasks", verbose_name="线索")
    what = models.CharField("调查事项", max_length=200)
    assignee = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="承办人")
    due_on = models.DateField("要求完成日期", null=True, blank=True)
    ordered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="安排人")
    ordered_at = models.DateTimeField("安排时间")
    outcome = models.TextField("结果", blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "调查任务"
        ordering = ["ordered_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, outcome="") | (Q(done_at__isnull=False) & ~Q(outcome="")),
                name="cases_fraudtask_done_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return self.lead.get_absolute_url()

    @property
    def case(self) -> ClaimCase:
        return self.lead.case


class FraudEvidence(models.Model):
    """A paper of the case's file that speaks for or against the suspicion."""

    lead = models.ForeignKey(FraudLead, models.PROTECT, related_name="evidence", verbose_name="线索")
    paper = models.ForeignKey(CasePaper, models.PROTECT, related_name="+", verbose_name="材料")
    note = models.CharField("证明什么", max_length=200)
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    added_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "调查证据"
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "paper"], name="cases_evidence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.note}"
