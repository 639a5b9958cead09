"""代岗, 临时授权 and 追认: the rules are kept by the security administrator, the rest is looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from authority.admin.access import Catalogue, SecurityAdministratorsOwn
from authority.models import EmergencyGrant, EmergencyRule, Ratification, StandInCeiling, Substitution


class ReadOnly(SecurityAdministratorsOwn):
    """Within what the person sees on the pages; changed there alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(request.user)
        return visible.order_by(*self.get_ordering(request))


@admin.register(StandInCeiling)
class StandInCeilingAdmin(Catalogue):
    """How much a post may hold for another; a new amount is a new row with its day."""

    list_display = ["level", "item", "amount_max", "valid_from", "valid_to", "source", "is_verified"]
    list_filter = ["level", "is_verified"]
    list_select_related = ["item"]


@admin.register(EmergencyRule)
class EmergencyRuleAdmin(Catalogue):
    list_display = ["grant_hours", "ratify_hours", "valid_from", "valid_to", "source", "is_verified"]


@admin.register(Substitution)
class SubstitutionAdmin(ReadOnly):
    list_display = ["delegate", "delegator", "starts_at", "ends_at", "status", "proposed_by", "ended_at"]
    list_filter = ["status"]
    list_select_related = ["delegate", "delegator", "proposed_by"]


@admin.register(EmergencyGrant)
class EmergencyGrantAdmin(ReadOnly):
    list_display = ["number", "holder", "giver", "amount_max", "starts_at", "ends_at", "ended_at"]
    list_select_related = ["holder", "giver"]


@admin.register(Ratification)
class RatificationAdmin(ReadOnly):
    list_display = ["emergency", "subject", "acted_by", "ratifier", "amount", "due_at", "status"]
    list_filter = ["status"]
    list_select_related = ["emergency", "acted_by", "ratifier"]
