"""Papers with their file: stored under a random name, served to those who see what they belong to."""

from django.db import models
from django.db.models import Q

from authority.models.letters import AuthorityLetter
from departments.models import Certificate, Staff


class Scan(models.Model):
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("类型", max_length=60)
    size = models.PositiveIntegerField("大小(字节)")
    sha256 = models.CharField("摘要", max_length=64)
    filed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="归档人")
    filed_at = models.DateTimeField("归档时间", auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class LetterScan(Scan):
    """The signed paper of a letter."""

    letter = models.ForeignKey(AuthorityLetter, models.PROTECT, related_name="scans", verbose_name="授权书")
    file = models.FileField("文件", upload_to="letters/%Y/%m/")

    class Meta:
        verbose_name = verbose_name_plural = "授权书扫描件"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "sha256"], name="authority_scan_once_per_letter"),
            models.CheckConstraint(condition=Q(size__gt=0), name="authority_scan_not_empty"),
        ]


class CertificateScan(Scan):
    """A certificate as it was issued."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="scans", verbose_name="证件")
    file = models.FileField("文件", upload_to="certificates/%Y/%m/")

    class Meta:
        verbose_name = verbose_name_plural = "证件扫描件"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "sha256"], name="authority_scan_once_per_certificate"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="authority_certificatescan_not_empty"),
        ]
