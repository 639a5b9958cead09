"""数据质量: what looks wrong in the data of a case, and how it is corrected by two people."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.imports import ImportBatch
from departments.models import Staff


class DataQualityRuleQuerySet(models.QuerySet["DataQualityRule"]):
    def on(self, day: date) -> DataQualityRuleQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class DataQualityRule(models.Model):
    """校验规则: what is looked for, how much it weighs, by when it is mended.

    `limit` is the rule's own number (days, yuan). A rule that is `is_nightly` is looked for every night in
    the cases changed; the others only an import can see, in the rows of its file.
    """

    code = models.CharField("代码", max_length=30)
    name = models.CharField("校验规则", max_length=60)
    is_nightly = models.BooleanField("每晚检查", default=False)
    limit = models.DecimalField("参数", max_digits=10, decimal_places=2, null=True, blank=True)
    measure = models.CharField("单位", max_length=10, blank=True)
    points = models.DecimalField("扣分权重", max_digits=4, decimal_places=1, default=1)
    due_days = models.PositiveSmallIntegerField("改正时限(天)", default=7)
    field = models.CharField("通常更正的字段", max_length=30, blank=True)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = DataQualityRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "数据校验规则"
        ordering = ["rank", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_dqrule_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_dqrule_dates_in_order",
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="cases_dqrule_points_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class DataQualityIssueQuerySet(models.QuerySet["DataQualityIssue"]):
    def visible_to(self, staff: Staff) -> DataQualityIssueQuerySet:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def open(self) -> DataQualityIssueQuerySet:
        return self.filter(resolved_at=None)


class DataQualityIssue(models.Model):
    """数据疑问: a suspicious fact of a case. It is shown and mended by people, never silently changed."""

    class Rule(models.TextChoices):
        ACCIDENT_AFTER_REPORT = "accident_after_report", "出险时间晚于报案时间"
        REGISTERED_BEFORE_REPORT = "registered_before_report", "立案时间早于报案时间"
        CLOSED_BEFORE_REGISTERED = "closed_before_registered", "结案时间早于立案时间"
        PAID_BEFORE_REGISTERED = "paid_before_registered", "支付时间早于立案时间"
        OPEN_WITH_CLOSING_DATE = "open_with_closing_date", "未结案却有结案时间"
        IN_THE_FUTURE = "in_the_future", "时间在未来"
        PAID_WITHOUT_APPROVAL = "paid_without_approval", "已付金额超过核赔金额"
        PAID_WITHOUT_PAYMENT_DATE = "paid_without_payment_date", "有已付金额而无支付时间"
        CLOSED_PAID_NOTHING = "closed_paid_nothing", "赔付结案而已付为零"
        SUM_MISMATCH = "sum_mismatch", "估损合计不等于人车物费之和"
        INJURY_WITHOUT_FLAG = "injury_without_flag", "有人伤金额而未标人伤"
        CLOSED_HERE_OPEN_THERE = "closed_here_open_there", "本系统已结案，清单为未决"
        UNDER_REVIEW_HERE = "under_review_here", "审批中的案件，清单数据不同，暂不更新"
        SETTLED_HERE = "settled_here", "本系统已审批或支付，清单金额不同，暂不更新"
        BEHIND_HERE = "behind_here", "清单状态早于本系统状态"
        ESTIMATE_ZERO = "estimate_zero", "估损长期为零"
        REPORTED_LATE = "reported_late", "出险后迟报案"
        PLATE_MALFORMED = "plate_malformed", "车牌格式不符"
        VIN_MALFORMED = "vin_malformed", "车架号格式不符"
        INSURED_MISSING = "insured_missing", "被保险人空缺"
        POLICY_MISSING = "policy_missing", "保单号空缺"
        ACCIDENT_MISSING = "accident_missing", "出险时间空缺"
        UNIT_NOT_HANDLING = "unit_not_handling", "机构不办理赔案或已撤销"
        PAID_NOT_BOOKED = "paid_not_booked", "已付与支付明细不符"

    class Outcome(models.TextChoices):
        CORRECTED = "corrected", "已更正"
        TRUE_AS_IS = "true_as_is", "情况属实"
        GONE = "gone", "已消除"

    case = models.ForeignKey(
        ClaimCase, models.CASCADE, related_name="data_quality_issues", verbose_name="赔案"
    )
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="issues", verbose_name="导入批次"
    )
    rule = models.CharField("规则", max_length=30, choices=Rule)
    details = models.CharField("情况", max_length=200, blank=True)
    found_at = models.DateTimeField("发现时间", auto_now_add=True)
    due_on = models.DateField("改正期限", null=True, blank=True)
    outcome = models.CharField("结果", max_length=12, choices=Outcome, blank=True, default="", db_default="")
    resolved_at = models.DateTimeField("处理时间", null=True, blank=True)
    resolved_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    resolution = models.CharField("处理结果", max_length=200, blank=True)

    objects = DataQualityIssueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "数据疑问"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["rule", "id"], condition=Q(resolved_at=None), name="cases_issue_open_by_rule"
            ),
            models.Index(fields=["found_at"], name="cases_issue_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule"], condition=Q(resolved_at=None), name="cases_issue_one_open_per_rule"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None, outcome="")
                | Q(
                    resolved_at__isnull=False,
                    resolved_by__isnull=False,
                    outcome__in=["corrected", "true_as_is"],
                )
                | Q(resolved_at__isnull=False, resolved_by=None, outcome="gone"),
                name="cases_issue_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_rule_display()}"

    def get_absolute_url(self) -> str:
        return reverse("cases:data_issue", args=[self.pk])

    @property
    def state(self) -> str:
        if self.resolved_at:
            return self.outcome
        return "overdue" if self.due_on and self.due_on < timezone.localdate() else "open"

    @property
    def state_name(self) -> str:
        return {"overdue": "超期未改", "open": "待处理"}.get(self.state, self.get_outcome_display())


class DataCorrectionQuerySet(models.QuerySet["DataCorrection"]):
    def visible_to(self, staff: Staff) -> DataCorrectionQuerySet:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def with_people(self) -> DataCorrectionQuerySet:
        return self.select_related("case__unit", "issue", "requested_by", "decided_by")


class DataCorrection(models.Model):
    """数据更正: one field of a case, what it says and what it should say; asked by one, decided by another.

    `before` and `after` are texts as `cases.data_quality.fields` writes them; "" is an empty field.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "待复核"
        APPLIED = "applied", "已更正"
        REFUSED = "refused", "不同意"
        WITHDRAWN = "withdrawn", "已撤回"

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="data_corrections", verbose_name="赔案")
    issue = models.ForeignKey(
        DataQualityIssue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name="数据疑问",
    )
    field = models.CharField("字段", max_length=30)
    before = models.CharField("原值", max_length=200, blank=True)
    after = models.CharField("更正为", max_length=200, blank=True)
    reason = models.CharField("理由与依据", max_length=300)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    requested_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间", default=timezone.now)
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)
    opinion = models.CharField("复核意见", max_length=300, blank=True)

    objects = DataCorrectionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "数据更正"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["case"], condition=Q(status="waiting"), name="cases_correction_waiting")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "field"],
                condition=Q(status="waiting"),
                name="cases_correction_one_open_per_field",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", decided_by=None, decided_at=None)
                | Q(
                    status__in=["applied", "refused", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="cases_correction_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "withdrawn"]) | ~Q(decided_by=F("requested_by")),
                name="cases_correction_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(opinion=""), name="cases_correction_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(before=F("after")), name="cases_correction_changes_something"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cases_correction_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.field}"

    def get_absolute_url(self) -> str:
        return reverse("cases:data_correction", args=[self.pk])


class DataQualityRun(models.Model):
    """One night's check: once per day, whoever starts it."""

    day = models.DateField("日期", unique=True)
    since = models.DateTimeField("检查自此后变动的赔案", null=True, blank=True)
    ran_at = models.DateTimeField("检查时间")
    found = models.PositiveIntegerField("新疑问", default=0)
    gone = models.PositiveIntegerField("已消除", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "数据检查"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
