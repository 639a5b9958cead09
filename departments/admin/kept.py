"""What all admin classes of this app share: who looks, who changes, nobody deletes."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from departments.models import Staff
from departments.models.people import AdminRole
from departments.standing import is_administrator


def who(request: HttpRequest) -> Staff:
    """The person behind a request of the admin, which lets only people in."""
    return cast("Staff", request.user)


class SeenByAdministrators(admin.ModelAdmin):
    """The three administrators look; nobody adds, changes or deletes."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return getattr(request.user, "is_administrator", False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class KeptByAdministrator(SeenByAdministrators, SimpleHistoryAdmin):
    """Changed by one of the three administrators, with history."""

    keeper = AdminRole.SYSTEM

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_kept_by(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_kept_by(request)

    def is_kept_by(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and is_administrator(who(request), self.keeper)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {
            name: action for name, action in super().get_actions(request).items() if name != "delete_selected"
        }
