"""Reference data of the cases: what a pack and a claim hold, what counts as what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from cases.models import (
    CasePaper,
    FraudIndicator,
    MajorCriterion,
    PackItem,
    ProblemClass,
    ProblemPoints,
    ReductionReason,
    RequiredPaper,
    ResurveyRule,
    SupervisionParameter,
)
from departments.admin.kept import KeptByAdministrator
from departments.authorship import save_as
from departments.models.people import AdminRole


class PackItemForm(forms.ModelForm):
    paper_kinds = forms.MultipleChoiceField(
        label="案卷材料类别（有一即可）", choices=CasePaper.Kind.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = PackItem
        exclude: tuple[str, ...] = ()


@admin.register(PackItem)
class PackItemAdmin(KeptByAdministrator):
    """An item that is asked for no longer is given its last day; packs that went up keep what they named."""

    keeper = AdminRole.SECURITY
    form = PackItemForm
    list_display = ("name", "loss_class", "source", "valid_from", "valid_to", "is_verified")
    list_filter = ("loss_class", "is_verified")
    search_fields = ("name",)

    def save_model(self, request: Any, obj: PackItem, form: Any, change: bool) -> None:
        save_as(obj, request.user)


@admin.register(RequiredPaper)
class RequiredPaperAdmin(KeptByAdministrator):
    """A paper that is asked for no longer is given its last day; notices keep what they named."""

    keeper = AdminRole.SECURITY
    list_display = (
        "name",
        "paper_kind",
        "line",
        "loss_class",
        "source",
        "valid_from",
        "valid_to",
        "is_verified",
    )
    list_filter = ("loss_class", "line", "is_verified")
    search_fields = ("name",)


@admin.register(SupervisionParameter)
class SupervisionParameterAdmin(KeptByAdministrator):
    """What counts as near, fast, together and many. A new value is a new row with its first day."""

    keeper = AdminRole.SECURITY
    list_display = ("name", "item", "value", "measure", "valid_from", "valid_to", "source", "is_verified")
    list_filter = ("code", "is_verified")
    search_fields = ("name", "code")


@admin.register(ProblemClass)
class ProblemClassAdmin(KeptByAdministrator):
    keeper = AdminRole.SECURITY
    list_display = ("code", "name", "examples", "source", "is_verified")
    search_fields = ("code", "name")


@admin.register(ProblemPoints)
class ProblemPointsAdmin(KeptByAdministrator):
    """What a finding costs. Another value is another row with its first day; findings keep what they cost."""

    keeper = AdminRole.SECURITY
    list_display = ("problem_class", "severity", "points", "valid_from", "valid_to", "source", "is_verified")
    list_filter = ("problem_class", "severity", "is_verified")
    list_select_related = ("problem_class",)


@admin.register(MajorCriterion)
class MajorCriterionAdmin(KeptByAdministrator):
    """What makes a case a major loss. A new amount is a new row with its first day."""

    keeper = AdminRole.SECURITY
    list_display = ("code", "name", "measure", "at_least", "flag", "valid_from", "valid_to", "is_verified")
    list_filter = ("is_verified",)
    search_fields = ("code", "name")


@admin.register(ReductionReason)
class ReductionReasonAdmin(KeptByAdministrator):
    """Why a reviewer takes something off a line. A reason that is used no longer gets its last day."""

    keeper = AdminRole.SECURITY
    list_display = ("code", "name", "source", "valid_from", "valid_to", "is_verified")
    list_filter = ("is_verified",)
    search_fields = ("code", "name")


@admin.register(ResurveyRule)
class ResurveyRuleAdmin(KeptByAdministrator):
    """Which share of a band is looked at again. A new share is a new row with its first day."""

    keeper = AdminRole.SECURITY
    list_display = ("name", "amount_from", "amount_to", "share", "valid_from", "valid_to", "is_verified")
    list_filter = ("is_verified",)
    search_fields = ("name",)


@admin.register(FraudIndicator)
class FraudIndicatorAdmin(KeptByAdministrator):
    """What is hinted at on a case page. A new threshold is a new row with its first day."""

    keeper = AdminRole.SECURITY
    list_display = ("code", "name", "pattern", "threshold", "days", "valid_from", "valid_to", "is_verified")
    list_filter = ("pattern", "is_verified")
    search_fields = ("code", "name")
