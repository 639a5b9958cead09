from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from authority.models.letters import AuthorityLetter
from departments.models import Staff


class LetterImportQuerySet(models.QuerySet["LetterImport"]):
    def visible_to(self, staff: Staff) -> LetterImportQuerySet:
        """One's own: what it makes, a letter, is seen like any other letter."""
        return self.filter(uploaded_by=staff)


class LetterImport(models.Model):
    """An authority matrix read from a workbook, on its way to a draft letter; nothing of it counts yet.

    `heading`: the letter to be drafted, units by id. `rows`: the cells by column and the number of each row.
    """

    uploaded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    file_name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("摘要", max_length=64)
    heading = models.JSONField("抬头")
    rows = models.JSONField("数据行")
    letter = models.OneToOneField(
        AuthorityLetter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="imported_from",
        verbose_name="草稿",
    )

    objects = LetterImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权矩阵导入"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(rows=[]), name="authority_letterimport_has_rows"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("authority:letter_import", args=[self.pk])
