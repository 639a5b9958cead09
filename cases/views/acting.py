"""A form on a record that hangs on a case: one page per act, with the case beside it.

Invisible is 404, not allowed 403 with the ruling, seen too early 409; what the service refuses although the
person may is said on the form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from authority.refusals import Refused, insist_on
from authority.rulings import Ruling
from cases.conflicts import Stale
from cases.models import ClaimCase
from cases.views.case_pages import beside, seen_version, stale
from departments.http import StaffRequest
from departments.models import Staff

Record = Any  # a ClaimCase, or a row with `case`


@dataclass(frozen=True, slots=True)
class Act:
    """`rows`: what the person may see. `form` makes the form of the record and what was sent; `do` calls the
    service and gives what to show next. `more`: further context of the page's side."""

    title: str
    button: str
    rows: Callable[[Staff], Any]
    ruling: Callable[[Any, Staff], Ruling]
    form: Callable[[Any, Any, StaffRequest], Any]
    do: Callable[[Any, Any, StaffRequest, int], Any]
    hint: str = ""
    template: str = "cases/act.html"


def act_page(act: Act) -> Callable[[StaffRequest, int], HttpResponse]:
    @require_http_methods(["GET", "POST"])
    def page(request: StaffRequest, pk: int) -> HttpResponse:
        record = get_object_or_404(act.rows(request.user), pk=pk)
        insist_on(act.ruling(record, request.user))
        try:
            return _answer(act, record, request)
        except Stale:
            return stale(request, case_of(record))

    return page


def case_of(record: Record) -> ClaimCase:
    case: ClaimCase = record if isinstance(record, ClaimCase) else record.case
    return case


def _answer(act: Act, record: Record, request: StaffRequest) -> HttpResponse:
    form = act.form(record, _sent(request), request)
    if form.is_bound and form.is_valid():
        shown = _done(act, record, form, request)
        if shown is not None:
            messages.success(request, f"{case_of(record)}：{act.title}完成")
            return redirect(shown)
    context = {**beside(request, case_of(record)), "act": act, "record": record, "form": form}
    return render(request, act.template, context, status=422 if form.is_bound else 200)


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _done(act: Act, record: Record, form: Any, request: StaffRequest) -> Any:
    try:
        return act.do(record, form, request, seen_version(request))
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return None
