from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import BigIntegerRangeField
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from departments import access
from departments.testimony import Testimony, testify

if TYPE_CHECKING:
    from departments.models.posts import Appointment


def _today() -> date:
    return timezone.localdate()


class AdminRole(models.TextChoices):
    """三员分立: one column, so nobody can hold two of them."""

    NONE = "", "无"
    SYSTEM = "system", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT = "audit", "审计管理员"


class StaffQuerySet(models.QuerySet["Staff"]):
    def visible_to(self, viewer: Staff) -> StaffQuerySet:
        """Oneself, the colleagues of one's own units, the people of the units one may see people in.

        People without any post are seen by those who could give them one.
        """
        if viewer.is_administrator:
            return self.all()
        lasting = Q(appointments__ends_on=None) | Q(appointments__ends_on__gte=_today())
        colleagues = Staff.objects.filter(lasting, appointments__post__unit__in=viewer.seen_unit_ids)
        seen = Q(pk=viewer.pk) | Q(pk__in=colleagues.values("pk"))
        if viewer.unit_scope.ids(access.MANAGE_UNIT):
            placed = Staff.objects.filter(lasting, appointments__post__isnull=False)
            seen |= ~Q(pk__in=placed.values("pk"))
        return self.filter(seen)

    def matching(self, words: str) -> StaffQuerySet:
        """Name contains them, or the employee number begins with them."""
        return self.filter(Q(name__icontains=words) | Q(employee_no__istartswith=words))


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, employee_no: str, password: str | None = None, **fields: Any) -> Staff:
        staff = self.model(employee_no=employee_no, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff

    def create_superuser(self, employee_no: str, password: str | None = None, **fields: Any) -> Staff:
        """The first account of an installation, told to the ledger like every change of an account."""
        with transaction.atomic():
            staff = self.create_user(employee_no, password, is_staff=True, is_superuser=True, **fields)
            testify(Testimony(f"account:{staff.pk}", "create_superuser"))
        return staff


class Staff(AbstractBaseUser, PermissionsMixin):
    """A person of the company, who logs in with the employee number."""

    employee_no = models.CharField("工号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=30)
    phone = models.CharField("手机", max_length=20, blank=True)
    id_number = models.CharField("身份证号", max_length=18, blank=True)
    email = models.EmailField("邮箱", blank=True)
    is_employee = models.BooleanField("正式员工", default=True)
    admin_role = models.CharField("三员角色", max_length=10, choices=AdminRole, blank=True, default="")
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进入管理后台", default=False)
    hired_on = models.DateField("入司日期", null=True, blank=True)
    left_on = models.DateField("离职日期", null=True, blank=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    sessions_ended_at = models.DateTimeField("会话失效时间", null=True, blank=True, editable=False)

    USERNAME_FIELD = "employee_no"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = StaffManager.from_queryset(StaffQuerySet)()
    history = HistoricalRecords(excluded_fields=["password", "last_login", "sessions_ended_at"])

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        constraints = [
            models.CheckConstraint(
                condition=Q(admin_role__in=AdminRole.values), name="departments_staff_admin_role_known"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(is_active=False), name="departments_staff_left_is_not_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("departments:person", args=[self.pk])

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def end_sessions(self) -> None:
        """Every open session of this person is refused at its next request. No change worth a history row."""
        self.sessions_ended_at = timezone.now()
        Staff.objects.filter(pk=self.pk).update(sessions_ended_at=self.sessions_ended_at)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's hash over the password, and over the moment at which the sessions were ended."""
        ended = self.sessions_ended_at.isoformat() if self.sessions_ended_at else ""
        stamp = salted_hmac("departments.Staff.sessions", self.password + ended, secret, algorithm="sha256")
        return stamp.hexdigest()

    @property
    def is_administrator(self) -> bool:
        """One of the three administrators (or the first account): sees units and people, no business data."""
        return self.is_active and (bool(self.admin_role) or self.is_superuser)

    @property
    def seen_unit_ids(self) -> frozenset[int]:
        """The units whose people this person sees: the own ones, and those of the unit permissions."""
        scope = self.unit_scope
        own = frozenset(held.post.unit_id for held in self.posts_today)
        return own | scope.ids(access.SEE_PEOPLE) | scope.ids(access.MANAGE_UNIT)

    @cached_property
    def unit_scope(self) -> access.UnitScope:
        """Where this person may see and do what; read once per request, in one statement."""
        return access.unit_scope_of(self.pk)

    @cached_property
    def posts_today(self) -> list[Appointment]:
        """The appointments held today, regular ones first; read once per request, in one statement."""
        held = self.appointments.on(timezone.localdate())
        return list(held.select_related("post__unit", "post__post_type").order_by("-kind", "id"))

    @cached_property
    def read_once(self) -> dict[str, Any]:
        """What further applications read of this person once per request, each under a key of its own."""
        return {}

    @property
    def sees_personal_data(self) -> bool:
        """Does a post held today show names, plates and numbers in full?"""
        return any(held.post.post_type.sees_personal_data for held in self.posts_today)


def id_as_range(field: str) -> Func:
    """One id as a range: lets a GiST exclusion compare ids without an extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def at(self, moment: datetime) -> AbsenceQuerySet:
        """Under way then. Who came back early was away until he did."""
        not_back = Q(cancelled_at=None) | Q(cancelled_at__gt=moment)
        return self.filter(not_back, starts_at__lte=moment, ends_at__gt=moment)


class Absence(models.Model):
    """Time in which a person does not work. Whether somebody stands in is said by the authority app."""

    class Kind(models.TextChoices):
        LEAVE = "leave", "休假"
        SICK = "sick", "病假"
        TRAVEL = "travel", "出差"
        TRAINING = "training", "培训"
        OTHER = "other", "其他"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="absences", verbose_name="人员")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "缺勤"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="departments_absence_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["leave", "sick", "travel", "training", "other"]),
                name="departments_absence_kind_known",
            ),
            ExclusionConstraint(
                name="departments_absence_no_overlap",
                condition=Q(cancelled_at=None),
                expressions=[
                    (id_as_range("staff"), RangeOperators.OVERLAPS),
                    (
                        Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        """Coming or under way, and not cancelled."""
        return self.cancelled_at is None and self.ends_at > timezone.now()
