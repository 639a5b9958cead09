from django.db import models


class LedgerSeal(models.Model):
    """台账封存: the heads of all chains that grew since the seal before, under a signature.

    Append-only; the signing key is never in this database. Written by `authority.seals` only.
    """

    sequence = models.PositiveBigIntegerField("封存序号", unique=True)
    at = models.DateTimeField("封存时间")
    since = models.DateTimeField("上次封存至", null=True)
    watermark = models.BigIntegerField("已封存至")
    pending = models.JSONField("当时未提交", default=list)
    entry_count = models.PositiveIntegerField("新增项数")
    head_count = models.PositiveIntegerField("涉及链数")
    digest = models.CharField("链首摘要", max_length=64)
    key_name = models.CharField("密钥标识", max_length=8)
    previous_signature = models.CharField("前次签名", max_length=64, blank=True)
    signature = models.CharField("签名", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "台账封存"

    def __str__(self) -> str:
        return f"封存 {self.sequence}"


class SealedHead(models.Model):
    """Where one chain stood when it was sealed."""

    seal = models.ForeignKey(LedgerSeal, models.PROTECT, related_name="heads", verbose_name="封存")
    chain = models.CharField("链", max_length=40, db_collation="C")
    sequence = models.PositiveIntegerField("序号")
    hash = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "已封存的链首"
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="authority_sealed_head_once"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.sequence}"
