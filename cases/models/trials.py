from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.decisions import Submission
from cases.models.lawsuits import CourtLevel, Lawsuit
from departments.models import Staff


class Counsel(models.Model):
    """代理人: our own people appear as of course; an outside lawyer only by the head's consent."""

    class Status(models.TextChoices):
        ASKED = "asked", "待同意"
        CONSENTED = "consented", "已同意"
        DECLINED = "declined", "不同意"

    lawsuit = models.ForeignKey(Lawsuit, models.PROTECT, related_name="counsels", verbose_name="诉讼")
    court_level = models.CharField("审级", max_length=8, choices=CourtLevel)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本公司代理人"
    )
    name = models.CharField("律师", max_length=40, blank=True)
    firm = models.CharField("律师事务所", max_length=60, blank=True)
    fee = models.DecimalField("约定律师费(元)", max_digits=12, decimal_places=2, default=0)
    reason = models.CharField("聘请理由", max_length=200, blank=True)
    status = models.CharField("状态", max_length=16, choices=Status)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间")
    answered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="同意人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.CharField("答复意见", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "诉讼代理人"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, name="", firm="", status="consented")
                | (Q(staff=None) & ~Q(name="") & ~Q(firm="") & ~Q(reason="")),
                name="cases_counsel_ours_or_a_lawyer",
            ),
            models.CheckConstraint(
                condition=Q(staff__isnull=False)
                | Q(status="asked", answered_by=None, answered_at=None)
                | Q(
                    status__in=["consented", "declined"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="cases_counsel_lawyer_by_consent",
            ),
            models.CheckConstraint(
                condition=~Q(answered_by=models.F("asked_by")), name="cases_counsel_not_ones_own_consent"
            ),
            models.CheckConstraint(condition=Q(fee__gte=0), name="cases_counsel_fee_not_negative"),
        ]

    def __str__(self) -> str:
        return self.staff.name if self.staff else f"{self.name}（{self.firm}）"


class HearingQuerySet(models.QuerySet["Hearing"]):
    def visible_to(self, staff: Staff) -> HearingQuerySet:
        return self.filter(lawsuit__in=Lawsuit.objects.visible_to(staff))

    def ahead(self, since: datetime, until: datetime) -> HearingQuerySet:
        """Those still to be held, soonest first."""
        planned = self.filter(status=Hearing.Status.PLANNED, at__gte=since, at__lt=until)
        return planned.select_related("lawsuit__case__unit", "lawsuit__officer", "attendee").order_by(
            "at", "pk"
        )


class Hearing(models.Model):
    """开庭: when and where, who goes for us, and what came of it. Never moved: put off means a new one."""

    class Status(models.TextChoices):
        PLANNED = "planned", "待开庭"
        HELD = "held", "已开庭"
        POSTPONED = "postponed", "已延期"
        CALLED_OFF = "called_off", "已取消"

    lawsuit = models.ForeignKey(Lawsuit, models.PROTECT, related_name="hearings", verbose_name="诉讼")
    court_level = models.CharField("审级", max_length=8, choices=CourtLevel)
    at = models.DateTimeField("开庭时间")
    court_room = models.CharField("法庭", max_length=60)
    attendee = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="hearings", verbose_name="出庭人"
    )
    counsel = models.ForeignKey(
        Counsel, models.PROTECT, null=True, blank=True, related_name="hearings", verbose_name="出庭律师"
    )
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
    outcome = models.TextField("庭审情况", blank=True)
    noted_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人"
    )
    noted_at = models.DateTimeField("记录时间", null=True, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)

    objects = HearingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "开庭"
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["at"], condition=Q(status="planned"), name="cases_hearing_ahead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["planned", "held", "postponed", "called_off"]),
                name="cases_hearing_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="planned", outcome="", noted_at=None)
                | (~Q(status="planned") & ~Q(outcome="") & Q(noted_at__isnull=False, noted_by__isnull=False)),
                name="cases_hearing_told_when_over",
            ),
            models.CheckConstraint(
                condition=Q(attendee__isnull=False) | Q(counsel__isnull=False),
                name="cases_hearing_somebody_goes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lawsuit} {self.get_court_level_display()}"


class Judgment(models.Model):
    """裁判文书: what the court decided, and what we think of it. One per instance and paper."""

    class Kind(models.TextChoices):
        JUDGMENT = "judgment", "判决书"
        MEDIATION = "mediation", "调解书"
        DISMISSAL = "dismissal", "驳回起诉裁定"
        WITHDRAWAL = "withdrawal", "准予撤诉裁定"

    class Opinion(models.TextChoices):
        APPEAL = "appeal", "建议上诉"
        ACCEPT = "accept", "服判不上诉"

    lawsuit = models.ForeignKey(Lawsuit, models.PROTECT, related_name="judgments", verbose_name="诉讼")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="judgments", verbose_name="赔案")
    court_level = models.CharField("审级", max_length=8, choices=CourtLevel)
    kind = models.CharField("文书种类", max_length=12, choices=Kind, default=Kind.JUDGMENT)
    docket_no = models.CharField("文书案号", max_length=60)
    judged_on = models.DateField("裁判日期")
    received_at = models.DateTimeField("收到时间")
    amount = models.DecimalField("我方判赔(元)", max_digits=14, decimal_places=2)
    court_costs = models.DecimalField("我方承担诉讼费(元)", max_digits=14, decimal_places=2, default=0)
    share = models.DecimalField("责任比例(%)", max_digits=5, decimal_places=2, null=True, blank=True)
    summary = models.TextField("裁判要点", blank=True)
    noted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    noted_at = models.DateTimeField("登记时间")
    opinion = models.CharField("上诉意见", max_length=8, choices=Opinion, blank=True)
    opinion_text = models.TextField("意见理由", blank=True)
    opined_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="意见人"
    )
    opined_at = models.DateTimeField("意见上报时间", null=True, blank=True)
    appeal_over_at = models.DateTimeField("上诉事宜办结时间", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "裁判文书"
        ordering = ["received_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lawsuit", "court_level", "docket_no", "kind"], name="cases_judgment_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, court_costs__gte=0), name="cases_judgment_money_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gte=0, share__lte=100), name="cases_judgment_share"
            ),
            models.CheckConstraint(
                condition=Q(opinion="", opinion_text="", opined_by=None, opined_at=None)
                | (
                    Q(opined_by__isnull=False, opined_at__isnull=False) & ~Q(opinion="") & ~Q(opinion_text="")
                ),
                name="cases_judgment_opinion_in_writing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_court_level_display()}{self.get_kind_display()} {self.docket_no}"

    @property
    def may_be_appealed(self) -> bool:
        """A first judgment, or a ruling that dismisses the suit; what was agreed or withdrawn is over."""
        return self.court_level == CourtLevel.FIRST and self.kind in (self.Kind.JUDGMENT, self.Kind.DISMISSAL)


class LawsuitRequest(models.Model):
    """诉讼报批: what is asked of whoever holds authority over the suit. Asked anew, it is a new one."""

    class Purpose(models.TextChoices):
        DEFENCE = "defence", "应诉方案"
        APPEAL = "appeal", "上诉意见"
        SETTLEMENT = "settlement", "调解方案"

    lawsuit = models.ForeignKey(Lawsuit, models.PROTECT, related_name="requests", verbose_name="诉讼")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    purpose = models.CharField("报批事由", max_length=12, choices=Purpose)
    judgment = models.ForeignKey(
        Judgment, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name="裁判文书"
    )
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    proposal = models.TextField("方案与理由")
    submission = models.OneToOneField(
        Submission,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lawsuit_request",
        verbose_name="报批",
    )

    class Meta:
        verbose_name = verbose_name_plural = "诉讼报批"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["defence", "settlement"], judgment=None)
                | Q(purpose="appeal", judgment__isnull=False),
                name="cases_lawsuit_request_appeals_a_judgment",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cases_lawsuit_request_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.lawsuit} {self.get_purpose_display()}"


class LitigationCost(models.Model):
    """诉讼费用: what the suit itself cost us, beside what the court awarded."""

    class Kind(models.TextChoices):
        LAWYER = "lawyer", "律师费"
        COURT = "court", "诉讼费"
        APPRAISAL = "appraisal", "鉴定费"
        PRESERVATION = "preservation", "保全费"
        TRAVEL = "travel", "差旅费"
        OTHER = "other", "其他"

    lawsuit = models.ForeignKey(Lawsuit, models.PROTECT, related_name="costs", verbose_name="诉讼")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="litigation_costs", verbose_name="赔案")
    kind = models.CharField("费用种类", max_length=12, choices=Kind)
    amount = models.DecimalField("金额(元)", max_digits=12, decimal_places=2)
    incurred_on = models.DateField("发生日期")
    payee = models.CharField("收款方", max_length=60)
    voucher = models.CharField("凭证号", max_length=40, blank=True)
    counsel = models.ForeignKey(
        Counsel, models.PROTECT, null=True, blank=True, related_name="costs", verbose_name="代理人"
    )
    noted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    noted_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "诉讼费用"
        ordering = ["incurred_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cases_litigation_cost_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=["lawyer", "court", "appraisal", "preservation", "travel", "other"]),
                name="cases_litigation_cost_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
