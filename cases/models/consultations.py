from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.case import ClaimCase
from cases.models.decisions import Submission
from departments.models import Staff


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, staff: Staff) -> ConsultationQuerySet:
        """Those on the cases a person may see."""
        return self.filter(submission__case__in=ClaimCase.objects.visible_to(staff))

    def waiting(self) -> ConsultationQuerySet:
        return self.filter(answered_at=None, submission__status=Submission.Status.OPEN)

    def waiting_for(self, staff: Staff) -> ConsultationQuerySet:
        """Asked of a post held today, on cases the person may see."""
        posts = {held.post.post_type.code for held in staff.posts_today}
        return self.waiting().visible_to(staff).filter(post__in=posts)

    def with_case(self) -> ConsultationQuerySet:
        return self.select_related("submission__case__unit", "submission__item", "asked_by", "answered_by")


class Consultation(models.Model):
    """会商: the opinion of a named post that a referral rule demands before the decision. Given once."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="consultations", verbose_name="报批"
    )
    rule_code = models.CharField("规则", max_length=30)
    text = models.CharField("会商事由", max_length=200)
    post = models.CharField("会商岗位代码", max_length=20)
    post_name = models.CharField("会商岗位", max_length=30)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="请求人")
    asked_at = models.DateTimeField("请求时间", default=timezone.now)
    answered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会商人"
    )
    answered_at = models.DateTimeField("会商时间", null=True, blank=True)
    opinion = models.TextField("会商意见", blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会商"
        indexes = [
            models.Index(
                fields=["post", "asked_at"], condition=Q(answered_at=None), name="cases_consultation_waiting"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "rule_code"], name="cases_consultation_once_per_rule"
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None, opinion="")
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(opinion="")),
                name="cases_consultation_answered_in_writing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.post_name}"
