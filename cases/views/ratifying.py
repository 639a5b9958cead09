"""追认 and 撤销: what was done in an emergency, answered for, on a statement, undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from authority.emergencies import may_ratify
from authority.models import Ratification
from authority.urgent import answerer_of
from cases import services
from cases.forms.ratifying import RatificationFilter, RatifyForm, RefuseForm, ReversalForm
from cases.models import ClaimCase, ReversalTask
from cases.ratifications import tallies, visible_cases, workbook
from cases.rulings import refused_for
from departments.access_log import record_export
from departments.http import StaffRequest, number_in
from departments.paging import keyset_page
from departments.sheets import XLSX

ORDER = ("-acted_at", "-pk")
MOST_PRINTED = 1000


@require_GET
def ratifications(request: StaffRequest) -> HttpResponse:
    form = _filter(request)
    month = Ratification.objects.visible_to(request.user).filter(form.in_month())
    page = keyset_page(_rows(request, form), ORDER, request.GET.get("cursor", ""))
    cases = visible_cases(page.rows, request.user)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, cases.get(row.ledger_entry_id)) for row in page.rows],
        "tallies": tallies(month),
        "month": form.first,
    }
    return render(request, "cases/ratifications.html", context)


def _filter(request: StaffRequest) -> RatificationFilter:
    """This month, said in the field, until another one is chosen."""
    return RatificationFilter({"month": f"{timezone.localdate():%Y-%m}", **request.GET.dict()})


def _rows(request: StaffRequest, form: RatificationFilter) -> Any:
    rows = Ratification.objects.visible_to(request.user).filter(form.in_month(), form.chosen(request.user))
    person = request.GET.get("person", "")
    if person:
        rows = rows.filter(acted_by=number_in(person))
    return rows.with_people()


@require_GET
def ratifications_print(request: StaffRequest) -> HttpResponse:
    form = _filter(request)
    rows = list(_rows(request, form).order_by(*ORDER)[:MOST_PRINTED])
    month = Ratification.objects.visible_to(request.user).filter(form.in_month())
    context = {"rows": rows, "tallies": tallies(month), "month": form.first}
    return render(request, "cases/ratifications_print.html", context)


@require_GET
def ratifications_export(request: StaffRequest) -> HttpResponse:
    form = _filter(request)
    rows = list(_rows(request, form).order_by(*ORDER))
    record_export(request.user, f"追认清单 {form.first:%Y-%m}", len(rows))
    name = f"attachment; filename=ratifications-{form.first:%Y-%m}.xlsx"
    return HttpResponse(workbook(rows), content_type=XLSX, headers={"Content-Disposition": name})


@require_http_methods(["GET", "POST"])
def ratification(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Ratification.objects.visible_to(request.user).with_people(), pk=pk)
    refusing = request.POST.get("answer") == "refuse"
    form = (RefuseForm if refusing else RatifyForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, found, refusing, form.cleaned_data["note"])
    context = {**_shown(request, found), "refuse_form": RefuseForm(), "ratify_form": RatifyForm()}
    if refusing:
        context["refuse_form"] = form
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/ratification.html", context, status=status)


def _answered(request: StaffRequest, found: Ratification, refusing: bool, note: str) -> HttpResponse:
    if refusing:
        task = services.refuse_ratification(found, by=request.user, note=note)
        messages.success(request, f"不予追认，已向{task.responsible.name}开出撤销任务")
    else:
        services.ratify(found, by=request.user, note=note)
        messages.success(request, f"已追认：{found.subject}")
    return redirect("cases:ratification", found.pk)


def _shown(request: StaffRequest, found: Ratification) -> dict[str, Any]:
    decision = services.decision_of(found)
    answerer = answerer_of(found, request.user, services.took_part(decision))
    is_waiting = found.status == Ratification.Status.WAITING
    seen = ClaimCase.objects.visible_to(request.user).filter(pk=decision.case_id).exists()
    return {
        "ratification": found,
        "decision": decision,
        "case": decision.case if seen else None,
        "ruling": may_ratify(found.ratifier_id, found.acted_by_id, is_waiting, answerer),
        "is_waiting": is_waiting,
        "reversal": ReversalTask.objects.filter(ratification=found).first(),
    }


@require_GET
def reversals(request: StaffRequest) -> HttpResponse:
    tasks = ReversalTask.objects.visible_to(request.user).with_people()
    if request.GET.get("state") != "all":
        tasks = tasks.open()
    page = keyset_page(tasks, ("-opened_at", "-pk"), request.GET.get("cursor", ""))
    return render(request, "cases/reversals.html", {"page": page})


@require_http_methods(["GET", "POST"])
def reversal(request: StaffRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(ReversalTask.objects.visible_to(request.user).with_people(), pk=pk)
    form = ReversalForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.finish_reversal(task, by=request.user, evidence=form.cleaned_data["evidence"])
        messages.success(request, "撤销任务已办结")
        return redirect(task)
    ruling = refused_for(services.finishing_objections(task, task.case, request.user, "凭证"))
    context = {"task": task, "form": form, "ruling": ruling}
    return render(request, "cases/reversal.html", context, status=422 if form.is_bound else 200)
