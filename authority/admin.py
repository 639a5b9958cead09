"""The catalogue and the rules are kept here by the security administrator; all else is only looked at.

Letters and grants change through their services alone, the ledger not at all.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from authority.ledger import LedgerFacts, record
from authority.letter_events import ACTS
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    LedgerEntry,
    PersonalGrant,
    ReferralRule,
    UnitCeiling,
)
from departments.models import Staff
from departments.models.people import AdminRole


def _role(request: HttpRequest) -> str:
    return str(getattr(request.user, "admin_role", ""))


class SecurityAdministratorsOwn(SimpleHistoryAdmin):
    """Everybody in the admin reads, the security administrator writes; being a superuser is not enough."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _role(request) == AdminRole.SECURITY

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _role(request) == AdminRole.SECURITY

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What binds everybody's authority changes with an entry, too."""
        super().save_model(request, obj, form, change)
        changed = {name: str(form.cleaned_data[name]) for name in form.changed_data}
        action = "change_rule" if change else "add_rule"
        facts = LedgerFacts(details={"code": obj.code, "changed": changed})
        by = cast(Staff, request.user)
        record(f"{obj._meta.model_name}:{obj.pk}", by=by, action=action, facts=facts)


class ReadOnly(SimpleHistoryAdmin):
    """To look at, within what the person sees on the pages."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(request.user)
        return visible.order_by(*self.get_ordering(request))


@admin.register(AuthorityItem)
class AuthorityItemAdmin(SecurityAdministratorsOwn):
    list_display = ["code", "name", "measure", "is_key", "source", "is_verified"]
    list_filter = ["measure", "is_key", "is_verified"]
    search_fields = ["code", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Grants and cases speak of the code."""
        return ["code"] if obj else []


@admin.register(ReferralRule)
class ReferralRuleAdmin(SecurityAdministratorsOwn):
    """To look at; a rule changes on its page, with its test cases and a second person."""

    list_display = ["code", "name", "kind", "to_level", "valid_from", "valid_to", "source", "is_verified"]
    list_filter = ["kind", "to_level", "is_verified"]
    search_fields = ["code", "name", "text"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(AuthorityLetter)
class AuthorityLetterAdmin(ReadOnly):
    list_display = ["number", "title", "mode", "issuing_unit", "scope_unit", "valid_from", "status"]
    list_filter = ["status", "mode"]
    list_select_related = ["issuing_unit", "scope_unit"]
    search_fields = ["number", "title"]
    date_hierarchy = "valid_from"


class Limits(ReadOnly):
    """Rows with an upper limit, in yuan."""

    @admin.display(description="金额上限(元)", ordering="amount_max")
    def limit(self, row: UnitCeiling | PersonalGrant) -> str:
        return f"{row.amount_max:,.2f}"


@admin.register(UnitCeiling)
class UnitCeilingAdmin(Limits):
    list_display = ["letter", "clause", "item", "unit", "measure", "limit", "revoked_at"]
    list_filter = ["item", "unit"]
    list_select_related = ["letter", "item", "unit"]
    search_fields = ["letter__number"]


@admin.register(PersonalGrant)
class PersonalGrantAdmin(Limits):
    list_display = ["letter", "clause", "holder", "item", "unit", "limit", "version", "revoked_at"]
    list_filter = ["item", "source"]
    list_select_related = ["letter", "holder", "item", "unit"]
    search_fields = ["letter__number", "holder__name", "holder__employee_no"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(admin.ModelAdmin):
    """The audit administrator reads the ledger; nobody writes it here, nor could: the database refuses."""

    list_display = ["chain", "sequence", "act", "at", "actor", "from_state", "to_state", "amount"]
    list_filter = ["action"]
    list_select_related = ["actor"]
    search_fields = ["chain"]
    search_help_text = "链，例如 case:42 或 letter:7"
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _role(request) == AdminRole.AUDIT

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="动作", ordering="action")
    def act(self, entry: LedgerEntry) -> str:
        """In words where this app knows them; the chains of cases speak the words of the cases."""
        is_letter = entry.chain.startswith("letter:")
        return ACTS[entry.action][0] if is_letter and entry.action in ACTS else entry.action
