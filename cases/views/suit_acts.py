"""What is done in a suit, one page per act: the form, or every reason why not now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import Refused, insist_on
from cases import services
from cases.conflicts import Stale
from cases.forms import suing as forms
from cases.lawsuits import page
from cases.lawsuits.life import SuitAct
from cases.lawsuits.rulings import actor_of, may_act, may_answer_counsel
from cases.models import Counsel, Hearing, Judgment, Lawsuit
from cases.services import Appeal, Ending, Heard, Lawyer, Plea, Summons, Terms
from cases.views.case_pages import seen_version
from cases.views.suing import say_on, suit_page
from departments.http import StaffRequest
from departments.models import Staff

Sent = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """`form` is made from the suit, the person and what was sent; `do` calls the service."""

    act: SuitAct
    form: Callable[[Lawsuit, Staff, Any], Any]
    do: Callable[[Lawsuit, Sent, Staff, int], object]
    hint: str = ""


def _plain(form: type[Any]) -> Callable[[Lawsuit, Staff, Any], Any]:
    return lambda lawsuit, staff, sent: form(sent)


def _of_suit(form: type[Any]) -> Callable[[Lawsuit, Staff, Any], Any]:
    return lambda lawsuit, staff, sent: form(lawsuit, sent)


def _moved(act: SuitAct) -> Callable[[Lawsuit, Sent, Staff, int], object]:
    return lambda suit, sent, by, seen: services.move_on(suit, act, sent["at"], by=by, seen=seen)


ACTS: dict[str, Act] = {
    "report": Act(
        SuitAct.REPORT,
        _plain(forms.ReportForm),
        lambda suit, sent, by, seen: services.report_lawsuit(suit, Plea(**sent), by=by, seen=seen),
        "以诉请与诉讼估损中较高的金额报批：权限内由法务岗答复，超权限逐级上报至总公司。",
    ),
    "enter": Act(
        SuitAct.ENTER,
        _plain(forms.EnterForm),
        lambda suit, sent, by, seen: services.enter_lawsuit(suit, sent["legal_system_no"], by=by, seen=seen),
    ),
    "defend": Act(SuitAct.DEFEND, _plain(forms.MomentForm), _moved(SuitAct.DEFEND)),
    "try": Act(SuitAct.TRY, _plain(forms.MomentForm), _moved(SuitAct.TRY)),
    "try-again": Act(SuitAct.TRY_AGAIN, _plain(forms.MomentForm), _moved(SuitAct.TRY_AGAIN)),
    "link": Act(
        SuitAct.LINK,
        lambda lawsuit, staff, sent: forms.LinkForm(staff, sent),
        lambda suit, sent, by, seen: services.link_case(suit, sent["number"], by=by, seen=seen),
        "一次事故可能同时涉及交强险和商业险两张保单，两件赔案都要标明涉诉。",
    ),
    "officer": Act(
        SuitAct.ASSIGN,
        _of_suit(forms.OfficerForm),
        lambda suit, sent, by, seen: services.assign_officer(suit, sent["officer"], by=by, seen=seen),
    ),
    "hearing": Act(
        SuitAct.SET_HEARING,
        _of_suit(forms.SummonsForm),
        lambda suit, sent, by, seen: services.set_hearing(suit, Summons(**sent), by=by, seen=seen),
    ),
    "judgment": Act(
        SuitAct.JUDGE,
        _plain(forms.JudgmentForm),
        lambda suit, sent, by, seen: services.note_judgment(suit, sent, by=by, seen=seen),
        "上诉期从收到之日的次日起算；判决意见须在一个工作日内上报。",
    ),
    "appeal": Act(
        SuitAct.APPEAL,
        _plain(forms.AppealForm),
        lambda suit, sent, by, seen: services.appeal(suit, Appeal(**sent), by=by, seen=seen),
        "我方上诉须先上报上诉意见并获同意；对方上诉直接登记。",
    ),
    "scheme": Act(
        SuitAct.PROPOSE,
        _plain(forms.SchemeForm),
        lambda suit, sent, by, seen: services.propose_settlement(suit, Plea(**sent), by=by, seen=seen),
        "按调解上限报批，获同意后才能在法庭上提出。",
    ),
    "settle": Act(
        SuitAct.SETTLE,
        _plain(forms.SettleForm),
        lambda suit, sent, by, seen: services.settle_lawsuit(suit, Terms(**sent), by=by, seen=seen),
    ),
    "perform": Act(
        SuitAct.PERFORM,
        _plain(forms.PerformForm),
        lambda suit, sent, by, seen: services.perform_lawsuit(suit, Terms(**sent), by=by, seen=seen),
        "这里登记履行情况；赔款支付仍走赔案的核赔和支付。",
    ),
    "close": Act(
        SuitAct.CLOSE,
        _plain(forms.CloseForm),
        lambda suit, sent, by, seen: services.close_lawsuit(suit, Ending(**sent), by=by, seen=seen),
    ),
    "our-counsel": Act(
        SuitAct.NAME_COUNSEL,
        _of_suit(forms.OurCounselForm),
        lambda suit, sent, by, seen: services.name_counsel(
            suit, sent["court_level"], sent["staff"], by=by, seen=seen
        ),
    ),
    "lawyer": Act(
        SuitAct.ASK_COUNSEL,
        _plain(forms.LawyerForm),
        lambda suit, sent, by, seen: services.ask_counsel(suit, Lawyer(**sent), by=by, seen=seen),
        "外部律师逐案由部门负责人同意后方可出庭和付费。",
    ),
    "cost": Act(
        SuitAct.NOTE_COST,
        _of_suit(forms.CostForm),
        lambda suit, sent, by, seen: services.note_cost(suit, sent, by=by, seen=seen),
    ),
}


@require_http_methods(["GET", "POST"])
@suit_page
def lawsuit_act(request: StaffRequest, lawsuit: Lawsuit, slug: str) -> HttpResponse:
    act = ACTS.get(slug)
    if act is None:
        raise Http404
    return _page(request, lawsuit, act)


def _page(request: StaffRequest, lawsuit: Lawsuit, act: Act) -> HttpResponse:
    """A stale form is told before anything else; then who may not at all, then what was filled in wrongly."""
    sent = request.POST if request.method == "POST" else None
    if sent is not None and seen_version(request) != lawsuit.version:
        raise Stale
    insist_on(may_act(lawsuit, act.act, actor_of(request.user)))
    form = act.form(lawsuit, request.user, sent)
    if sent is not None and form.is_valid() and _done(request, lawsuit, act, form):
        messages.success(request, f"诉讼 {lawsuit}：{act.act.label}完成")
        return redirect(lawsuit)
    context = {"lawsuit": lawsuit, "facts": page.facts_of_suit(lawsuit), "form": form, "act": act}
    return render(request, "cases/lawsuit_act.html", context, status=422 if sent is not None else 200)


def _done(request: StaffRequest, lawsuit: Lawsuit, act: Act, form: Any) -> bool:
    try:
        act.do(lawsuit, form.cleaned_data, request.user, seen_version(request))
    except Refused as refused:
        say_on(form, refused)
        return False
    return True


@require_http_methods(["GET", "POST"])
def hearing_note(request: StaffRequest, pk: int) -> HttpResponse:
    visible = Hearing.objects.visible_to(request.user).select_related("attendee")
    hearing = get_object_or_404(visible, pk=pk)
    act = Act(
        SuitAct.NOTE_HEARING,
        _plain(forms.HeardForm),
        lambda suit, sent, by, seen: services.note_hearing(hearing, Heard(**sent), by=by, seen=seen),
        f"{hearing.get_court_level_display()} {hearing.court_room}",
    )
    return _for_suit(request, hearing.lawsuit_id, act)


@require_http_methods(["GET", "POST"])
def judgment_opinion(request: StaffRequest, pk: int) -> HttpResponse:
    seen = Lawsuit.objects.visible_to(request.user)
    judgment = get_object_or_404(Judgment.objects.filter(lawsuit__in=seen).select_related("lawsuit"), pk=pk)
    act = Act(
        SuitAct.OPINE,
        _plain(forms.OpinionForm),
        lambda suit, sent, by, version: services.opine_on_judgment(
            judgment, Plea(**sent), by=by, seen=version
        ),
        f"{judgment}：判赔 {judgment.amount:,.2f} 元",
    )
    return _for_suit(request, judgment.lawsuit_id, act)


def _for_suit(request: StaffRequest, lawsuit_id: int, act: Act) -> HttpResponse:
    def view(request: StaffRequest, lawsuit: Lawsuit) -> HttpResponse:
        return _page(request, lawsuit, act)

    return suit_page(view)(request, lawsuit_id)


@require_POST
def counsel_answer(request: StaffRequest, pk: int) -> HttpResponse:
    seen = Lawsuit.objects.visible_to(request.user)
    rows = Counsel.objects.filter(lawsuit__in=seen).select_related("lawsuit__case__unit")
    counsel = get_object_or_404(rows, pk=pk)
    insist_on(may_answer_counsel(counsel, actor_of(request.user)))
    form = forms.CounselAnswerForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    consents = request.POST.get("say") == "consent"
    counsel = services.answer_counsel(counsel, answer, consents=consents, by=request.user)
    messages.success(request, f"{counsel}：{counsel.get_status_display()}")
    return redirect(counsel.lawsuit)


@require_GET
@suit_page
def lawsuit_sheet(request: StaffRequest, lawsuit: Lawsuit) -> HttpResponse:
    """应诉审批表: the papers, the proposal and the answers, to be signed."""
    return _sheet(request, lawsuit, None)


@require_GET
def judgment_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """上诉意见表."""
    seen = Lawsuit.objects.visible_to(request.user)
    judgment = get_object_or_404(Judgment.objects.filter(lawsuit__in=seen), pk=pk)

    def view(request: StaffRequest, lawsuit: Lawsuit) -> HttpResponse:
        return _sheet(request, lawsuit, judgment)

    return suit_page(view)(request, judgment.lawsuit_id)


def _sheet(request: StaffRequest, lawsuit: Lawsuit, judgment: Judgment | None) -> HttpResponse:
    context = {
        "lawsuit": lawsuit,
        "facts": page.facts_of_suit(lawsuit),
        "parties": page.shown_parties(lawsuit, may_see=request.user.sees_personal_data),
        "judgment": judgment,
        "asked": page.asked_about(lawsuit, judgment),
        "counsels": page.counsels_of(lawsuit, request.user),
    }
    return render(request, "cases/lawsuit_sheet.html", context)
