"""What injury costs are measured by. A new value is a new row with its first day; the old one ends."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from cases.models import CutReason, DisabilityGrade, FollowUpRule, InjuryCostKind, JudicialStandard
from departments.admin.kept import KeptByAdministrator
from departments.authorship import save_as
from departments.models.people import AdminRole


class Measure(KeptByAdministrator):
    """Of the security administrator, like every rule."""

    keeper = AdminRole.SECURITY

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        save_as(obj, request.user)


@admin.register(JudicialStandard)
class JudicialStandardAdmin(Measure):
    list_display = (
        "region", "kind", "household", "year", "amount", "per", "valid_from", "valid_to", "is_verified",
    )  # fmt: skip
    list_filter = ("region", "kind", "year", "is_verified")
    search_fields = ("region", "source")


@admin.register(InjuryCostKind)
class InjuryCostKindAdmin(Measure):
    list_display = ("name", "group", "formula", "standard_kind", "valid_from", "valid_to", "is_verified")
    list_filter = ("group", "formula", "is_verified")
    search_fields = ("name", "code")


@admin.register(DisabilityGrade)
class DisabilityGradeAdmin(Measure):
    list_display = ("grade", "percent", "source", "valid_from", "valid_to", "is_verified")
    search_fields = ("grade",)


@admin.register(CutReason)
class CutReasonAdmin(Measure):
    list_display = ("code", "name", "source", "valid_from", "valid_to", "is_verified")
    search_fields = ("code", "name")


@admin.register(FollowUpRule)
class FollowUpRuleAdmin(Measure):
    list_display = ("state", "first_days", "days", "source", "valid_from", "valid_to", "is_verified")
    search_fields = ("state",)
