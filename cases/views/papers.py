"""Filing a paper, looking at one, taking one out; whoever gets one is recorded."""

from __future__ import annotations

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
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


# A paper is somebody else's file: shown, it may load nothing and run nothing, and only in a page of ours.
# `object-src` and the inline style are what the browser's own reader of PDF files is made of.
SHOWN = {
    "default-src": [NONE],
    "object-src": [SELF],
    "style-src": ["'unsafe-inline'"],
    "img-src": [SELF],
    "frame-ancestors": [SELF],
}


@require_GET
def paper_view(request: StaffRequest, pk: int) -> HttpResponse:
    """One paper of the file large, the others beside it."""
    found = _visible(request, pk)
    papers = list(found.case.papers.select_related("uploaded_by").order_by("kind", "pk"))
    place = papers.index(found)
    context = {
        "case": found.case,
        "paper": found,
        "papers": papers,
        "before": papers[place - 1] if place else None,
        "after": papers[place + 1] if place + 1 < len(papers) else None,
        "is_image": found.content_type.startswith("image/"),
    }
    return render(request, "cases/paper_view.html", context)


@require_GET
@xframe_options_sameorigin
@csp(SHOWN)  # type: ignore[arg-type]  # its stub knows plain requests only
def paper_inline(request: StaffRequest, pk: int) -> FileResponse:
    """The bytes inside our page: an image or a PDF by what was found in it when it was filed."""
    found = _visible(request, pk)
    record_download(request.user, f"查看 赔案 {found.case} {found.get_kind_display()} {found.name}")
    return FileResponse(found.file.open("rb"), filename=found.name, content_type=found.content_type)


def _visible(request: StaffRequest, pk: int) -> CasePaper:
    visible = ClaimCase.objects.visible_to(request.user)
    return get_object_or_404(CasePaper.objects.select_related("case"), pk=pk, case__in=visible)


@require_GET
def paper(request: StaffRequest, pk: int) -> FileResponse:
    """As an attachment under its own name."""
    found = _visible(request, pk)
    record_download(request.user, f"赔案 {found.case} {found.get_kind_display()} {found.name}")
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
    )
