"""特殊案件: what leaves the ordinary way of a case, asked for, decided and carried out on its own."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.special_kinds import Kind, SpecialKind, SpecialReason
from departments.models import Staff

MONEY = (Kind.PREPAYMENT, Kind.RESCUE_PAYMENT, Kind.RESCUE_ADVANCE, Kind.EX_GRATIA)
RESCUE = (Kind.RESCUE_PAYMENT, Kind.RESCUE_ADVANCE)
SET_OFF = (Kind.PREPAYMENT, Kind.RESCUE_PAYMENT)
"""Paid ahead of the adjudication, which contains them; a 垫付 is got back from who caused the loss."""


class SpecialRequestQuerySet(models.QuerySet["SpecialRequest"]):
    def visible_to(self, staff: Staff) -> SpecialRequestQuerySet:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def for_list(self) -> SpecialRequestQuerySet:
        return self.select_related("case__unit", "case__handler", "reason", "requested_by", "notice")

    def granted(self) -> SpecialRequestQuerySet:
        """Agreed to, and not given up since."""
        return self.filter(state__in=["agreed", "executed"])

    def waiting_for(self, staff: Staff, which: str) -> SpecialRequestQuerySet:
        """What this person owes: by the name of the filter `mine` of the list."""
        handled = Q(case__handler=staff)
        decided = Q(state__in=["agreed", "executed", "refused"], entered_at=None)
        posts = {held.post.post_type.code for held in staff.posts_today} if which == "enter" else set()
        kinds = SpecialKind.objects.filter(registering_posts__overlap=list(posts)).values("code")
        wanted: dict[str, Q] = {
            "asked": Q(requested_by=staff),
            "returned": Q(requested_by=staff, state="returned"),
            "notice": handled & Q(kind=Kind.REFUSAL, state="agreed"),
            "pay": handled & Q(kind__in=MONEY, state="agreed"),
            "set_off": handled & Q(kind__in=SET_OFF, paid__gt=0, set_off_at=None, state="executed"),
            "enter": decided & Q(kind__in=kinds) & ~Q(requested_by=staff),
            "close": handled
            & Q(kind=Kind.EX_GRATIA, is_sole=True, state="executed", round=F("case__round"))
            & ~Q(case__stage="closed"),
        }
        return self.visible_to(staff).filter(wanted[which])

    def with_clocks(self) -> SpecialRequestQuerySet:
        """With the moments between which their clocks run; null where a clock is none of the row's."""
        refused = Q(kind=Kind.REFUSAL, state__in=["agreed", "executed"])
        rescue = Q(kind__in=RESCUE) & ~Q(state__in=["refused", "lapsed"])
        return self.select_related("case").annotate(
            refusal_from=Case(When(refused, then=F("decided_at"))),
            refusal_told=F("notice__sent_at"),
            rescue_from=Case(When(rescue, then=F("police_notice_at"))),
        )


def _yuan(label: str) -> models.DecimalField[Decimal | float | str, Decimal]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, default=0)


class SpecialRequest(models.Model):
    """One request of one kind on one case. Columns of other kinds stay empty.

    `basis_amount` is what a share is taken of. `granted` is what was agreed to, `paid` what went out of it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草拟"
        OPEN = "open", "审批中"
        RETURNED = "returned", "已退回"
        REFUSED = "refused", "不同意"
        AGREED = "agreed", "已同意"
        EXECUTED = "executed", "已执行"
        LAPSED = "lapsed", "已作废"

    class Basis(models.TextChoices):
        """Of a prepayment."""

        MAJOR = "major", "重大案件"
        MEDICAL = "medical", "长期治疗医疗费"
        CERTAIN = "certain", "可确定部分"

    class Ground(models.TextChoices):
        """交强险条例 art. 22: when the insurer advances and gets it back."""

        UNLICENSED = "unlicensed", "未取得驾驶资格"
        DRUNK = "drunk", "醉酒"
        STOLEN = "stolen", "盗抢期间肇事"
        DELIBERATE = "deliberate", "故意制造事故"

    number = models.CharField("编号", max_length=30, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="special_requests", verbose_name="赔案")
    kind = models.CharField("类型", max_length=20, choices=Kind)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    reason = models.ForeignKey(
        SpecialReason, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原因"
    )
    statement = models.TextField("情况说明")
    amount = _yuan("申请金额(元)")
    basis_amount = _yuan("计算基数(元)")
    requested_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间", default=timezone.now)
    # 拒赔
    is_partial = models.BooleanField("部分拒赔", default=False)
    clause = models.CharField("依据条款", max_length=200, blank=True)
    evidence = models.TextField("证据", blank=True)
    known_on = models.DateField("知道解除事由之日", null=True, blank=True)
    # 注销
    declared_on = models.DateField("客户声明日期", null=True, blank=True)
    declarant = models.CharField("声明人", max_length=30, blank=True)
    # 预付
    basis = models.CharField("预付依据", max_length=10, choices=Basis, blank=True)
    invoices = models.CharField("医疗费发票", max_length=100, blank=True)
    # 抢救费
    police_notice_no = models.CharField("交警通知书号", max_length=40, blank=True)
    police_notice_at = models.DateTimeField("交警通知时间", null=True, blank=True)
    hospital = models.CharField("医院", max_length=60, blank=True)
    patient = models.CharField("伤者", max_length=30, blank=True)
    ground = models.CharField("垫付事由", max_length=12, choices=Ground, blank=True)
    debtor = models.CharField("被追偿人", max_length=60, blank=True)
    # 通融
    is_attested = models.BooleanField("已核实事故真实、保单有效、无道德风险", default=False)
    is_sole = models.BooleanField(
        "本案只作通融赔付，不再按责任赔付", default=False, db_default=False,
        help_text="同意并付清后，可凭此结案",
    )  # fmt: skip
    # 付款
    payee = models.CharField("收款人", max_length=60, blank=True)
    payee_account = models.CharField("收款账号", max_length=34, blank=True)
    granted = _yuan("核准金额(元)")
    paid = _yuan("已付(元)")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    executed_at = models.DateTimeField("执行时间", null=True, blank=True)
    set_off_at = models.DateTimeField("冲销时间", null=True, blank=True)
    entered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    entered_at = models.DateTimeField("登记时间", null=True, blank=True)
    reported_on = models.DateField("报总公司日期", null=True, blank=True)

    objects = SpecialRequestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "特殊案件"
        ordering = ["-requested_at", "-id"]
        indexes = [
            models.Index(fields=["kind", "-requested_at", "-id"], name="cases_special_by_kind"),
            models.Index(
                fields=["case"], condition=Q(state__in=["draft", "open", "returned", "agreed"]),
                name="cases_special_live",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="cases_special_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "open", "returned", "refused", "agreed", "executed", "lapsed"]
                ),
                name="cases_special_state_known",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, basis_amount__gte=0, granted__gte=0, paid__gte=0),
                name="cases_special_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(paid__lte=F("granted")), name="cases_special_paid_within_granted"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["", "major", "medical", "certain"]), name="cases_special_basis_known"
            ),
            models.CheckConstraint(
                condition=Q(ground__in=["", "unlicensed", "drunk", "stolen", "deliberate"]),
                name="cases_special_ground_known",
            ),
            models.CheckConstraint(
                condition=(~Q(state__in=["draft", "open", "returned"]) | Q(decided_at=None))
                & (~Q(state__in=["refused", "agreed", "executed"]) | Q(decided_at__isnull=False)),
                name="cases_special_decided_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(state="executed") | Q(executed_at__isnull=False),
                name="cases_special_executed_at",
            ),
            models.CheckConstraint(
                condition=Q(set_off_at=None) | Q(kind__in=SET_OFF), name="cases_special_set_off_kinds"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=RESCUE)
                | (~Q(police_notice_no="") & ~Q(hospital="") & Q(police_notice_at__isnull=False)),
                name="cases_special_rescue_on_notice",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.RESCUE_ADVANCE) | ~Q(ground="", debtor=""),
                name="cases_special_advance_names_debtor",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.CANCELLATION) | Q(declared_on__isnull=False),
                name="cases_special_cancelled_on_declaration",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.PREPAYMENT) | ~Q(basis=""), name="cases_special_prepaid_on_basis"
            ),
            models.CheckConstraint(
                condition=Q(is_sole=False) | Q(kind=Kind.EX_GRATIA), name="cases_special_sole_ex_gratia"
            ),
            models.CheckConstraint(
                condition=Q(entered_at=None, entered_by=None)
                | Q(entered_at__isnull=False, entered_by__isnull=False),
                name="cases_special_entered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cases:special", args=[self.pk])

    @property
    def gives_money(self) -> bool:
        return self.kind in MONEY

    @property
    def is_editable(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.RETURNED)


class RefusalNotice(models.Model):
    """拒赔通知书: sent in the days the law gives; how it arrived, and what became of it."""

    class Way(models.TextChoices):
        IN_PERSON = "in_person", "当面签收"
        MAIL = "mail", "挂号邮寄"
        ELECTRONIC = "electronic", "电子送达"
        NOTARISED = "notarised", "公证送达"

    class Result(models.TextChoices):
        STANDS = "stands", "维持拒赔"
        CHANGED = "changed", "改为部分赔付"
        REVERSED = "reversed", "撤销拒赔"

    number = models.CharField("通知书号", max_length=30, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="refusal_notices", verbose_name="赔案")
    request = models.OneToOneField(
        SpecialRequest, models.PROTECT, related_name="notice", verbose_name="拒赔申请"
    )
    addressee = models.CharField("收件人", max_length=60)
    way = models.CharField("送达方式", max_length=12, choices=Way)
    sent_at = models.DateTimeField("发出时间")
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="经办人")
    delivered_on = models.DateField("送达日期", null=True, blank=True)
    receipt = models.CharField("回执或签收", max_length=60, blank=True)
    objected_on = models.DateField("异议日期", null=True, blank=True)
    objection = models.TextField("异议内容", blank=True)
    sued_on = models.DateField("起诉日期", null=True, blank=True)
    court = models.CharField("法院及案号", max_length=80, blank=True)
    result = models.CharField("结果", max_length=10, choices=Result, blank=True)
    result_on = models.DateField("结果日期", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "拒赔通知书"
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=["in_person", "mail", "electronic", "notarised"]),
                name="cases_notice_way_known",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["", "stands", "changed", "reversed"]),
                name="cases_notice_result_known",
            ),
            models.CheckConstraint(
                condition=Q(result="", result_on=None) | (~Q(result="") & Q(result_on__isnull=False)),
                name="cases_notice_result_dated",
            ),
            models.CheckConstraint(
                condition=Q(objected_on=None) | ~Q(objection=""), name="cases_notice_objection_told"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> str:
        if self.result:
            return str(self.result)
        if self.sued_on:
            return "sued"
        if self.objected_on:
            return "objected"
        return "delivered" if self.delivered_on else "sent"

    @property
    def state_name(self) -> str:
        names = {"sent": "已发出", "delivered": "已送达", "objected": "有异议", "sued": "已起诉"}
        return names.get(self.state) or str(self.get_result_display())
