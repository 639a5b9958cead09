"""赔案 in the admin: found, read, with what changed; never edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.admin.filters import CaseUnitFilter
from cases.admin.reading import ReadingAdmin
from cases.admin.screen import case_screen
from cases.models import ClaimCase
from departments.masking import mask_name, mask_plate

PAGE = "admin:cases_claimcase_change"


@admin.register(ClaimCase)
class ClaimCaseAdmin(ReadingAdmin):
    list_display = [
        "number",
        "short_unit",
        "insured",
        "plate",
        "stage",
        "estimated",
        "granted",
        "paid_out",
        "handler",
        "reported_at",
    ]
    list_filter = ["stage", CaseUnitFilter]
    list_select_related = ["unit", "handler"]
    ordering = ["-reported_at", "-id"]
    search_fields = [
        "claim_no__startswith",
        "report_no__startswith",
        "policy_no__startswith",
        "plate_no__startswith",
        "insured_name__startswith",
    ]
    search_help_text = "赔案号、报案号、保单号、车牌、被保险人（开头）"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClaimCase]:
        return ClaimCase.objects.visible_to(request.user)  # type: ignore[arg-type]

    @admin.display(description="赔案号", ordering="claim_no")
    def number(self, case: ClaimCase) -> str:
        return str(case)

    @admin.display(description="机构", ordering="unit__path")
    def short_unit(self, case: ClaimCase) -> str:
        return case.unit.short_name

    @admin.display(description="估损(元)", ordering="estimate")
    def estimated(self, case: ClaimCase) -> str:
        return f"{case.estimate:,.2f}"

    @admin.display(description="核赔(元)", ordering="approved")
    def granted(self, case: ClaimCase) -> str:
        return f"{case.approved:,.2f}"

    @admin.display(description="已付(元)", ordering="paid")
    def paid_out(self, case: ClaimCase) -> str:
        return f"{case.paid:,.2f}"

    @admin.display(description="被保险人")
    def insured(self, case: ClaimCase) -> str:
        return mask_name(case.insured_name)

    @admin.display(description="车牌")
    def plate(self, case: ClaimCase) -> str:
        return mask_plate(case.plate_no)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "赔案", **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Out of scope is not there."""
        case = self.get_object(request, object_id)
        if case is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            **case_screen(case, request.user),  # type: ignore[arg-type]
            "opts": self.opts,
            "title": str(case),
        }
        return render(request, "admin/cases/case.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The changes stand on the case's own screen."""
        return redirect(f"{reverse(PAGE, args=[object_id])}#changes")
