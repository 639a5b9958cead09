"""Accounts: created, disabled and enabled here. What a person may do comes from posts and letters."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from departments import services
from departments.admin.kept import KeptByAdministrator, who
from departments.authorship import save_as
from departments.masking import mask_id_number, mask_phone
from departments.models import Staff
from departments.models.people import AdminRole
from departments.standing import is_administrator

# Rights come from posts: there are no groups to put people into.
admin.site.unregister(Group)

PERSONAL = ("name", "phone", "id_number", "email", "is_employee", "hired_on")
STATE = ("is_active", "left_on")
FIXED = ("masked_phone", "masked_id_number", "is_staff", "last_login", "password_changed_at", "new_password")


class StaffCreationForm(AdminUserCreationForm):
    usable_password = None  # type: ignore[assignment]

    class Meta:
        model = Staff
        fields = ("employee_no", *PERSONAL)


class StaffForm(forms.ModelForm):
    despite = forms.CharField(
        label="明知空缺仍停用的理由",
        required=False,
        max_length=200,
        help_text="停用后若有事项不再有人有权决定，须写明理由；理由记入台账。",
    )

    class Meta:
        model = Staff
        fields = ("employee_no", *PERSONAL, *STATE, "admin_role")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("left_on") and values.get("is_active"):
            self.add_error("left_on", "填写离职日期须同时停用账号")
        return values


@admin.register(Staff)
class StaffAdmin(KeptByAdministrator, UserAdmin):
    """System administrators keep the accounts; the security administrator names the three administrators."""

    form = StaffForm
    add_form = StaffCreationForm
    add_form_template = "admin/change_form.html"
    list_display = ("employee_no", "name", "posts", "is_employee", "is_active", "admin_role", "last_login")
    list_filter = ("is_active", "admin_role", "is_employee")
    search_fields = ("employee_no", "name")
    search_help_text = "按工号或姓名查找"
    ordering = ("employee_no",)
    filter_horizontal = ()
    add_fieldsets = (
        (None, {"fields": ("employee_no", *PERSONAL)}),
        ("初始密码", {"fields": ("password1", "password2")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Staff]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("appointments__post__unit", "appointments__post__post_type")
        )

    @admin.display(description="任岗")
    def posts(self, staff: Staff) -> str:
        return "；".join(str(held.post) for held in staff.appointments.all() if held.is_current) or "—"

    @admin.display(description="手机")
    def masked_phone(self, staff: Staff) -> str:
        return mask_phone(staff.phone) or "—"

    @admin.display(description="身份证号")
    def masked_id_number(self, staff: Staff) -> str:
        return mask_id_number(staff.id_number) or "—"

    @admin.display(description="密码")
    def new_password(self, staff: Staff) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[staff.pk])
        return format_html('<a href="{}">重设密码</a>（下次登录须修改）', address)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Only who keeps the accounts; the person has to choose another password at the next login."""
        if not self.is_kept_by(request):
            raise PermissionDenied
        answer = super().user_change_password(request, id, form_url)
        if answer.status_code == HTTPStatus.FOUND:
            Staff.objects.filter(pk=id).update(password_changed_at=None)
        return answer

    def get_fieldsets(self, request: HttpRequest, obj: Staff | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        seen = {"phone": "masked_phone", "id_number": "masked_id_number"}
        personal = PERSONAL if self.is_kept_by(request) else tuple(seen.get(name, name) for name in PERSONAL)
        return (
            (None, {"fields": ("employee_no", *personal)}),
            ("账号", {"fields": self._account_fields(request)}),
            (
                "三员",
                {"fields": ("admin_role",), "description": "由安全管理员指定；任有业务岗位的人员不得担任。"},
            ),
        )

    def _account_fields(self, request: HttpRequest) -> tuple[str, ...]:
        shown = ("is_staff", "last_login", "password_changed_at")
        if not self.is_kept_by(request):
            return (*STATE, *shown)
        return (*STATE, "despite", *shown, "new_password")

    def get_readonly_fields(self, request: HttpRequest, obj: Staff | None = None) -> Any:
        fixed = [*FIXED]
        if obj is None:
            return fixed
        if not self.is_kept_by(request):
            fixed += [name for name in ("employee_no", *PERSONAL, *STATE) if name not in fixed]
        if not self._names_administrators(request):
            fixed.append("admin_role")
        return [*fixed, "employee_no"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_kept_by(request) or self._names_administrators(request)

    def _names_administrators(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and is_administrator(who(request), AdminRole.SECURITY)

    def has_view_history_or_change_history_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """The history holds phone and ID numbers in full."""
        return self.is_kept_by(request)

    def save_model(self, request: HttpRequest, obj: Staff, form: Any, change: bool) -> None:
        """State and role go through the services, which refuse and end sessions."""
        by = who(request)
        if not change:
            save_as(obj, by)
            return
        changed = set(form.changed_data)
        save_as(obj, by, *sorted(changed & set(PERSONAL)) or ["name"])
        if changed & set(STATE) and obj.is_active:
            services.enable_account(obj, by=by)
        elif changed & set(STATE):
            despite = form.cleaned_data["despite"]
            services.disable_account(obj, left_on=obj.left_on, by=by, despite=despite)
        if "admin_role" in changed:
            services.assign_admin_role(obj, obj.admin_role, by=by)
