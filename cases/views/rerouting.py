"""重新路由: what would change under the rules and grants of today; what was shown is what is applied."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from authority.refusals import insist_on
from authority.rulings import Objection
from cases import services
from cases.conflicts import Stale
from cases.rulings import refused_for
from departments.access import MANAGE_UNIT
from departments.http import StaffRequest, number_in
from departments.paging import keyset_page

_NOT_MANAGING = Objection("not_managing", "没有任何机构的管理权限，不能重新路由")


@require_GET
def reroutes(request: StaffRequest) -> HttpResponse:
    _insist_on_managing(request)
    return _page(request)


def _page(request: StaffRequest, *, is_stale: bool = False) -> HttpResponse:
    """A page of what is under way is examined; only what would change is shown."""
    page = keyset_page(services.in_flight(request.user), ["pk"], request.GET.get("cursor", ""))
    context = {"page": page, "rows": services.detours_of(page.rows), "is_stale": is_stale}
    return render(request, "cases/reroutes.html", context, status=409 if is_stale else 200)


def _insist_on_managing(request: StaffRequest) -> None:
    staff = request.user
    may = staff.unit_scope.ids(MANAGE_UNIT) and not staff.admin_role
    insist_on(refused_for([] if may else [_NOT_MANAGING]))


@require_POST
def reroutes_apply(request: StaffRequest) -> HttpResponse:
    """All the ticked ones as they were shown, or none: 409 with the list as it is now."""
    _insist_on_managing(request)
    tickets = [_ticket(text) for text in request.POST.getlist("ticket")]
    try:
        done = services.reroute_shown(tickets, by=request.user)
    except Stale:
        return _page(request, is_stale=True)
    if done:
        messages.success(request, f"已重新路由 {done} 件，新的审批人已收到通知")
    return redirect("cases:reroutes")


def _ticket(text: str) -> tuple[int, int, str]:
    pk, _, rest = text.partition(":")
    seen, _, shown = rest.partition(":")
    return number_in(pk), number_in(seen), shown
