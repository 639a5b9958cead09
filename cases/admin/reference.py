"""Reference data of the cases: what a pack for head office holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from cases.models import CasePaper, PackItem, SupervisionParameter
from departments.admin.kept import KeptByAdministrator
from departments.authorship import save_as
from departments.models.people import AdminRole


class PackItemForm(forms.ModelForm):
    paper_kinds = forms.MultipleChoiceField(
        label="案卷材料类别（有一即可）", choices=CasePaper.Kind.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = PackItem
        exclude: tuple[str, ...] = ()


@admin.register(PackItem)
class PackItemAdmin(KeptByAdministrator):
    """An item that is asked for no longer is given its last day; packs that went up keep what they named."""

    keeper = AdminRole.SECURITY
    form = PackItemForm
    list_display = ("name", "loss_class", "source", "valid_from", "valid_to", "is_verified")
    list_filter = ("loss_class", "is_verified")
    search_fields = ("name",)

    def save_model(self, request: Any, obj: PackItem, form: Any, change: bool) -> None:
        save_as(obj, request.user)


@admin.register(SupervisionParameter)
class SupervisionParameterAdmin(KeptByAdministrator):
    """What counts as near, fast, together and many. A new value is a new row with its first day."""

    keeper = AdminRole.SECURITY
    list_display = ("name", "item", "value", "measure", "valid_from", "valid_to", "source", "is_verified")
    list_filter = ("code", "is_verified")
    search_fields = ("name", "code")
