"""问题件: the list, one finding with what can be done about it, several confirmed at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.models import LedgerEntry
from authority.refusals import Refused, insist_on
from authority.rulings import Ruling
from cases import services
from cases.casefile.timeline import event_of
from cases.forms import problems as forms
from cases.models import ClaimCase, ProblemFinding
from cases.problems.list import PROBLEMS
from cases.problems.rulings import may_find, party
from cases.problems.waiting import confirmable
from cases.views.case_pages import beside, case_page
from cases.views.deciding import RowResult
from departments.http import StaffRequest, number_in
from departments.listings import show
from departments.paging import keyset_page

Found = ProblemFinding
MOST = 200


@dataclass(frozen=True, slots=True)
class Act:
    """`ruling` says whether this person may now, `form` what is filled in, `do` calls the service."""

    title: str
    button: str
    ruling: Callable[[Found, Any], Ruling]
    form: Callable[[Any, Found], Any]
    do: Callable[[Found, Any, Any], object]
    tone: str = "btn-primary"
    hint: str = ""


ACTS: dict[str, Act] = {
    "reply": Act(
        "答复", "答复", services.replying,
        lambda sent, found: forms.ReplyForm(sent, initial={"kind": "accepts"}),
        lambda found, sent, by: services.reply_to_problem(found, sent["kind"], sent["text"], by=by),
        hint="认可的还须登记整改；不认可的写明情况，也可以直接申诉。",
    ),
    "correct": Act(
        "整改", "登记整改", services.correcting,
        lambda sent, found: forms.CorrectForm(sent),
        lambda found, sent, by: services.correct_problem(found, sent["text"], by=by),
    ),
    "confirm": Act(
        "确认", "确认问题", services.confirming,
        lambda sent, found: forms.ConfirmForm(sent),
        lambda found, sent, by: services.confirm_problem(found, sent["note"], by=by),
        hint="确认后计入责任机构的考核。",
    ),
    "look": Act(
        "申诉复核", "作出复核", services.looking_again,
        lambda sent, found: forms.LookForm(sent),
        lambda found, sent, by: services.look_again(found, _second(sent), by=by),
        hint="维持、减轻的计入考核；撤销的不计。",
    ),
    "appeal": Act(
        "申诉", "提出申诉", services.appealing,
        lambda sent, found: forms.AppealForm(sent),
        lambda found, sent, by: services.appeal_problem(found, sent["text"], by=by),
        tone="", hint="由发现人以外的室主任复核，只能申诉一次。",
    ),
    "amend": Act(
        "补充修改", "保存", services.amending_problem,
        forms.AmendForm,
        lambda found, sent, by: services.amend_problem(found, services.Amended(**sent), by=by),
        tone="", hint="机构答复之前可以修改。",
    ),
    "withdraw": Act(
        "撤销", "撤销问题件", services.withdrawing_problem,
        lambda sent, found: forms.WithdrawForm(sent),
        lambda found, sent, by: services.withdraw_problem(found, sent["note"], by=by),
        tone="btn-danger", hint="机构的说明成立，不再作为问题。",
    ),
}  # fmt: skip


def _second(sent: dict[str, Any]) -> services.SecondLook:
    return services.SecondLook(sent["look"], sent["opinion"], sent["points"] or 0)


@require_GET
def problems(request: StaffRequest) -> HttpResponse:
    form = forms.ProblemFilter(request.GET, request.user)
    rows = form.narrow(ProblemFinding.objects.visible_to(request.user).for_list())
    to_confirm = confirmable(request.user).count()
    return show(request, PROBLEMS, rows, form, to_confirm=to_confirm, reviews=party(request.user).reviews)


def _visible(request: StaffRequest, pk: int) -> ProblemFinding:
    rows = ProblemFinding.objects.visible_to(request.user).for_list()
    people = ("replied_by", "corrected_by", "appealed_by", "looked_by", "closed_by", "case__unit", "decision")
    return get_object_or_404(rows.select_related(*people), pk=pk)


@require_GET
def problem(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _visible(request, pk))


def _page(request: StaffRequest, found: Found, sent: tuple[str, Any] | None = None) -> HttpResponse:
    """`sent`: the act and the form that could not be taken, shown again with its errors."""
    rulings = {name: act.ruling(found, request.user) for name, act in ACTS.items()}
    context = {
        "finding": found,
        "doors": _doors(found, rulings, dict([sent]) if sent else {}),
        "next_ruling": rulings[NEXT.get(found.status, "correct")],
        "papers": found.papers.all(),
        "events": events_of(found),
        "sees_case": ClaimCase.objects.visible_to(request.user).filter(pk=found.case_id).exists(),
    }
    return render(request, "cases/problem.html", context, status=422 if sent else 200)


def _doors(found: Found, rulings: dict[str, Ruling], bound: dict[str, Any]) -> list[tuple[str, Act, Any]]:
    """The acts that are this person's now, each with its form."""
    return [
        (name, act, bound.get(name) or act.form(None, found))
        for name, act in ACTS.items()
        if rulings[name].allowed
    ]


NEXT = {"found": "reply", "replied": "confirm", "appealed": "look"}


def events_of(found: Found) -> list[Any]:
    """What happened to the finding, newest first, from the ledger of its case."""
    entries = LedgerEntry.objects.filter(chain=f"case:{found.case_id}", details__problem=found.number)
    return [event_of(entry) for entry in entries.select_related("actor", "acted_for").order_by("-sequence")]


@require_POST
def problem_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    found, chosen = _visible(request, pk), ACTS.get(act)
    if chosen is None:
        raise Http404
    insist_on(chosen.ruling(found, request.user))
    form = chosen.form(request.POST, found)
    if form.is_valid() and _done(request, found, chosen, form):
        messages.success(request, f"{found}：{chosen.title}完成")
        return redirect(found)
    return _page(request, found, (act, form))


def _done(request: StaffRequest, found: Found, act: Act, form: Any) -> bool:
    """The person may; what the service still refuses is said on the form."""
    try:
        act.do(found, form.cleaned_data, request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    return True


@require_http_methods(["GET", "POST"])
@case_page
def problem_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    insist_on(may_find(case.unit_id, party(request.user)))
    form = forms.ProblemForm(request.POST if request.method == "POST" else None, case)
    if form.is_bound and form.is_valid() and (made := _found(request, case, form)):
        messages.success(request, f"已登记 {made}，已通知{made.unit.short_name}答复")
        return redirect(made)
    context = {**beside(request, case), "form": form}
    return render(request, "cases/problem_new.html", context, status=422 if form.is_bound else 200)


def _found(request: StaffRequest, case: ClaimCase, form: forms.ProblemForm) -> ProblemFinding | None:
    try:
        return services.find_problem(case, form.problem(), by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return None


@require_http_methods(["GET", "POST"])
def problems_to_confirm(request: StaffRequest) -> HttpResponse:
    rows = confirmable(request.user).for_list()
    if request.method == "POST":
        chosen = [number_in(pk) for pk in request.POST.getlist("finding")][:MOST]
        return _confirmed(request, list(rows.filter(pk__in=chosen).order_by("pk")))
    page = keyset_page(rows, ("found_at", "pk"), request.GET.get("cursor", ""))
    return render(request, "cases/problems_to_confirm.html", {"page": page, "rows": page.rows})


def _confirmed(request: StaffRequest, rows: list[ProblemFinding]) -> HttpResponse:
    if not rows:
        messages.error(request, "没有选择问题件。")
        return redirect("cases:problems_to_confirm")
    results = [_confirm_one(request, found) for found in rows]
    done = sum(result.is_done for result in results)
    context = {"results": results, "done": done, "failed": len(results) - done, "back_url": request.path}
    return render(request, "cases/bulk_result.html", context)


def _confirm_one(request: StaffRequest, found: Found) -> RowResult:
    label, url = str(found), found.get_absolute_url()
    try:
        made = services.confirm_problem(found, by=request.user)
    except Refused as refused:
        return RowResult(label, url, False, "；".join(one.text for one in refused.ruling.objections))
    return RowResult(label, url, True, f"计入{made.period_label}考核，扣 {made.points} 分")
