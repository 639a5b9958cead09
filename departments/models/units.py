from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from departments.models.people import Staff


class UnitKind(models.TextChoices):
    HEAD_OFFICE = "head_office", "总公司"
    BRANCH = "branch", "省级分公司"
    DEPARTMENT = "department", "理赔部"
    OFFICE = "office", "室"
    SUB_BRANCH = "sub_branch", "中心支公司理赔部"
    DESK = "desk", "四级机构理赔岗"


class OrgUnitQuerySet(models.QuerySet["OrgUnit"]):
    def under(self, paths: Iterable[str]) -> OrgUnitQuerySet:
        """The units at these paths and all below them."""
        below = [Q(path__startswith=path) for path in paths]
        return self.filter(reduce(or_, below)) if below else self.none()

    def visible_to(self, staff: Staff) -> OrgUnitQuerySet:
        """The own units and those in which this person may see people; all, for the three administrators."""
        return self.all() if staff.is_administrator else self.filter(pk__in=staff.seen_unit_ids)

    def open_on(self, day: date) -> OrgUnitQuerySet:
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day)

    def in_order(self) -> OrgUnitQuerySet:
        """Parents before children, siblings by their rank."""
        return self.order_by("path_rank")


class OrgUnit(models.Model):
    """A unit of the organisation tree. `path` is made of codes, each ended by a slash: "hq/sc/motor/adj/"."""

    code = models.SlugField("代码", max_length=30)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=20)
    kind = models.CharField("类型", max_length=20, choices=UnitKind)
    path = models.CharField("路径", max_length=200, unique=True)
    path_rank = models.CharField("排序", max_length=200, db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    functional_parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="functional_children",
        verbose_name="条线上级",
    )
    opened_on = models.DateField("成立日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    objects = OrgUnitQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        permissions = [
            ("see_cases", "查看赔案"),
            ("handle_cases", "处理赔案"),
            ("see_people", "查看人员"),
            ("manage_unit", "管理机构"),
            ("import_cases", "导入赔案清单"),
            ("investigate_fraud", "调查欺诈线索"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=UnitKind.values), name="departments_orgunit_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="departments_orgunit_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(parent=None, kind=UnitKind.HEAD_OFFICE) | Q(parent__isnull=False),
                name="departments_orgunit_only_head_office_has_no_parent",
            ),
            models.CheckConstraint(
                condition=Q(path__endswith="/"), name="departments_orgunit_path_ends_with_slash"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("departments:unit", args=[self.pk])

    @property
    def kind_label(self) -> str | Promise:
        return UnitKind(self.kind).label

    @property
    def depth(self) -> int:
        """0 for the head office."""
        return self.path.count("/") - 1


class OrgUnitUserPermission(UserObjectPermissionBase):
    """A person may do something in a unit and all below it. Kept in step with appointments."""

    content_object = models.ForeignKey(OrgUnit, models.CASCADE)


class OrgUnitGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(OrgUnit, models.CASCADE)
