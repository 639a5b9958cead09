"""Reference data: the catalogue of posts, duties, separation of duties, calendar."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from departments import services
from departments.access import HANDLE_CASES, IMPORT_CASES, MANAGE_UNIT, SEE_CASES, SEE_PEOPLE
from departments.admin.kept import KeptByAdministrator, who
from departments.authorship import save_as
from departments.models import (
    CalendarDay,
    ClockRule,
    Duty,
    IncompatibleDuty,
    NotificationKind,
    PostType,
    UnitKind,
)
from departments.models.people import AdminRole

PERMISSIONS = (
    (SEE_CASES, "查看赔案"),
    (HANDLE_CASES, "处理赔案"),
    (IMPORT_CASES, "导入清单"),
    (SEE_PEOPLE, "查看人员"),
    (MANAGE_UNIT, "管理机构"),
)
RIGHTS = {"permissions", "scope", "enters_admin"}


class PostTypeForm(forms.ModelForm):
    unit_kinds = forms.MultipleChoiceField(
        label="设于", choices=UnitKind.choices, widget=forms.CheckboxSelectMultiple
    )
    permissions = forms.MultipleChoiceField(
        label="机构权限", choices=PERMISSIONS, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = PostType
        exclude: tuple[str, ...] = ()


@admin.register(PostType)
class PostTypeAdmin(KeptByAdministrator):
    """Rights of posts are rules: the security administrator's. A change reaches every holder at once."""

    keeper = AdminRole.SECURITY
    form = PostTypeForm
    list_display = (
        "code",
        "name",
        "function_type",
        "level",
        "is_key_post",
        "scope",
        "enters_admin",
        "is_verified",
    )
    list_filter = ("function_type", "is_key_post", "level", "is_verified")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: PostType | None = None) -> Any:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: PostType, form: Any, change: bool) -> None:
        save_as(obj, who(request))
        if RIGHTS & set(form.changed_data):
            services.sync_everybody(timezone.localdate())


@admin.register(IncompatibleDuty)
class IncompatibleDutyAdmin(KeptByAdministrator):
    """To look at; a rule changes on its page with a second person."""

    keeper = AdminRole.SECURITY
    list_display = ("code", "kind", "statement", "source", "valid_from", "valid_to", "is_verified")
    list_filter = ("kind", "is_verified")
    search_fields = ("code", "statement")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Duty)
class DutyAdmin(KeptByAdministrator):
    list_display = ("code", "unit_name", "title", "cadence", "lead_post_type")
    list_filter = ("unit_name", "cadence", "lead_post_type")
    list_select_related = ("lead_post_type",)
    search_fields = ("code", "title")
    filter_horizontal = ("support_post_types",)
    readonly_fields = ("code", "unit_kind", "unit_name", "number")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The duties come from the duty document of the company, by migration."""
        return False


@admin.register(CalendarDay)
class CalendarDayAdmin(KeptByAdministrator):
    list_display = ("day", "is_working", "name", "source")
    list_filter = ("is_working",)
    date_hierarchy = "day"


@admin.register(NotificationKind)
class NotificationKindAdmin(KeptByAdministrator):
    """What is statutory goes into the mail whatever somebody chose: the choices against it end with it."""

    keeper = AdminRole.SECURITY
    list_display = (
        "code", "name", "group", "is_statutory", "in_digest", "keep_days", "source", "is_verified"
    )  # fmt: skip
    list_filter = ("group", "is_statutory", "is_verified")
    search_fields = ("code", "name")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ClockRule)
class ClockRuleAdmin(KeptByAdministrator):
    """A changed rule is a new row from a date on; what ran before is read by the row of its day."""

    keeper = AdminRole.SECURITY
    list_display = (
        "code", "name", "limit", "unit", "is_statutory", "adds_co_handler", "source", "valid_from",
        "valid_to", "is_verified",
    )  # fmt: skip
    list_filter = ("unit", "is_statutory", "is_verified")
    search_fields = ("code", "name")
