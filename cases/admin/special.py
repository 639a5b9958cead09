"""Reference data of special cases: kinds, reasons, papers, limits. A new value is a row with its day."""

from __future__ import annotations

from django.contrib import admin

from cases.models import CtplLimit, SpecialKind, SpecialLimit, SpecialPaper, SpecialReason
from departments.admin.kept import KeptByAdministrator
from departments.models.people import AdminRole


@admin.register(SpecialKind)
class SpecialKindAdmin(KeptByAdministrator):
    """Who decides and who registers and reports, where two duties overlap."""

    keeper = AdminRole.SECURITY
    list_display = ("code", "deciding_duty", "registering_duty", "is_reported", "chain", "is_verified")


@admin.register(SpecialReason)
class SpecialReasonAdmin(KeptByAdministrator):
    keeper = AdminRole.SECURITY
    list_display = ("kind", "code", "name", "extent", "source", "valid_from", "valid_to", "is_verified")
    list_filter = ("kind", "is_verified")
    search_fields = ("code", "name")


@admin.register(SpecialPaper)
class SpecialPaperAdmin(KeptByAdministrator):
    keeper = AdminRole.SECURITY
    list_display = ("kind", "name", "is_required", "source", "valid_from", "valid_to", "is_verified")
    list_filter = ("kind", "is_verified")


@admin.register(SpecialLimit)
class SpecialLimitAdmin(KeptByAdministrator):
    keeper = AdminRole.SECURITY
    list_display = ("code", "value", "source", "valid_from", "valid_to", "is_verified")


@admin.register(CtplLimit)
class CtplLimitAdmin(KeptByAdministrator):
    keeper = AdminRole.SECURITY
    list_display = ("part", "is_at_fault", "amount", "source", "valid_from", "valid_to", "is_verified")
    list_filter = ("part", "is_at_fault")
