from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse

from authority.models import AuthorityItem, LedgerEntry, PersonalGrant
from cases.models.case import ClaimCase
from departments.models import Staff

DEPARTMENT_LEVEL = 5


class Outcome(models.TextChoices):
    AGREE = "agree", "同意"
    AGREE_WITH_CONDITIONS = "agree_with_conditions", "附条件同意"
    RETURN = "return", "退回"
    REFUSE = "refuse", "不同意"
    REFER_UP = "refer_up", "初核上报"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, staff: Staff) -> SubmissionQuerySet:
        """The requests on the cases a person may see."""
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def over_authority(self) -> SubmissionQuerySet:
        """Open, and waiting for the department's head or on a chain that ends at the head office."""
        open_steps = ChainStep.objects.filter(submission=OuterRef("pk"), status__in=["now", "waiting"])
        high = Q(status="now", level__gte=DEPARTMENT_LEVEL) | Q(kind="head_office")
        return self.filter(Exists(open_steps.filter(high)), status="open")

    def with_station(self) -> SubmissionQuerySet:
        """With `station_*`: where the request waits now, for whom, since when; of several the first."""
        now = ChainStep.objects.filter(submission=OuterRef("pk"), status="now").order_by("number")
        names = {
            "station_id": "pk",
            "station_level": "level",
            "station_kind": "kind",
            "station_name": "staff__name",
            "waiting_since": "arrived_at",
        }
        return self.annotate(**{name: Subquery(now.values(field)[:1]) for name, field in names.items()})


class Submission(models.Model):
    """One request for one item of authority on one case. At most one is open per case and item.

    Its chain, its decisions and the ledger are its history.
    """

    class Status(models.TextChoices):
        OPEN = "open", "审批中"
        AGREED = "agreed", "已同意"
        RETURNED = "returned", "已退回"
        REFUSED = "refused", "不同意"
        WITHDRAWN = "withdrawn", "已撤回"

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="submissions", verbose_name="赔案")
    item = models.ForeignKey(AuthorityItem, models.PROTECT, related_name="submissions", verbose_name="事项")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    case_total = models.DecimalField("案件累计(元)", max_digits=14, decimal_places=2)
    per_person = models.DecimalField("单个伤者(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    special_kind = models.CharField("特殊案件类型", max_length=20, blank=True)
    # The record that a request beside the case's way is about; which kind of record, the item says.
    subject_id = models.PositiveBigIntegerField("所涉记录", null=True, blank=True)
    opinion = models.TextField("提交意见", blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    submitted_by = models.ForeignKey(Staff, models.PROTECT, related_name="submissions", verbose_name="提交人")
    submitted_at = models.DateTimeField("提交时间")
    decided_at = models.DateTimeField("终结时间", null=True, blank=True)
    idempotency_key = models.UUIDField("幂等键", null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报批"
        indexes = [
            models.Index(fields=["submitted_by", "-submitted_at"], name="cases_submission_by_submitter"),
            models.Index(
                fields=["item", "subject_id"],
                condition=Q(subject_id__isnull=False),
                name="cases_submission_by_subject",
            ),
            models.Index(
                fields=["decided_at"],
                condition=Q(status__in=["agreed", "refused"]),
                name="cases_submission_concluded",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "item"], condition=Q(status="open"), name="cases_submission_one_open"
            ),
            models.UniqueConstraint(
                fields=["submitted_by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="cases_submission_sent_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, case_total__gte=F("amount")), name="cases_submission_amounts"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "agreed", "returned", "refused", "withdrawn"]),
                name="cases_submission_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
                name="cases_submission_decided_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.item}"

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.case_id])


class OverAuthorityCase(Submission):
    """超权限案件: the requests that the department's head reviews; the same rows, listed in the admin."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "超权限案件"


class ChainStep(models.Model):
    """One station of a submission's chain. `staff` empty means the head office."""

    class Kind(models.TextChoices):
        PRELIMINARY = "preliminary", "初核"
        FINAL = "final", "终审"
        COSIGN = "cosign", "会签"
        ADDED = "added", "加签"
        HEAD_OFFICE = "head_office", "总公司"

    class Status(models.TextChoices):
        WAITING = "waiting", "未到"
        NOW = "now", "办理中"
        DONE = "done", "已办"
        SKIPPED = "skipped", "未经"
        INVALID = "invalid", "已失效"
        HANDED_ON = "handed_on", "已转办"
        TAKEN_BACK = "taken_back", "已拿回"

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="chain", verbose_name="报批")
    number = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("环节", max_length=12, choices=Kind)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="chain_steps", verbose_name="审批人"
    )
    acting_for = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代何人"
    )
    level = models.PositiveSmallIntegerField("级别", default=0)
    post_name = models.CharField("岗位", max_length=40, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    arrived_at = models.DateTimeField("到达时间", null=True, blank=True)
    left_at = models.DateTimeField("完成时间", null=True, blank=True)
    signing = models.ForeignKey(
        "cases.JointSigning",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name="会签与加签",
    )
    remark = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审批链"
        ordering = ["submission", "number"]
        indexes = [
            models.Index(
                fields=["staff", "arrived_at"], condition=Q(status="now"), name="cases_chain_waiting"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "number"],
                name="cases_chain_one_per_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["waiting", "now", "done", "skipped", "invalid", "handed_on", "taken_back"]
                ),
                name="cases_chain_status_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["preliminary", "final", "cosign", "added", "head_office"]),
                name="cases_chain_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="added") | Q(signing__isnull=False), name="cases_chain_added_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(staff__isnull=False) | Q(kind="head_office"), name="cases_chain_somebody_decides"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["now", "done"]) | Q(arrived_at__isnull=False),
                name="cases_chain_arrived",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"


class Decision(models.Model):
    """What somebody decided, on what basis. Never changed afterwards."""

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="decisions", verbose_name="赔案")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="decisions", verbose_name="报批")
    chain_step = models.OneToOneField(ChainStep, models.PROTECT, related_name="decision", verbose_name="环节")
    outcome = models.CharField("结论", max_length=22, choices=Outcome)
    decided_by = models.ForeignKey(Staff, models.PROTECT, related_name="decisions", verbose_name="决定人")
    acted_for = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代何人"
    )
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    opinion = models.TextField("意见", blank=True)
    conditions = models.TextField("条件", blank=True)
    return_to = models.CharField("退回至", max_length=16, blank=True)
    problem_codes = ArrayField(
        models.CharField(max_length=4), default=list, blank=True, verbose_name="问题代码"
    )
    ruling = models.JSONField("裁定")
    matter = models.JSONField("所裁定的事项", null=True, blank=True)
    grant = models.ForeignKey(
        PersonalGrant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权"
    )
    grant_version = models.PositiveIntegerField("授权版本", null=True, blank=True)
    letter_no = models.CharField("授权书号", max_length=40, blank=True)
    limit = models.DecimalField("权限(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    case_version = models.PositiveIntegerField("所见版本")
    ledger_entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="+", verbose_name="台账")
    idempotency_key = models.UUIDField("幂等键", null=True, blank=True)
    body_digest = models.CharField("请求摘要", max_length=64, blank=True)
    decided_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "审批意见"
        indexes = [models.Index(fields=["decided_by", "-decided_at"], name="cases_decision_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["decided_by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="cases_decision_sent_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="cases_decision_outcome_known"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cases_decision_amount_not_negative"),
            models.CheckConstraint(
                condition=~Q(outcome="return") | (Q(problem_codes__len__gt=0) & ~Q(return_to="")),
                name="cases_decision_return_names_problem",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="agree_with_conditions") | ~Q(conditions=""),
                name="cases_decision_conditions_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_outcome_display()}"

    @property
    def rests_on(self) -> str:
        """The grant by its letter and limit, or head office's answer by its number; needs `chain_step`."""
        if self.letter_no:
            limit = f"，限额 {self.limit:,.2f} 元" if self.limit is not None else ""
            return f"{self.letter_no}{limit}"
        if self.chain_step.kind != ChainStep.Kind.HEAD_OFFICE:
            return ""
        escalation = getattr(self.submission, "escalation", None)
        number = escalation.answer_no if escalation else ""
        return f"总公司批复 {number or '（未编号）'}"
