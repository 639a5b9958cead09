"""Reference data of the quality of files and of data: what is drawn, how it is scored, what is doubtful."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from cases.models import DataQualityRule, SampleRule, ScoreItem, ScoreSheet
from departments.admin.kept import KeptByAdministrator, who
from departments.authorship import save_as
from departments.models.people import AdminRole


class RuleAdmin(KeptByAdministrator):
    """A changed rule is a new row from its first day on; what was drawn or found before keeps the old one."""

    keeper = AdminRole.SECURITY

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        save_as(obj, who(request))


@admin.register(SampleRule)
class SampleRuleAdmin(RuleAdmin):
    list_display = (
        "code", "name", "population", "criterion", "share", "per_unit_min", "per_unit_max", "sheet_code",
        "valid_from", "valid_to", "source", "is_verified",
    )  # fmt: skip
    list_filter = ("population", "criterion", "is_verified")
    search_fields = ("code", "name")


@admin.register(ScoreSheet)
class ScoreSheetAdmin(RuleAdmin):
    """A changed sheet is a new version with its own questions."""

    list_display = ("code", "name", "version", "valid_from", "valid_to", "source", "is_verified")
    list_filter = ("code", "is_verified")
    search_fields = ("code", "name")


@admin.register(ScoreItem)
class ScoreItemAdmin(RuleAdmin):
    list_display = ("sheet", "rank", "section", "question", "points", "is_veto", "step", "problem_class")
    list_filter = ("sheet", "is_veto")
    list_select_related = ("sheet", "problem_class")
    search_fields = ("question",)


@admin.register(DataQualityRule)
class DataQualityRuleAdmin(RuleAdmin):
    list_display = (
        "code", "name", "is_nightly", "limit", "measure", "points", "due_days", "valid_from", "valid_to",
        "source", "is_verified",
    )  # fmt: skip
    list_filter = ("is_nightly", "is_verified")
    search_fields = ("code", "name")
