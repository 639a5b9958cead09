from django.contrib import admin
from django.http import HttpRequest

from departments.admin.kept import KeptByAdministrator, SeenByAdministrators
from reports.models import ReportDefinition, Run


@admin.register(ReportDefinition)
class ReportDefinitionAdmin(KeptByAdministrator):
    list_display = ["code", "name", "frequency", "recipient", "starts_on", "is_active", "is_verified"]
    list_filter = ["frequency", "is_active"]
    search_fields = ["code", "name"]
    readonly_fields = ["code", "figure", "version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Run)
class RunAdmin(SeenByAdministrators):
    """For looking only: runs move by the schedule and by the report page."""

    list_display = ["definition", "unit", "period_start", "period_end", "version", "status", "attempt"]
    list_filter = ["status", "definition"]
    list_select_related = ["definition", "unit"]
