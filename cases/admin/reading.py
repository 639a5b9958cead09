"""What the admin pages of the cases share: for people of the business only, and for reading."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import cached_property

COUNTED = 10_000


class CappedPaginator(Paginator):
    """Nobody waits for a million rows to be counted: past ten thousand the number stays there."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows) if isinstance(rows, list) else int(rows[:COUNTED].count())


class ReadingAdmin(admin.ModelAdmin):
    """Rows change through services; administrators of accounts, rules and logs see no business data."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    class Media:
        css = {"all": ["css/admin_cases.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        staff: Any = request.user
        return staff.is_active and staff.is_staff and not staff.admin_role

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
