"""Filing the paper of a letter or a certificate and taking it out; every download is recorded."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from authority import services
from authority.forms import ScanForm
from authority.letter_page import letter_page
from authority.models import AuthorityLetter, CertificateScan, LetterScan
from authority.views.certificates import certificate_page
from authority.views.letters import visible_letter
from departments.access_log import record_download
from departments.http import StaffRequest
from departments.models import Certificate
from departments.uploads import AlreadyFiled


@require_POST
def letter_scan_upload(request: StaffRequest, pk: int) -> HttpResponse:
    letter = visible_letter(request.user, pk)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.file_scan(letter, form.cleaned_data["file"], by=request.user)
        except AlreadyFiled:
            form.add_error("file", "这份文件已经归档。")
    if not form.is_valid():
        context = {"page": letter_page(letter, request.user), "letter": letter, "scan_form": form}
        return render(request, "authority/letter.html", context, status=422)
    messages.success(request, "扫描件已归档")
    return redirect(letter)


@require_GET
def letter_scan(request: StaffRequest, pk: int) -> FileResponse:
    """As an attachment under its own name, never shown inside a page of ours."""
    visible = AuthorityLetter.objects.visible_to(request.user)
    scan = get_object_or_404(LetterScan.objects.select_related("letter"), pk=pk, letter__in=visible)
    return _attached(request, scan, f"授权书 {scan.letter}")


@require_POST
def certificate_scan_upload(request: StaffRequest, pk: int) -> HttpResponse:
    context = certificate_page(request, pk)
    form, found = ScanForm(request.POST, request.FILES), context["one"]
    if form.is_valid():
        try:
            services.file_certificate(found, form.cleaned_data["file"], by=request.user)
        except AlreadyFiled:
            form.add_error("file", "这份文件已经归档。")
    if not form.is_valid():
        return render(request, "authority/certificate.html", {**context, "scan_form": form}, status=422)
    messages.success(request, "扫描件已归档")
    return redirect("authority:certificate", pk)


@require_GET
def certificate_scan(request: StaffRequest, pk: int) -> FileResponse:
    visible = Certificate.objects.visible_to(request.user)
    scans = CertificateScan.objects.select_related("certificate__type", "certificate__staff")
    scan = get_object_or_404(scans, pk=pk, certificate__in=visible)
    return _attached(request, scan, f"{scan.certificate.staff.name} {scan.certificate}")


def _attached(request: StaffRequest, scan: LetterScan | CertificateScan, of: str) -> FileResponse:
    record_download(request.user, f"{of} 扫描件 {scan.name}")
    return FileResponse(
        scan.file.open("rb"), as_attachment=True, filename=scan.name, content_type=scan.content_type
    )
