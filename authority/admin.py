"""The catalogue and the rules are kept here by the security administrator; all else is only looked at.

Letters and grants change through their services alone, the ledger not at all.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from authority.chain_kinds import acts, chains_found, told
from authority.ledger import LedgerFacts, record
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    FindingKind,
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


@admin.register(FindingKind)
class FindingKindAdmin(SecurityAdministratorsOwn):
    """What the nightly round looks for, and how many days ahead."""

    list_display = ["code", "name", "days", "is_watched", "advice", "source", "is_verified"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["code"] if obj else []


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


class Acts(admin.SimpleListFilter):
    title = "动作"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(acts().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class ToldEntries(ChangeList):
    """The entries of a page in words, found together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        for entry, words in zip(
            self.result_list, told(self.result_list, cast(Staff, request.user)), strict=True
        ):
            entry.told = words


@admin.register(LedgerEntry)
class LedgerEntryAdmin(admin.ModelAdmin):
    """The audit administrator reads the ledger; nobody writes it here, nor could: the database refuses."""

    list_display = ["subject", "sequence", "act", "at", "who", "states", "sum"]
    list_filter = [Acts]
    list_select_related = ["actor", "acted_for"]
    search_fields = ["chain"]
    search_help_text = "报案号、授权书号，或链名（case:42）"
    show_full_result_count = False
    ordering = ["-at", "-pk"]
    list_display_links = ["sequence"]

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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ToldEntries

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(chain__in=[search_term, *chains_found(search_term)]), False

    @admin.display(description="事项")
    def subject(self, entry: Any) -> str:
        return str(entry.told.subject.title)

    @admin.display(description="动作", ordering="action")
    def act(self, entry: Any) -> str:
        return str(entry.told.act)

    @admin.display(description="操作人", ordering="actor__name")
    def who(self, entry: LedgerEntry) -> str:
        acted_for = f"（代{entry.acted_for.name}）" if entry.acted_for else ""
        return f"{entry.actor.name if entry.actor else '系统'}{acted_for}"

    @admin.display(description="状态")
    def states(self, entry: Any) -> str:
        before, after = entry.told.from_state, entry.told.to_state
        return f"{before} → {after}" if before and before != after else after

    @admin.display(description="金额(元)", ordering="amount")
    def sum(self, entry: LedgerEntry) -> str:
        return "" if entry.amount is None else f"{entry.amount:,.2f}"
