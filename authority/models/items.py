from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords


class Measure(models.TextChoices):
    """Which amount a limit is compared with; the names are those of `authority.rulings.Matter.amounts`."""

    ITEM = "item", "本事项金额"
    PER_PERSON = "per_person", "单个伤者金额"
    CASE_TOTAL = "case_total", "案件累计金额"
    INCREMENT = "increment", "调整增量"


class AuthorityItem(models.Model):
    """权限事项: a kind of decision that needs somebody's authority."""

    code = models.CharField("代码", max_length=30, unique=True)
    name = models.CharField("事项", max_length=20)
    measure = models.CharField("计量口径", max_length=12, choices=Measure)
    is_key = models.BooleanField("关键岗位事项", default=False)
    review_step = models.CharField("对应环节", max_length=20, blank=True)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    post_types = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name="办理岗位",
        help_text="由哪些岗位办理（岗位代码，逗号分隔）；不填为不限。其他岗位持有该事项，巡查时会指出。",
    )
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "权限事项"
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values), name="authority_item_measure_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReferralRuleQuerySet(models.QuerySet["ReferralRule"]):
    def on(self, day: date) -> ReferralRuleQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ReferralRule(models.Model):
    """提级规则: goes up, must be consulted on, is told or is stopped, whatever the amount.

    A change that begins later is a row of its own with the same code; the versions follow each other. `post`
    is the code of the post that gives the opinion or is told.
    """

    class Kind(models.TextChoices):
        MUST_REFER = "must_refer", "必须提级"
        MUST_CONSULT = "must_consult", "必须会商"
        NOTIFY = "notify", "须报告"
        HARD_STOP = "hard_stop", "禁止"

    code = models.CharField("代码", max_length=30)
    name = models.CharField("规则", max_length=60)
    kind = models.CharField("效力", max_length=12, choices=Kind)
    items = ArrayField(models.CharField(max_length=30), verbose_name="适用事项")
    flags = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name="案件标识(须同时具备)"
    )
    figures_over = models.JSONField("金额条件(元)", default=dict, blank=True)
    to_level = models.PositiveSmallIntegerField("提至级别", default=6)
    post = models.CharField("会商或报告岗位", max_length=20, blank=True)
    text = models.CharField("说明", max_length=200)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = ReferralRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "提级规则"
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="authority_referralrule_one_version"),
            models.CheckConstraint(
                condition=~Q(kind__in=["must_consult", "notify"]) | ~Q(post=""),
                name="authority_referralrule_names_post",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authority_referralrule_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["must_refer", "must_consult", "notify", "hard_stop"]),
                name="authority_referralrule_kind_known",
            ),
            models.CheckConstraint(condition=Q(to_level__lte=6), name="authority_referralrule_level_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("authority:rule", args=[self.pk])
