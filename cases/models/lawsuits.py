from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.mediations import Mediation
from departments.models import Staff


class Side(models.TextChoices):
    """As whom somebody stands in the suit."""

    PLAINTIFF = "plaintiff", "原告"
    DEFENDANT = "defendant", "被告"
    THIRD_PARTY = "third_party", "第三人"


class CourtLevel(models.TextChoices):
    FIRST = "first", "一审"
    SECOND = "second", "二审"
    RETRIAL = "retrial", "再审"


class LawsuitQuerySet(models.QuerySet["Lawsuit"]):
    def visible_to(self, staff: Staff) -> LawsuitQuerySet:
        """Where one of its cases may be seen: an accident may stand on two policies."""
        seen = ClaimCase.objects.visible_to(staff)
        linked = LawsuitCase.objects.filter(case__in=seen).values("lawsuit")
        return self.filter(Q(case__in=seen) | Q(pk__in=linked))

    def open(self) -> LawsuitQuerySet:
        return self.exclude(stage=Lawsuit.Stage.CLOSED)

    def for_list(self) -> LawsuitQuerySet:
        """With all that one row of the list shows."""
        return self.select_related("case__unit", "officer").prefetch_related("parties", "judgments")

    def in_full(self) -> LawsuitQuerySet:
        return self.select_related(
            "case__unit",
            "case__handler",
            "officer",
            "received_by",
            "reported_by",
            "entered_by",
            "closed_by",
            "mediation",
        )


class Lawsuit(models.Model):
    """诉讼: a suit on one case or several of one accident, from the court's papers to its result.

    What happened is a dated field; the clocks are read from these and nothing is counted up.
    """

    class Stage(models.TextChoices):
        RECEIVED = "papers_in", "已收文"
        REPORTED = "reported_up", "已上报"
        REPLIED = "replied", "已答复"
        ENTERED = "entered", "已录入"
        FIRST_INSTANCE = "first_instance", "一审中"
        JUDGED = "judged", "已判决"
        APPEALED = "appealed", "已上诉"
        SECOND_INSTANCE = "second_instance", "二审中"
        SETTLED = "settled", "已调解"
        PERFORMED = "performed", "已履行"
        CLOSED = "closed", "已结案"

    class Cause(models.TextChoices):
        """案由, as the Supreme People's Court names them."""

        TRAFFIC = "traffic", "机动车交通事故责任纠纷"
        INSURANCE = "insurance", "财产保险合同纠纷"
        RECOURSE = "recourse", "追偿权纠纷"
        SUBROGATION = "subrogation", "保险人代位求偿权纠纷"
        OTHER = "other", "其他"

    class Result(models.TextChoices):
        WON = "won", "胜诉"
        PARTLY = "partly", "部分支持"
        LOST = "lost", "败诉"
        MEDIATED = "mediated", "调解结案"
        DROPPED = "dropped", "原告撤诉"

    number = models.CharField("诉讼编号", max_length=30, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="lawsuits", verbose_name="赔案")
    mediation = models.ForeignKey(
        Mediation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lawsuits",
        db_index=False,
        verbose_name="未成的调解",
    )
    cause = models.CharField("案由", max_length=12, choices=Cause, default=Cause.TRAFFIC)
    our_side = models.CharField("我方地位", max_length=12, choices=Side, default=Side.DEFENDANT)
    court = models.CharField("法院", max_length=60)
    docket_no = models.CharField("案号", max_length=60, blank=True)
    papers = models.CharField("收到的文书", max_length=200)
    received_at = models.DateTimeField("收文时间")
    received_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="签收人")
    claimed = models.DecimalField("诉请金额(元)", max_digits=14, decimal_places=2)
    estimate = models.DecimalField("诉讼估损(元)", max_digits=14, decimal_places=2)
    disputed = models.TextField("争议焦点", blank=True)
    stage = models.CharField("诉讼阶段", max_length=16, choices=Stage, default=Stage.RECEIVED)
    officer = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="lawsuits", verbose_name="承办法务"
    )
    registered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    registered_at = models.DateTimeField("登记时间")
    reported_at = models.DateTimeField("上报时间", null=True, blank=True)
    reported_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上报人"
    )
    replied_at = models.DateTimeField("答复时间", null=True, blank=True)
    entered_at = models.DateTimeField("录入时间", null=True, blank=True)
    entered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    legal_system_no = models.CharField("法律系统编号", max_length=40, blank=True)
    defended_at = models.DateTimeField("提交答辩状时间", null=True, blank=True)
    appealed_at = models.DateTimeField("上诉时间", null=True, blank=True)
    appellant = models.CharField(
        "上诉方", max_length=6, blank=True, choices=[("us", "我方"), ("other", "对方"), ("both", "双方")]
    )
    settled_at = models.DateTimeField("调解时间", null=True, blank=True)
    settled_amount = models.DecimalField(
        "调解金额(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    settlement = models.TextField("调解内容", blank=True)
    performed_at = models.DateTimeField("履行时间", null=True, blank=True)
    performed_amount = models.DecimalField(
        "履行金额(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    is_forced = models.BooleanField("强制执行", default=False)
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结案人"
    )
    result = models.CharField("结果", max_length=10, choices=Result, blank=True)
    result_note = models.TextField("结果说明", blank=True)
    final_amount = models.DecimalField("最终承担(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = LawsuitQuerySet.as_manager()
    history = HistoricalRecords(no_db_index=["case", "number", "officer", "mediation"])

    class Meta:
        verbose_name = verbose_name_plural = "诉讼"
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="cases_lawsuit_newest"),
            models.Index(
                fields=["stage", "-received_at"], condition=~Q(stage="closed"), name="cases_lawsuit_open"
            ),
            models.Index(fields=["closed_at"], condition=Q(stage="closed"), name="cases_lawsuit_closed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed__gte=0, estimate__gte=0)
                & (Q(settled_amount=None) | Q(settled_amount__gte=0))
                & (Q(performed_amount=None) | Q(performed_amount__gte=0))
                & (Q(final_amount=None) | Q(final_amount__gte=0)),
                name="cases_lawsuit_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=[
                        "papers_in", "reported_up", "replied", "entered", "first_instance", "judged",
                        "appealed", "second_instance", "settled", "performed", "closed",
                    ]
                ),
                name="cases_lawsuit_stage_known",
            ),
            models.CheckConstraint(
                condition=Q(stage="closed", closed_at__isnull=False, final_amount__isnull=False)
                & ~Q(result="")
                | (~Q(stage="closed") & Q(closed_at=None, result="", final_amount=None)),
                name="cases_lawsuit_closed_with_result",
            ),
            models.CheckConstraint(
                condition=(Q(reported_at=None) | Q(reported_at__gte=F("received_at")))
                & (Q(replied_at=None) | Q(replied_at__gte=F("reported_at")))
                & (Q(entered_at=None) | Q(entered_at__gte=F("replied_at"))),
                name="cases_lawsuit_events_in_order",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at=None, appellant="")
                | (Q(appealed_at__isnull=False) & ~Q(appellant="")),
                name="cases_lawsuit_appeal_names_who",
            ),
            models.CheckConstraint(
                condition=(Q(settled_at=None, settled_amount=None, settlement=""))
                | (Q(settled_at__isnull=False, settled_amount__isnull=False) & ~Q(settlement="")),
                name="cases_lawsuit_settled_on_terms",
            ),
            models.CheckConstraint(
                condition=Q(performed_at=None, performed_amount=None)
                | Q(performed_at__isnull=False, performed_amount__isnull=False),
                name="cases_lawsuit_performed_amount",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.docket_no or self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:lawsuit", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.stage != self.Stage.CLOSED


class LawsuitCase(models.Model):
    """关联赔案: a further case of the same accident, on the other policy, that the suit is about too."""

    lawsuit = models.ForeignKey(Lawsuit, models.PROTECT, related_name="links", verbose_name="诉讼")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="lawsuit_links", verbose_name="赔案")
    linked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="关联人")
    linked_at = models.DateTimeField("关联时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉讼关联赔案"
        constraints = [
            models.UniqueConstraint(fields=["lawsuit", "case"], name="cases_lawsuit_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lawsuit} {self.case}"


class LawsuitParty(models.Model):
    """当事人. `is_ours`: the company, or our insured whom we stand beside."""

    lawsuit = models.ForeignKey(Lawsuit, models.CASCADE, related_name="parties", verbose_name="诉讼")
    side = models.CharField("诉讼地位", max_length=12, choices=Side)
    name = models.CharField("名称", max_length=60)
    relation = models.CharField("与本案关系", max_length=60, blank=True)
    is_us = models.BooleanField("本公司", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "当事人"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["lawsuit", "side", "name"], name="cases_lawsuit_party_once"),
            models.CheckConstraint(
                condition=Q(side__in=["plaintiff", "defendant", "third_party"]),
                name="cases_lawsuit_party_side_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.name}"
