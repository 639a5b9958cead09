"""权限履行监督: months, one month, a person, a finding, the sample; opinions, results, signatures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import insist_on
from cases.forms.supervision import CheckForm, ConclusionForm, SignForm
from cases.models import FindingCase, PersonFigures, SampledDecision, SupervisionFinding, SupervisionMonth
from cases.services import supervising
from cases.supervision import rulings
from cases.supervision.acts import decisions_of
from cases.supervision.export import workbook
from cases.supervision.making import next_month
from cases.supervision.page import events_of, month_page, parameters_of, sample_of
from cases.supervision.redrawing import redrawn
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.models import Staff
from departments.paging import keyset_page
from departments.sheets import XLSX


def _visible(request: StaffRequest, pk: int) -> SupervisionMonth:
    return get_object_or_404(SupervisionMonth.objects.visible_to(request.user).for_list(), pk=pk)


@require_GET
def index(request: StaffRequest) -> HttpResponse:
    insist_on(rulings.may_read(rulings.supervisor(request.user)))
    months = SupervisionMonth.objects.visible_to(request.user).for_list()
    page = keyset_page(months, ["-month", "-id"], request.GET.get("cursor", ""))
    return render(request, "cases/supervision.html", {"page": page})


@require_GET
def month(request: StaffRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    return _month_page(request, found, SignForm())


def _month_page(request: StaffRequest, found: SupervisionMonth, form: SignForm) -> HttpResponse:
    context = {
        "page": month_page(found),
        "month": found,
        "events": events_of(found),
        "parameters": parameters_of(found),
        "signing": supervising.signing(found, request.user),
        "countersigning": supervising.countersigning(found, request.user),
        "form": form,
    }
    return render(request, "cases/supervision_month.html", context, status=422 if form.errors else 200)


@require_POST
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = _visible(request, pk), SignForm(request.POST)
    if not form.is_valid():
        return _month_page(request, found, form)
    supervising.sign_month(found, form.cleaned_data["summary"], by=request.user)
    messages.success(request, "已签署，等待上级签署")
    return redirect(found)


@require_POST
def countersign(request: StaffRequest, pk: int) -> HttpResponse:
    found = supervising.countersign_month(_visible(request, pk), by=request.user)
    messages.success(request, "已签署，本月监督完成")
    return redirect(found)


@require_http_methods(["GET", "POST"])
def finding(request: StaffRequest, pk: int) -> HttpResponse:
    months = SupervisionMonth.objects.visible_to(request.user)
    rows = SupervisionFinding.objects.select_related("month__unit", "person", "concluded_by")
    found = get_object_or_404(rows, pk=pk, month__in=months)
    form = ConclusionForm(
        request.POST or None, initial={"conclusion": found.conclusion, "opinion": found.opinion}
    )
    if form.is_bound and form.is_valid():
        supervising.conclude_finding(found, **form.cleaned_data, by=request.user)
        messages.success(request, "复核意见已记录")
        return redirect(found.month)
    ruling = rulings.may_conclude(found.month, rulings.supervisor(request.user), found.people)
    context = {"finding": found, "behind": _behind(found), "form": form, "ruling": ruling}
    return render(request, "cases/supervision_finding.html", context, status=422 if form.is_bound else 200)


def _behind(found: SupervisionFinding) -> list[FindingCase]:
    rows = found.behind.select_related("case__unit", "decision__decided_by", "decision__submission__item")
    return list(rows.select_related("decision__acted_for", "decision__submission__submitted_by"))


@require_GET
def person(request: StaffRequest, pk: int, person: int) -> HttpResponse:
    """The month of one person, among the months that may be seen; the decisions themselves as a list."""
    found = _visible(request, pk)
    figures = get_object_or_404(found.figures.select_related("person"), person=person)
    decided = decisions_of(found.unit.path, found.month, next_month(found.month)).filter(decided_by=person)
    rows = decided.select_related("case__unit", "submission__item", "chain_step", "acted_for")
    context = {
        "month": found,
        "figures": figures,
        "months": _months_of(figures.person, request.user),
        "findings": found.findings.filter(people__contains=[person]),
        "page": keyset_page(rows, ["-decided_at", "-id"], request.GET.get("cursor", "")),
    }
    return render(request, "cases/supervision_person.html", context)


def _months_of(person: Staff, viewer: Staff) -> list[PersonFigures]:
    months = SupervisionMonth.objects.visible_to(viewer)
    rows = PersonFigures.objects.filter(person=person, month__in=months).select_related("month")
    return list(rows.order_by("-month__month")[:12])


@require_GET
def sample(request: StaffRequest, pk: int) -> HttpResponse:
    return _sample_page(request, _visible(request, pk))


def _sample_page(
    request: StaffRequest, found: SupervisionMonth, form: CheckForm | None = None, wrong: int = 0
) -> HttpResponse:
    who = rulings.supervisor(request.user)
    rows = [(one, rulings.may_check(one, found, who)) for one in sample_of(found)]
    context = {"month": found, "rows": rows, "form": form or CheckForm(), "wrong": wrong}
    drawn = {"redrawn": redrawn(found)} if "redraw" in request.GET else {}
    return render(request, "cases/supervision_sample.html", {**context, **drawn}, status=422 if form else 200)


@require_POST
def check(request: StaffRequest, pk: int) -> HttpResponse:
    months = SupervisionMonth.objects.visible_to(request.user)
    sampled = get_object_or_404(
        SampledDecision.objects.select_related("month__unit"), pk=pk, month__in=months
    )
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _sample_page(request, sampled.month, form, sampled.pk)
    supervising.check_sampled(sampled, **form.cleaned_data, by=request.user)
    return redirect("cases:supervision_sample", sampled.month_id)


@require_GET
def export(request: StaffRequest, pk: int) -> HttpResponse:
    page = month_page(_visible(request, pk))
    record_export(request.user, str(page.month), len(page.figures) + len(page.findings) + len(page.sample))
    disposition = content_disposition_header(as_attachment=True, filename=f"{page.month}.xlsx")
    return HttpResponse(workbook(page), content_type=XLSX, headers={"Content-Disposition": disposition})


@require_GET
def print_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    page = month_page(_visible(request, pk))
    context = {"page": page, "month": page.month, "sample": "sample" in request.GET}
    return render(request, "cases/supervision_print.html", context)
