from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from guardian.models import UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from cases.lifecycle import WORK_ORDER, ClosingKind, Stage
from departments.access import SEE_CASES
from departments.models import OrgUnit, Staff
from departments.prepared import Prepared


class CoverageLine(models.TextChoices):
    CTPL = "ctpl", "交强险"
    OWN_DAMAGE = "own_damage", "车损险"
    THIRD_PARTY = "third_party", "三者险"
    OCCUPANT = "occupant", "车上人员"
    EXTRA = "extra", "附加险"


class LossClass(models.TextChoices):
    VEHICLE = "vehicle", "车"
    PROPERTY = "property", "物"
    INJURY = "injury", "人"


class CaseFlag(models.TextChoices):
    """What the survey finds that a 提级规则 may ask for; a rule may ask for further ones of its own."""

    DEATH = "death", "死亡"
    SERIOUS_INJURY = "serious_injury", "重伤"
    TOTAL_LOSS = "total_loss", "全损或推定全损"
    MEDIA = "media", "媒体关注"
    FROZEN = "frozen", "司法冻结"
    IMPORTED_VEHICLE = "imported_vehicle", "进口车"
    IMPORTED_HEAVY = "imported_heavy", "特种或重型进口车"
    COACH = "coach", "高价进口车或高档客车"
    RARE_VEHICLE = "rare_vehicle", "稀有或停产车型"
    NO_LOCAL_PARTS = "no_local_parts", "当地无修理条件或无配件"
    HELP_ASKED = "help_asked", "请求协助定损"


FLAGS_OF_FIELDS = {"major": "is_major", "suspected_fraud": "is_fraud_suspected", "injury": "is_injury"}
"""Flags that a field of the case says: nobody ticks them a second time."""


class ClaimCaseQuerySet(models.QuerySet["ClaimCase"]):
    def visible_to(self, staff: Staff) -> ClaimCaseQuerySet:
        """Where every page starts: what is not visible does not exist (404)."""
        mine = Q(unit__in=staff.unit_scope.ids(SEE_CASES))
        lent = lent_case_ids(staff)
        return self.filter(mine | Q(pk__in=lent) if lent else mine)

    def outstanding(self) -> ClaimCaseQuerySet:
        return self.exclude(stage=Stage.CLOSED)

    def for_list(self) -> ClaimCaseQuerySet:
        """With all that one row of the list shows."""
        return self.select_related("unit", "handler")


def _money(label: str) -> models.DecimalField[Decimal | float | str, Decimal]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, default=0)


class ClaimCase(models.Model):
    """赔案. While it is open somebody is responsible for it.

    `version` grows with every change that a person may have seen. `advanced` is the part of `approved` that
    was granted ahead of the adjudication and is set off against it.
    """

    report_no = models.CharField("报案号", max_length=30, unique=True)
    registration_no = models.CharField("立案号", max_length=30, blank=True)
    claim_no = models.CharField("赔案号", max_length=30, blank=True)
    policy_no = models.CharField("保单号", max_length=30, blank=True)
    # The indexes below that begin with the unit serve for the unit alone; nobody asks by insuring unit.
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="cases", db_index=False, verbose_name="机构"
    )
    insuring_unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="insured_cases",
        db_index=False,
        verbose_name="承保机构",
    )
    insured_name = models.CharField("被保险人", max_length=60, blank=True)
    plate_no = models.CharField("车牌", max_length=12, blank=True)
    vin = models.CharField("车架号", max_length=20, blank=True)
    vehicle_class = models.CharField("车型", max_length=30, blank=True)
    new_price = models.DecimalField("新车购置价(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    policy_from = models.DateField("保险起期", null=True, blank=True)
    accident_at = models.DateTimeField("出险时间", null=True, blank=True)
    accident_place = models.CharField("出险地点", max_length=120, blank=True)
    accident_cause = models.CharField("出险原因", max_length=30, blank=True)
    liability_ratio = models.PositiveSmallIntegerField("责任比例(%)", default=100)
    reported_at = models.DateTimeField("报案时间")
    registered_at = models.DateTimeField("立案时间", null=True, blank=True)
    is_forced_registration = models.BooleanField("强制立案", default=False)
    papers_complete_at = models.DateTimeField("材料收齐时间", null=True, blank=True)
    # What else happened when: clocks start and stop there (docs/clocks.md).
    dispatched_at = models.DateTimeField("派工时间", null=True, blank=True)
    contacted_at = models.DateTimeField("首次联系时间", null=True, blank=True)
    arrived_at = models.DateTimeField("到达现场时间", null=True, blank=True)
    claimed_at = models.DateTimeField("索赔申请时间", null=True, blank=True)
    list_given_at = models.DateTimeField("告知材料清单时间", null=True, blank=True)
    ctpl_decided_at = models.DateTimeField("交强险核定告知时间", null=True, blank=True)
    entrusted_done_at = models.DateTimeField("受托查勘完成时间", null=True, blank=True)
    papers_returned_at = models.DateTimeField("受托材料寄回时间", null=True, blank=True)
    lines = ArrayField(
        models.CharField(max_length=12, choices=CoverageLine), default=list, verbose_name="险别"
    )
    loss_classes = ArrayField(
        models.CharField(max_length=10, choices=LossClass), default=list, verbose_name="损失类别"
    )
    is_injury = models.BooleanField("涉及人伤", default=False)
    is_litigated = models.BooleanField("涉诉", default=False)
    is_major = models.BooleanField("重大案件", default=False)
    major_criterion = models.CharField("重大标准", max_length=60, blank=True)
    is_fraud_suspected = models.BooleanField("欺诈嫌疑", default=False)
    flags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name="案件标识")
    special_kinds = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="特殊案件类型"
    )
    agency_direction = models.CharField(
        "双代方向", max_length=3, blank=True, choices=[("", "本机构"), ("out", "委托"), ("in", "受托")]
    )
    handler = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="handled_cases", verbose_name="责任人"
    )
    stage = models.CharField("状态", max_length=16, choices=Stage, default=Stage.REPORTED)
    returned_to = models.CharField(
        "退回至",
        max_length=20,
        choices=[(action.value, action.label) for action in WORK_ORDER],
        blank=True,
        default="",
        db_default="",
    )
    stage_entered_at = models.DateTimeField("进入状态时间", default=timezone.now)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    estimate = _money("估损(元)")
    assessed = _money("定损(元)")
    reviewed = _money("核损(元)")
    adjusted = _money("理算(元)")
    approved = _money("核赔(元)")
    paid = _money("已付(元)")
    advanced = models.DecimalField("待冲销预付(元)", max_digits=14, decimal_places=2, default=0, db_default=0)
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)
    closing_kind = models.CharField("结案方式", max_length=10, choices=ClosingKind, blank=True)
    paid_at = models.DateTimeField("支付时间", null=True, blank=True)
    uncleared_reasons = ArrayField(
        models.CharField(max_length=1), default=list, blank=True, verbose_name="未清理原因"
    )
    expected_close_on = models.DateField("预计结案日期", null=True, blank=True)
    source = models.CharField("来源", max_length=20, default="manual")
    version = models.PositiveIntegerField("版本", default=1)

    objects = ClaimCaseQuerySet.as_manager()
    # Read by case and by moment only; every index is paid for at every change and a million times an import.
    history = HistoricalRecords(no_db_index=["unit", "insuring_unit", "handler", "report_no"])

    class Meta:
        verbose_name = verbose_name_plural = "赔案"
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="cases_case_newest"),
            models.Index(fields=["unit", "-reported_at", "-id"], name="cases_case_unit_newest"),
            models.Index(
                fields=["unit", "-reported_at", "-id"],
                condition=~Q(stage="closed"),
                name="cases_case_unit_open",
            ),
            models.Index(
                fields=["-reported_at", "-id"], condition=~Q(stage="closed"), name="cases_case_open_newest"
            ),
            models.Index(
                fields=["stage_entered_at", "id"],
                condition=~Q(stage="closed"),
                name="cases_case_open_waiting",
            ),
            models.Index(fields=["-estimate", "-id"], name="cases_case_largest"),
            models.Index(
                fields=["handler", "stage_entered_at"],
                condition=~Q(stage="closed"),
                name="cases_case_handled",
            ),
            models.Index(fields=["plate_no"], opclasses=["varchar_pattern_ops"], name="cases_case_by_plate"),
            models.Index(
                fields=["claim_no"], opclasses=["varchar_pattern_ops"], name="cases_case_by_claim_no"
            ),
            models.Index(
                fields=["policy_no"], opclasses=["varchar_pattern_ops"], name="cases_case_by_policy"
            ),
            models.Index(
                fields=["insured_name"], opclasses=["varchar_pattern_ops"], name="cases_case_by_insured"
            ),
            models.Index(fields=["vin"], condition=~Q(vin=""), name="cases_case_by_vin"),
            models.Index(fields=["closed_at"], condition=Q(stage="closed"), name="cases_case_closed"),
            models.Index(fields=["registered_at"], name="cases_case_registered"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    estimate__gte=0,
                    assessed__gte=0,
                    reviewed__gte=0,
                    adjusted__gte=0,
                    approved__gte=0,
                    paid__gte=0,
                ),
                name="cases_case_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(paid__lte=F("approved")), name="cases_case_paid_within_approved"
            ),
            models.CheckConstraint(
                condition=Q(advanced__gte=0, advanced__lte=F("approved")),
                name="cases_case_advanced_within_approved",
            ),
            models.CheckConstraint(
                condition=Q(new_price=None) | Q(new_price__gt=0), name="cases_case_new_price_positive"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="cases_case_stage_known"),
            models.CheckConstraint(
                condition=Q(stage=Stage.CLOSED) | Q(handler__isnull=False), name="cases_case_open_has_handler"
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.CLOSED, closed_at__isnull=False, closing_kind__in=ClosingKind.values)
                | (~Q(stage=Stage.CLOSED) & Q(closed_at=None, closing_kind="")),
                name="cases_case_closed_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(returned_to__in=["", *WORK_ORDER]), name="cases_case_returned_to_known"
            ),
            models.CheckConstraint(condition=Q(liability_ratio__lte=100), name="cases_case_liability_ratio"),
            models.CheckConstraint(
                condition=Q(agency_direction__in=["", "out", "in"]), name="cases_case_agency_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(list_given_at=None) | Q(claimed_at__isnull=False),
                name="cases_case_list_given_when_claimed",
            ),
            models.CheckConstraint(
                condition=Q(papers_returned_at=None)
                | Q(entrusted_done_at__isnull=False, papers_returned_at__gte=F("entrusted_done_at")),
                name="cases_case_papers_returned_when_done",
            ),
        ]

    def __str__(self) -> str:
        return self.claim_no or self.report_no

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.pk])

    @cached_property
    def co_handler_ids(self) -> frozenset[int]:
        """Who works on it beside the handler now; read when first asked for."""
        return frozenset(self.co_handlers.filter(removed_at=None).values_list("staff_id", flat=True))


class CaseUserPermission(UserObjectPermissionBase):
    """A case lent to somebody outside its unit, until a date; the exception beside the unit permissions."""

    content_object = models.ForeignKey(ClaimCase, models.CASCADE, related_name="loans")
    until = models.DateField("至")
    reason = models.CharField("理由", max_length=200)
    lent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="出借人")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "案件借阅"
        indexes = [models.Index(fields=["user", "until"], name="cases_loan_by_person")]


LENT = Prepared(
    lambda staff_id, today: CaseUserPermission.objects.filter(user=staff_id, until__gte=today).values_list(
        "content_object_id", flat=True
    ),
    staff_id=int,
    today=date,
)


_LENT = "lent_case_ids"


def lent_case_ids(staff: Staff) -> list[int]:
    """The cases lent to this person today, nearly always none; read once per request."""
    kept = staff.read_once
    if _LENT not in kept:
        kept[_LENT] = LENT(staff_id=staff.pk, today=timezone.localdate())
    ids: list[int] = kept[_LENT]
    return ids


def forget_lent(staff: Staff) -> None:
    """Once a loan of this person changed within the request."""
    staff.read_once.pop(_LENT, None)
