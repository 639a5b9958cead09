"""The catalogue of items, the referral rules to look at, and the ledger, which nobody changes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from authority.admin.access import Catalogue, SecurityAdministratorsOwn, role_of, staff_of
from authority.chain_kinds import acts, chains_found, told
from authority.models import AuthorityItem, FindingKind, LedgerEntry, ReferralRule
from departments.models.people import AdminRole


@admin.register(AuthorityItem)
class AuthorityItemAdmin(Catalogue):
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
class FindingKindAdmin(Catalogue):
    """What the nightly round looks for, and how many days ahead."""

    list_display = ["code", "name", "days", "is_watched", "advice", "source", "is_verified"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["code"] if obj else []


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
        for entry, words in zip(self.result_list, told(self.result_list, staff_of(request)), strict=True):
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
        return role_of(request) == AdminRole.AUDIT

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
