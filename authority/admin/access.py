"""Who does what in the admin: everybody who enters it reads, the security administrator writes."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from authority import services
from departments.models import Staff
from departments.models.people import AdminRole


def role_of(request: HttpRequest) -> str:
    return str(getattr(request.user, "admin_role", ""))


def staff_of(request: HttpRequest) -> Staff:
    return cast(Staff, request.user)


class SecurityAdministratorsOwn(SimpleHistoryAdmin):
    """Being a superuser is not enough. Nothing is removed; what can be, says so itself.

    Each class saves through a service, which rules, writes and makes the one entry in the ledger.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return role_of(request) == AdminRole.SECURITY

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return role_of(request) == AdminRole.SECURITY

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Catalogue(SecurityAdministratorsOwn):
    """Rows that others refer to by their code."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        changed = {name: str(form.cleaned_data[name]) for name in form.changed_data}
        services.keep_in_catalogue(obj, changed, by=staff_of(request))


class Draftable(SecurityAdministratorsOwn):
    """Letters and their lines: written as long as the letter is a draft, seen as on the pages.

    They are removed one by one, not by the admin's own bulk action, which knows no service.
    """

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return role_of(request) == AdminRole.SECURITY and self._is_open(obj)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return role_of(request) == AdminRole.SECURITY

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(request.user)
        return visible.order_by(*self.get_ordering(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """The service says what goes with it, and whether it may go."""
        return [str(one) for one in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []

    @staticmethod
    def _is_open(obj: Any) -> bool:
        letter = getattr(obj, "letter", obj)
        return obj is None or letter.status == "draft"
