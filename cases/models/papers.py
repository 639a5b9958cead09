from django.db import models
from django.db.models import Q

from cases.models.case import ClaimCase
from departments.models import Staff


class CasePaper(models.Model):
    """A paper of the case's file, stored under a random name and served only to those who see the case."""

    class Kind(models.TextChoices):
        CLAIM_FORM = "claim_form", "索赔申请书"
        LICENCE = "licence", "行驶证驾驶证"
        ACCIDENT_PROOF = "accident_proof", "事故证明"
        SURVEY_RECORD = "survey_record", "查勘记录"
        PHOTO = "photo", "照片"
        ASSESSMENT = "assessment", "定损单"
        INVOICE = "invoice", "维修发票"
        MEDICAL = "medical", "医疗资料"
        DISABILITY = "disability", "伤残鉴定"
        JUDGMENT = "judgment", "判决调解书"
        IDENTITY = "identity", "身份与账户"
        OTHER = "other", "其他"

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="papers", verbose_name="赔案")
    kind = models.CharField("类别", max_length=16, choices=Kind)
    name = models.CharField("文件名", max_length=120)
    file = models.FileField("文件", upload_to="papers/%Y/%m/")
    content_type = models.CharField("类型", max_length=60)
    size = models.PositiveIntegerField("大小(字节)")
    sha256 = models.CharField("摘要", max_length=64)
    uploaded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "材料"
        constraints = [
            models.UniqueConstraint(fields=["case", "sha256"], name="cases_paper_once_per_case"),
            models.CheckConstraint(condition=Q(size__gt=0), name="cases_paper_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
