"""Filing a paper and taking one out; every download is recorded."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cases import services
from cases.forms.papers import PaperForm
from cases.models import CasePaper, ClaimCase
from cases.views.case_pages import case_page
from departments.access_log import record_download
from departments.http import StaffRequest
from departments.uploads import AlreadyFiled


@require_POST
@case_page
def paper_upload(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.file_paper(case, form.cleaned_data["file"], form.cleaned_data["kind"], by=request.user)
        except AlreadyFiled:
            form.add_error("file", "这份文件已经在本案材料里。")
    if not form.is_valid():
        return render(request, "cases/paper_upload.html", {"case": case, "form": form}, status=422)
    messages.success(request, "材料已归档")
    return redirect(f"{reverse('cases:detail', args=[case.pk])}?tab=papers")


@require_GET
def paper(request: StaffRequest, pk: int) -> FileResponse:
    """As an attachment under its own name, never shown inside a page of ours."""
    visible = ClaimCase.objects.visible_to(request.user)
    found = get_object_or_404(CasePaper.objects.select_related("case"), pk=pk, case__in=visible)
    record_download(request.user, f"赔案 {found.case} {found.get_kind_display()} {found.name}")
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
    )
