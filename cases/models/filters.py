from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from departments.models import Staff


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, staff: Staff) -> SavedFilterQuerySet:
        """The own ones, those for everybody, and those published for a post that the person holds today."""
        posts = [held.post.post_type.code for held in staff.posts_today]
        return self.filter(Q(owner=staff) | Q(is_shared=True) | Q(posts__overlap=posts))


class SavedFilter(models.Model):
    """A case list somebody wants back: the query of its filters, sort and columns, or the columns alone."""

    class Holds(models.TextChoices):
        FILTER = "filter", "筛选"
        COLUMNS = "columns", "列组合"

    owner = models.ForeignKey(Staff, models.CASCADE, related_name="saved_case_filters", verbose_name="所有人")
    name = models.CharField("名称", max_length=30)
    holds = models.CharField("内容", max_length=8, choices=Holds, default=Holds.FILTER)
    query = models.CharField("条件", max_length=1000, blank=True)
    is_shared = models.BooleanField("共享给同事", default=False)
    posts = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="发布给岗位")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "保存的筛选"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="cases_savedfilter_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="cases_savedfilter_named"),
            models.CheckConstraint(
                condition=Q(holds__in=["filter", "columns"]), name="cases_savedfilter_holds_known"
            ),
            models.CheckConstraint(
                condition=~Q(holds="columns") | Q(query__startswith="col="),
                name="cases_savedfilter_columns_named",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('cases:index')}?{self.query}"
