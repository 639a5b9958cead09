from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from departments.models import Staff


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, staff: Staff) -> SavedFilterQuerySet:
        return self.filter(Q(owner=staff) | Q(is_shared=True))


class SavedFilter(models.Model):
    """A case list somebody wants back: the query string of its filters, sort and columns."""

    owner = models.ForeignKey(Staff, models.CASCADE, related_name="saved_case_filters", verbose_name="所有人")
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=1000, blank=True)
    is_shared = models.BooleanField("共享给同事", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "保存的筛选"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="cases_savedfilter_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="cases_savedfilter_named"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('cases:index')}?{self.query}"
