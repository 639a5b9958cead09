"""Letters, ceilings and grants in the admin: drafted, changed, removed and revoked by the same services."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse

from authority import services
from authority.admin.access import Draftable, staff_of
from authority.admin.revoking import revoke_page
from authority.models import (
    AuthorityLetter,
    LetterMode,
    LetterStatus,
    LineCode,
    LossCode,
    PersonalGrant,
    SpecialCode,
    UnitCeiling,
)
from authority.services import CeilingLine, GrantLine, LetterDraft, Revision
from departments.models import Appointment

HEADING = [
    "number", "title", "mode", "issuing_unit", "scope_unit", "basis", "valid_from", "valid_to",
]  # fmt: skip
SCOPE = ["lines", "loss_classes", "special_kinds", "litigation"]
CODES = {"lines": LineCode, "loss_classes": LossCode, "special_kinds": SpecialCode}


@admin.register(AuthorityLetter)
class AuthorityLetterAdmin(Draftable):
    list_display = ["number", "title", "mode", "issuing_unit", "scope_unit", "valid_from", "standing"]
    list_filter = ["status", "mode"]
    list_select_related = ["issuing_unit", "scope_unit"]
    search_fields = ["number", "title"]
    date_hierarchy = "valid_from"
    fields = HEADING
    actions = ["revoke_selected"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """What comes after drafting is seen, never typed in."""
        return [*HEADING, *(["standing", "drafted_by", "approved_by", "ended_at"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["standing", "drafted_by", "approved_by", "ended_at"]

    def save_model(self, request: HttpRequest, obj: AuthorityLetter, form: Any, change: bool) -> None:
        draft = LetterDraft(**{field.name: getattr(obj, field.name) for field in fields(LetterDraft)})
        if change:
            services.amend_letter(obj, draft, by=staff_of(request))
        else:
            _become(obj, services.draft_letter(draft, by=staff_of(request)))

    def delete_model(self, request: HttpRequest, obj: AuthorityLetter) -> None:
        services.discard_draft(obj, by=staff_of(request))

    @admin.display(description="状态", ordering="status")
    def standing(self, letter: AuthorityLetter) -> str:
        return str(letter.state.label)

    @admin.action(description="撤销所选授权书（逐份裁定）", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return revoke_page(self, request, queryset.select_related("issuing_unit", "scope_unit"))


class Limits(Draftable):
    """Rows with an upper limit, in yuan. Of a line of a draft the limit changes, nothing else."""

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name != "amount_max"] if obj else []

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        if db_field.name in CODES:
            return forms.MultipleChoiceField(
                label=db_field.verbose_name,
                choices=CODES[db_field.name].choices,
                initial=["any"],
                widget=forms.CheckboxSelectMultiple,
            )
        return super().formfield_for_dbfield(db_field, request, **options)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Lines go into drafts of their kind."""
        if db_field.name == "letter":
            drafts = AuthorityLetter.objects.visible_to(staff_of(request))
            options["queryset"] = drafts.filter(status=LetterStatus.DRAFT, mode=self.mode)
        if db_field.name == "appointment":
            options["queryset"] = Appointment.objects.select_related("staff", "post__unit", "post__post_type")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            revision = Revision(amounts={obj.pk: obj.amount_max})
            services.revise_lines(obj.letter, revision, by=staff_of(request))
        else:
            values = dict(form.cleaned_data)
            _become(obj, self.add_line(values.pop("letter"), values, request))

    def add_line(self, letter: AuthorityLetter, values: dict[str, Any], request: HttpRequest) -> Any:
        raise NotImplementedError

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.revise_lines(obj.letter, Revision(dropped=[obj.pk]), by=staff_of(request))

    @admin.display(description="金额上限(元)", ordering="amount_max")
    def limit(self, row: UnitCeiling | PersonalGrant) -> str:
        return f"{row.amount_max:,.2f}"


@admin.register(UnitCeiling)
class UnitCeilingAdmin(Limits):
    mode = LetterMode.BY_INSTITUTION
    list_display = ["letter", "clause", "item", "unit", "measure", "limit", "revoked_at"]
    list_filter = ["item", "unit"]
    list_select_related = ["letter", "item", "unit"]
    search_fields = ["letter__number"]
    fields = ["letter", "clause", "item", "unit", "amount_max", *SCOPE]
    actions = ["revoke_selected"]

    def add_line(self, letter: AuthorityLetter, values: dict[str, Any], request: HttpRequest) -> UnitCeiling:
        return services.add_ceiling(letter, CeilingLine(**values), by=staff_of(request))

    @admin.action(description="撤销所选机构授权（逐项裁定）", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        related = ("letter__issuing_unit", "letter__scope_unit", "unit", "item")
        return revoke_page(self, request, queryset.select_related(*related))


@admin.register(PersonalGrant)
class PersonalGrantAdmin(Limits):
    mode = LetterMode.BY_PERSON
    list_display = ["letter", "clause", "holder", "item", "unit", "limit", "version", "revoked_at"]
    list_filter = ["item", "source"]
    list_select_related = ["letter", "holder", "item", "unit"]
    search_fields = ["letter__number", "holder__name", "holder__employee_no"]
    fields = [
        "letter", "clause", "appointment", "item", "unit", "includes_below", "amount_max", "amount_min",
        *SCOPE, "cosign_count", "cosign_post_type",
    ]  # fmt: skip
    actions = ["revoke_selected"]

    def add_line(
        self, letter: AuthorityLetter, values: dict[str, Any], request: HttpRequest
    ) -> PersonalGrant:
        return services.add_grant(letter, GrantLine(**values), by=staff_of(request))

    @admin.action(description="撤销所选授权（逐项裁定）", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        related = ("letter__issuing_unit", "letter__scope_unit", "holder", "item")
        return revoke_page(self, request, queryset.select_related(*related))


def _become(obj: Any, made: Any) -> None:
    """The admin goes on with the row that the service made."""
    obj.__dict__.update(made.__dict__)
