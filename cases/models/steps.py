from django.db import models
from django.db.models import F, Q

from cases.models.case import ClaimCase
from departments.models import Staff


class Step(models.TextChoices):
    """Who did what; the values are the step codes of `authority.rulings.StepDone`."""

    REPORT = "report", "接报案"
    REGISTER = "register", "立案"
    SURVEY = "survey", "查勘"
    ASSESS = "assess", "定损"
    REVIEW_DAMAGE = "review_damage", "核损"
    REVIEW_PRICE = "review_price", "核价"
    REVIEW_INJURY = "review_injury", "人伤审核"
    ADJUST = "adjust", "理算"
    SUBMIT = "submit", "提交"
    ADJUDICATE = "adjudicate", "核赔"
    PRELIMINARY = "preliminary", "初核"
    HEAD_OFFICE = "head_office", "总公司审批"
    EDIT_AMOUNT = "edit_amount", "修改金额"
    MEDIATE = "mediate", "调解"
    PAY = "pay", "支付"
    CLOSE = "close", "结案"


class CaseStep(models.Model):
    """One piece of work on a case; separation of duties, turnaround and time per stage all read it."""

    case = models.ForeignKey(ClaimCase, models.CASCADE, related_name="steps", verbose_name="赔案")
    step = models.CharField("环节", max_length=16, choices=Step)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    person = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="办理人")
    acted_for = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代何人"
    )
    entered_at = models.DateTimeField("进入时间")
    left_at = models.DateTimeField("完成时间", null=True, blank=True)
    result = models.CharField("结果", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理环节"
        indexes = [models.Index(fields=["case", "entered_at"], name="cases_step_by_case")]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=Step.values), name="cases_step_known"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")), name="cases_step_times_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.person}"
