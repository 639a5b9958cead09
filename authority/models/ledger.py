from django.db import models
from django.db.models import Q

from departments.models import Staff


class LedgerEntry(models.Model):
    """授权行使台账: append-only, chained per case or letter. Written by `authority.ledger.record` only."""

    chain = models.CharField("链", max_length=40, db_collation="C")
    sequence = models.PositiveIntegerField("序号")
    action = models.CharField("动作", max_length=40)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    acted_for = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name="代何人")
    from_state = models.CharField("原状态", max_length=30, blank=True)
    to_state = models.CharField("新状态", max_length=30, blank=True)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2, null=True)
    grant_id = models.BigIntegerField("授权行", null=True)
    reason = models.TextField("理由", blank=True)
    details = models.JSONField("详情", default=dict)
    request_id = models.CharField("请求号", max_length=40, blank=True)
    address = models.CharField("地址", max_length=45, blank=True)
    previous_hash = models.CharField("前项摘要", max_length=64)
    hash = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "授权行使台账"
        indexes = [
            models.Index(fields=["-at", "-id"], name="authority_ledger_newest"),
            models.Index(
                fields=["grant_id"], condition=Q(grant_id__isnull=False), name="authority_ledger_by_grant"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "sequence"], name="authority_ledger_no_two_in_one_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.sequence} {self.action}"
