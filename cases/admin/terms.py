"""Terms of asking: how many sign beside a decision, and how long head office has to answer."""

from __future__ import annotations

from django.contrib import admin

from cases.models import AnswerTerm, SigningRule
from departments.admin.kept import KeptByAdministrator
from departments.models.people import AdminRole


@admin.register(SigningRule)
class SigningRuleAdmin(KeptByAdministrator):
    """How many more than needed are asked to sign, and what a refusal does. How many: in the grant."""

    keeper = AdminRole.SECURITY
    list_display = ("__str__", "item", "spare", "on_refusal", "valid_from", "valid_to", "is_verified")
    list_filter = ("on_refusal", "is_verified")
    search_fields = ("item",)


@admin.register(AnswerTerm)
class AnswerTermAdmin(KeptByAdministrator):
    """By which clock head office answers, by item and sum. A new value is a new row with its first day."""

    keeper = AdminRole.SECURITY
    list_display = ("item", "amount_over", "level", "clock", "valid_from", "valid_to", "is_verified")
    list_filter = ("level", "is_verified")
    search_fields = ("item", "clock")
