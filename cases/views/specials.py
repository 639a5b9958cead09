"""Lists of special cases, the registers R07, R08, R14, and what is signed on paper."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from cases.casefile.approval import submissions_of
from cases.clocks import Clocks
from cases.forms.special import SpecialFilter
from cases.models import Decision, Kind, SpecialRequest
from cases.specials import page
from cases.specials.columns import REGISTERS, SPECIALS, with_opinions
from cases.specials.facts import checklist
from cases.views.case_pages import beside
from cases.views.special import special_page
from departments.http import StaffRequest
from departments.listings import show

TITLES = {
    Kind.PREPAYMENT: "预付赔款审批表",
    Kind.RESCUE_PAYMENT: "抢救费支付审批表",
    Kind.RESCUE_ADVANCE: "抢救费垫付审批表",
}


@require_GET
def specials(request: StaffRequest) -> HttpResponse:
    form = SpecialFilter(request.GET, viewer=request.user)
    rows = form.narrow(SpecialRequest.objects.visible_to(request.user).for_list())
    return show(request, SPECIALS, rows, form, tabs=_tabs(request), registers=_registers())


def _tabs(request: StaffRequest) -> list[tuple[str, str, bool]]:
    """By kind; the other filters stay."""
    chosen, kept = request.GET.get("kind", ""), request.GET.copy()
    kept.pop("cursor", None)
    found = []
    for code, label in [("", "全部"), *Kind.choices]:
        kept["kind"] = code
        found.append((f"?{kept.urlencode()}", str(label), code == chosen))
    return found


def _registers() -> list[tuple[str, str, str]]:
    return [(code, listing.report_code, listing.title) for code, (listing, _) in REGISTERS.items()]


@require_GET
def special_register(request: StaffRequest, code: str) -> HttpResponse:
    """Of what has been sent, this month unless another period is asked for."""
    if code not in REGISTERS:
        raise Http404
    listing, kinds = REGISTERS[code]
    first = timezone.localdate().replace(day=1)
    asked = request.GET.dict() if request.GET else {"since": f"{first:%Y-%m-%d}"}
    form = SpecialFilter(asked, viewer=request.user)
    sent = SpecialRequest.objects.visible_to(request.user).filter(kind__in=kinds)
    rows = form.narrow(with_opinions(sent.exclude(state="draft").for_list()))
    everything = urlencode({"since": ""})
    return show(request, listing, rows, form, registers=_registers(), code=code, everything=everything)


@require_GET
@special_page
def special_sheet(request: StaffRequest, special: SpecialRequest) -> HttpResponse:
    """特殊案件审批表, or that of a prepayment or advance."""
    own = page.own_submissions(special, submissions_of(special.case))
    decided = Decision.objects.filter(submission__in=own).select_related(
        "decided_by", "acted_for", "chain_step", "submission__escalation"
    )
    context = {
        **beside(request, special.case),
        "special": special,
        "title": TITLES.get(Kind(special.kind), "特殊案件审批表"),
        "own_facts": page.facts_of(special, request.user),
        "papers": checklist(special),
        "submissions": own,
        "decisions": decided.order_by("decided_at"),
    }
    return render(request, "cases/special_sheet.html", context)


@require_GET
@special_page
def refusal_notice(request: StaffRequest, special: SpecialRequest) -> HttpResponse:
    """拒赔通知书 as it is posted: reasons, clause, and the way to object."""
    if special.kind != Kind.REFUSAL or special.state not in ("agreed", "executed"):
        raise Http404
    rule = Clocks.today().rules.get("refusal_notice")
    context = {
        **beside(request, special.case),
        "special": special,
        "notice": getattr(special, "notice", None),
        "days": int(rule.limit) if rule else None,
        "sees": request.user.sees_personal_data,
    }
    return render(request, "cases/refusal_notice.html", context)
