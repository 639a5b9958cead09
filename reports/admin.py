from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from reports.models import ReportDefinition, Run


@admin.register(ReportDefinition)
class ReportDefinitionAdmin(SimpleHistoryAdmin):
    list_display = ["code", "name", "frequency", "recipient", "starts_on", "is_active", "is_verified"]
    list_filter = ["frequency", "is_active"]
    search_fields = ["code", "name"]
    readonly_fields = ["code", "figure", "version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReportDefinition | None = None) -> bool:
        return False


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):
    """For looking only: runs move by the schedule and by the report page."""

    list_display = ["definition", "unit", "period_start", "period_end", "version", "status", "attempt"]
    list_filter = ["status", "definition"]
    list_select_related = ["definition", "unit"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False
