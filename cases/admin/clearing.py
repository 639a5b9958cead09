"""Reference data of clearing: ages, reasons and when they fit, parameters."""

from __future__ import annotations

from django.contrib import admin

from cases.models import AgeBand, ClearingParameter, ReasonRule, UnclearedReason
from departments.admin.kept import KeptByAdministrator
from departments.models.people import AdminRole


@admin.register(AgeBand)
class AgeBandAdmin(KeptByAdministrator):
    """Ages of a scheme; campaigns already started keep those they were started with."""

    keeper = AdminRole.SECURITY
    list_display = ("scheme_name", "name", "days_from", "days_to", "since", "source", "is_verified")
    list_filter = ("scheme_name",)


@admin.register(UnclearedReason)
class UnclearedReasonAdmin(KeptByAdministrator):
    keeper = AdminRole.SECURITY
    list_display = ("code", "name", "is_other", "valid_from", "valid_to", "source", "is_verified")


@admin.register(ReasonRule)
class ReasonRuleAdmin(KeptByAdministrator):
    """When a reason is suggested or does not fit; `facts` in the words of cases/clearing/reasons.py."""

    keeper = AdminRole.SECURITY
    list_display = ("code", "effect", "facts", "text", "valid_from", "valid_to", "source", "is_verified")
    list_filter = ("code", "effect")


@admin.register(ClearingParameter)
class ClearingParameterAdmin(KeptByAdministrator):
    """A new value is a new row with its first day."""

    keeper = AdminRole.SECURITY
    list_display = ("name", "value", "measure", "valid_from", "valid_to", "source", "is_verified")
