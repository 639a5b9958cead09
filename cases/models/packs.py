from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cases.models.case import LossClass
from cases.models.papers import CasePaper


class PackItemQuerySet(models.QuerySet["PackItem"]):
    def on(self, day: date) -> PackItemQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class PackItem(models.Model):
    """上报材料: what head office wants to see in a pack. Any of `paper_kinds` will do."""

    name = models.CharField("材料", max_length=30)
    paper_kinds = ArrayField(
        models.CharField(max_length=16, choices=CasePaper.Kind), verbose_name="案卷材料类别（有一即可）"
    )
    loss_class = models.CharField(
        "损失类别", max_length=10, choices=LossClass, blank=True, help_text="空白：每件都要"
    )
    rank = models.PositiveSmallIntegerField("排序", default=0)
    source = models.CharField("依据", max_length=200)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    is_verified = models.BooleanField("已核实", default=False)

    objects = PackItemQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "上报材料"
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="cases_pack_item_dates_in_order",
            ),
            models.CheckConstraint(condition=Q(paper_kinds__len__gt=0), name="cases_pack_item_names_a_paper"),
            models.CheckConstraint(
                condition=Q(loss_class__in=["", *LossClass.values]), name="cases_pack_item_loss_class_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
