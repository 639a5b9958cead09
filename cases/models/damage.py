from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.money import CaseLoss
from departments.models import OrgUnit, Staff

LINE_KINDS = ("part", "labour", "paint", "material", "property")


class ReductionReasonQuerySet(models.QuerySet["ReductionReason"]):
    def on(self, day: date) -> ReductionReasonQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ReductionReason(models.Model):
    """核减原因: why the reviewer took something off a line. Dated, with its source."""

    code = models.CharField("代码", max_length=10, unique=True)
    name = models.CharField("原因", max_length=40)
    rank = models.PositiveSmallIntegerField("排序")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = ReductionReasonQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "核减原因"
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name


class DamageSheet(models.Model):
    """定损单: the heading of the lines of one loss — which vehicle, where it is repaired."""

    class Shop(models.TextChoices):
        BRAND = "brand", "4S 店"
        GENERAL = "general", "综合修理厂"
        OTHER = "other", "其他"

    loss = models.OneToOneField(CaseLoss, models.CASCADE, related_name="sheet", verbose_name="损失")
    case = models.ForeignKey(ClaimCase, models.CASCADE, related_name="sheets", verbose_name="赔案")
    brand = models.CharField("品牌", max_length=30, blank=True)
    series = models.CharField("车系", max_length=40, blank=True)
    shop = models.CharField("修理厂", max_length=60, blank=True)
    shop_kind = models.CharField("修理厂类别", max_length=10, choices=Shop, default=Shop.GENERAL)
    entered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "定损单"
        indexes = [models.Index(fields=["shop"], name="cases_sheet_by_shop")]
        constraints = [
            models.CheckConstraint(
                condition=Q(shop_kind__in=["brand", "general", "other"]), name="cases_sheet_shop_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loss} {self.brand} {self.series}".strip()


class DamageItem(models.Model):
    """One line: a part, labour, paint, material or a thing; as claimed by the assessment and as reviewed.

    `quantity` is in 工时 for labour and paint. `adjustment`: its share of what head office altered.
    """

    class Kind(models.TextChoices):
        PART = "part", "配件"
        LABOUR = "labour", "工时"
        PAINT = "paint", "喷漆"
        MATERIAL = "material", "辅料"
        PROPERTY = "property", "物品"

    sheet = models.ForeignKey(DamageSheet, models.CASCADE, related_name="items", verbose_name="定损单")
    case = models.ForeignKey(ClaimCase, models.CASCADE, related_name="damage_items", verbose_name="赔案")
    number = models.PositiveSmallIntegerField("行")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    code = models.CharField("编码", max_length=40, blank=True)
    name = models.CharField("名称", max_length=60)
    name_key = models.CharField("名称(规范)", max_length=60)
    supplier = models.CharField("供应商", max_length=60, blank=True)
    quantity = models.DecimalField("数量", max_digits=8, decimal_places=2)
    price = models.DecimalField("定损单价(元)", max_digits=12, decimal_places=2)
    residual = models.DecimalField("残值(元)", max_digits=12, decimal_places=2, default=0)
    claimed = models.DecimalField("定损金额(元)", max_digits=14, decimal_places=2)
    reviewed_quantity = models.DecimalField("核定数量", max_digits=8, decimal_places=2, null=True, blank=True)
    reviewed_price = models.DecimalField(
        "核定单价(元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    reviewed_residual = models.DecimalField(
        "核定残值(元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    adjustment = models.DecimalField("批复调整(元)", max_digits=14, decimal_places=2, default=0)
    reviewed = models.DecimalField("核定金额(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    reason = models.ForeignKey(
        ReductionReason, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核减原因"
    )
    note = models.CharField("核减说明", max_length=200, blank=True)
    reviewed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "定损明细"
        ordering = ["sheet", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="cases_item_number_once"),
            models.CheckConstraint(condition=Q(kind__in=LINE_KINDS), name="cases_item_kind_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(name_key=""), name="cases_item_named"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price__gte=0, residual__gte=0, claimed__gte=0),
                name="cases_item_claimed_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(claimed=Round(F("quantity") * F("price"), 2) - F("residual")),
                name="cases_item_claimed_is_the_product",
            ),
            models.CheckConstraint(
                condition=Q(
                    reviewed=None, reviewed_quantity=None, reviewed_price=None, reviewed_residual=None,
                    reviewed_by=None, adjustment=0, reason=None,
                )
                | Q(
                    reviewed__gte=0, reviewed_quantity__gte=0, reviewed_price__gte=0,
                    reviewed_residual__gte=0, reviewed_by__isnull=False, reviewed__isnull=False,
                    reviewed_quantity__isnull=False, reviewed_price__isnull=False,
                    reviewed_residual__isnull=False,
                ),
                name="cases_item_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed=None)
                | Q(
                    reviewed=Round(F("reviewed_quantity") * F("reviewed_price"), 2)
                    - F("reviewed_residual")
                    + F("adjustment")
                ),
                name="cases_item_reviewed_is_the_product",
            ),
            models.CheckConstraint(
                condition=Q(reviewed=None) | Q(reviewed__gte=F("claimed")) | Q(reason__isnull=False),
                name="cases_item_reduction_has_reason",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def granted(self) -> Decimal:
        """As reviewed; what nobody touched stands as claimed."""
        return self.claimed if self.reviewed is None else self.reviewed

    @property
    def cut(self) -> Decimal:
        return self.claimed - self.granted

    @property
    def unit_word(self) -> str:
        return "工时" if self.kind in ("labour", "paint") else "件"


class PartPriceQuerySet(models.QuerySet["PartPrice"]):
    def for_list(self) -> PartPriceQuerySet:
        return self.select_related("unit", "case", "entered_by")


class PartPrice(models.Model):
    """本地价格: what a part cost here, from a review that was agreed or from asking the market."""

    class Origin(models.TextChoices):
        REVIEW = "review", "核定价"
        QUOTE = "quote", "市场询价"

    code = models.CharField("编码", max_length=40, blank=True)
    name = models.CharField("名称", max_length=60)
    name_key = models.CharField("名称(规范)", max_length=60)
    brand = models.CharField("品牌", max_length=30, blank=True)
    series = models.CharField("车系", max_length=40, blank=True)
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="part_prices", db_index=False, verbose_name="地区(机构)"
    )
    supplier = models.CharField("供应商", max_length=60, blank=True)
    price = models.DecimalField("单价(元)", max_digits=12, decimal_places=2)
    priced_on = models.DateField("日期")
    origin = models.CharField("来源", max_length=10, choices=Origin)
    case = models.ForeignKey(
        ClaimCase, models.CASCADE, null=True, blank=True, related_name="part_prices", verbose_name="来源赔案"
    )
    item = models.OneToOneField(
        DamageItem, models.SET_NULL, null=True, blank=True, related_name="priced", verbose_name="明细"
    )
    entered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = PartPriceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "配件价格"
        ordering = ["-priced_on", "-id"]
        indexes = [
            models.Index(fields=["code", "priced_on"], name="cases_price_by_code"),
            models.Index(fields=["name_key", "priced_on"], name="cases_price_by_name"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="cases_price_positive"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(name_key=""), name="cases_price_named"),
            models.CheckConstraint(
                condition=Q(origin="review", case__isnull=False) | Q(origin="quote", case=None, item=None),
                name="cases_price_from_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.price}"

    def get_absolute_url(self) -> str:
        return f"{reverse('cases:prices')}?part={self.code or self.name}"
