"""The organisation tree, changed through the services; posts and appointments to look at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from departments import services
from departments.admin.kept import KeptByAdministrator, SeenByAdministrators, who
from departments.authorship import save_as
from departments.models import Appointment, OrgUnit, Post, UnitKind

NAMES = ("name", "short_name", "functional_parent")


class OrgUnitForm(forms.ModelForm):
    rank = forms.IntegerField(
        label="排序", initial=500, min_value=0, max_value=999, help_text="同级机构中的次序。", required=False
    )

    class Meta:
        model = OrgUnit
        fields = ("parent", "code", "kind", *NAMES, "opened_on", "closed_on")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.instance.pk and not values.get("parent") and values.get("kind") != UnitKind.HEAD_OFFICE:
            self.add_error("parent", "没有上级的机构只能是总公司")
        return values

    def clean_closed_on(self) -> Any:
        if self.initial.get("closed_on") and not self.cleaned_data["closed_on"]:
            raise forms.ValidationError("已撤销的机构不能恢复，请另设新机构")
        return self.cleaned_data["closed_on"]


@admin.register(OrgUnit)
class OrgUnitAdmin(KeptByAdministrator):
    """Opening, moving (another 上级) and closing (a 撤销日期) refuse with every reason."""

    form = OrgUnitForm
    list_display = ("name", "code", "kind", "path", "opened_on", "closed_on")
    list_filter = ("kind",)
    search_fields = ("name", "code")
    ordering = ("path_rank",)
    list_select_related = ("parent",)

    def get_fields(self, request: HttpRequest, obj: OrgUnit | None = None) -> Any:
        if obj is None:
            return ("parent", "code", "kind", *NAMES[:2], "rank", "opened_on")
        return ("parent", "code", "kind", *NAMES, "path", "opened_on", "closed_on")

    def get_readonly_fields(self, request: HttpRequest, obj: OrgUnit | None = None) -> Any:
        return () if obj is None else ("code", "kind", "path", "opened_on")

    def save_model(self, request: HttpRequest, obj: OrgUnit, form: Any, change: bool) -> None:
        if not change:
            self._open(request, obj, form)
            return
        by, stored = who(request), OrgUnit.objects.get(pk=obj.pk)
        if "parent" in form.changed_data and obj.parent:
            stored = services.move_unit(stored, obj.parent, by=by)
        if "closed_on" in form.changed_data and obj.closed_on:
            stored = services.close_unit(stored, on=obj.closed_on, by=by)
        if changed := [name for name in NAMES if name in form.changed_data]:
            for name in changed:
                setattr(stored, name, getattr(obj, name))
            save_as(stored, by, *changed)

    def _open(self, request: HttpRequest, obj: OrgUnit, form: Any) -> None:
        new = services.NewUnit(
            obj.code, obj.name, obj.short_name, obj.kind, form.cleaned_data["rank"] or 0, obj.opened_on
        )
        if obj.parent is None:
            opened = services.found_head_office(new, by=who(request))
        else:
            opened = services.open_unit(obj.parent, new, by=who(request))
        obj.__dict__.update(opened.__dict__)


@admin.register(Post)
class PostAdmin(SeenByAdministrators, SimpleHistoryAdmin):
    list_display = ("unit", "post_type", "headcount")
    list_filter = ("unit__kind", "post_type")
    list_select_related = ("unit", "post_type")
    search_fields = ("unit__name", "post_type__name")


@admin.register(Appointment)
class AppointmentAdmin(SeenByAdministrators, SimpleHistoryAdmin):
    """Made and ended on the pages of unit and person."""

    list_display = ("staff", "post", "kind", "starts_on", "ends_on", "basis", "appointed_by", "relieved_by")
    list_filter = ("kind", "post__post_type")
    list_select_related = ("staff", "post__unit", "post__post_type", "appointed_by", "relieved_by")
    search_fields = ("staff__name", "staff__employee_no")
    date_hierarchy = "starts_on"
