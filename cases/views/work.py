"""The handler's work, one page per step: the form, or every reason why not now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authority.refusals import Refused, insist_on
from authority.rulings import Ruling
from cases import services
from cases.conflicts import Stale
from cases.forms import work as work_forms
from cases.handlers import successors_in
from cases.injuries.losses import with_injured
from cases.items import BESIDE, CASE_ITEMS
from cases.lifecycle import Action, Stage
from cases.models import ClaimCase, Submission
from cases.rulings import may_work, may_work_on
from cases.views.case_pages import beside, case_page, seen_version
from departments.http import StaffRequest
from departments.models import Staff

Sent = Any  # a bound and valid form of the work


@dataclass(frozen=True, slots=True)
class Work:
    """`form` makes the form from the case and what was sent, `do` calls the service.

    `is_keyed`: the service knows a form sent twice by its key, and must see it before anything is judged.
    `may`: the ruling on opening the page, where the stage alone does not say it.
    """

    action: Action
    form: Callable[[ClaimCase, Any], Any]
    do: Callable[[ClaimCase, Sent, StaffRequest, int], object]
    hint: str = ""
    fields: str = "cases/_work_fields.html"
    extra: dict[str, Any] = field(default_factory=dict)
    is_keyed: bool = False
    may: Callable[[ClaimCase, Staff], Ruling] | None = None

    def ruling(self, case: ClaimCase, staff: Staff) -> Ruling:
        return self.may(case, staff) if self.may else may_work(case, self.action, staff)


def work_page(work: Work) -> Callable[[StaffRequest, int], HttpResponse]:
    @require_http_methods(["GET", "POST"])
    @case_page
    def page(request: StaffRequest, case: ClaimCase) -> HttpResponse:
        sent = request.POST if request.method == "POST" else None
        if sent is None or not work.is_keyed:
            _insist_current(request, case, work)
        form = work.form(case, sent)
        if sent is not None and form.is_valid() and _done(work, case, form, request):
            messages.success(request, f"赔案 {case}：{work.action.label}完成")
            return redirect(case)
        _insist_current(request, case, work)
        return _shown(request, case, work, form)

    return page


def _insist_current(request: StaffRequest, case: ClaimCase, work: Work) -> None:
    if request.method == "POST" and seen_version(request) != case.version:
        raise Stale
    insist_on(work.ruling(case, request.user))


def _done(work: Work, case: ClaimCase, form: Sent, request: StaffRequest) -> bool:
    """The person may; if the service still refuses, it is for what was filled in: said on the form."""
    try:
        work.do(case, form, request, seen_version(request))
    except Refused as refused:
        for objection in refused.ruling.objections:
            _add_error(form, objection.text)
        return False
    return True


def _add_error(form: Sent, text: str) -> None:
    if isinstance(form, forms.BaseFormSet):
        form.non_form_errors().append(text)
    else:
        form.add_error(None, text)


def _shown(request: StaffRequest, case: ClaimCase, work: Work, form: Sent) -> HttpResponse:
    context = {**beside(request, case), "work": work, "form": form}
    return render(request, "cases/work.html", context, status=422 if form.is_bound else 200)


def _losses_form(case: ClaimCase, sent: Any) -> Any:
    rows = with_injured(case, list(case.losses.order_by("pk")))
    initial = [
        {"line": loss.line, "loss_class": loss.loss_class, "label": loss.label, "assessed": loss.assessed}
        for loss in rows
    ]
    return work_forms.LossFormSet(sent, initial=initial)


def _adjust_form(case: ClaimCase, sent: Any) -> Any:
    losses = list(case.losses.order_by("pk"))
    return work_forms.LossAmountsForm(sent, losses=losses, field="adjusted", most="reviewed")


def _pay_form(case: ClaimCase, sent: Any) -> Any:
    initial = {"amount": case.approved - case.paid, "key": uuid4()}
    return work_forms.PayForm(sent, initial=initial)


def _pay(case: ClaimCase, form: Sent, request: StaffRequest, seen: int) -> object:
    sent = form.cleaned_data
    order = services.PaymentOrder(
        sent["amount"], sent["payee"], seen, payee_account=sent["payee_account"], key=sent["key"]
    )
    return services.pay(case, order, by=request.user)


def _close_form(case: ClaimCase, sent: Any) -> Any:
    return work_forms.CloseForm(sent, initial={"kind": "paid" if case.stage == Stage.PAID else "zero"})


def _hand_over_form(case: ClaimCase, sent: Any) -> Any:
    return work_forms.HandOverForm(sent, successors=successors_in([case.unit.path]))


def _open(case: ClaimCase) -> Any:
    """Oldest first."""
    waiting = Submission.objects.filter(case=case, status=Submission.Status.OPEN)
    return waiting.select_related("case", "item").order_by("pk")


def _may_withdraw(case: ClaimCase, staff: Staff) -> Ruling:
    """One that waits beside the case's way can be taken back in every stage."""
    beside = _open(case).filter(item__code__in=BESIDE).first()
    return may_work_on(beside, Action.WITHDRAW, staff) if beside else may_work(case, Action.WITHDRAW, staff)


def _amend_form(case: ClaimCase, sent: Any) -> Any:
    submission = _open(case).exclude(item__code__in=BESIDE).first()
    losses = list(case.losses.order_by("pk"))
    if submission is None:
        return work_forms.AmendForm(sent, losses=losses, field="adjusted")
    code = submission.item.code
    return work_forms.AmendForm(sent, losses=services.amendable(code, losses), field=CASE_ITEMS[code].sums)


def _amend(case: ClaimCase, form: Sent, request: StaffRequest, seen: int) -> object:
    amendment = services.Amendment(form.amounts(), form.cleaned_data["reason"], seen)
    submission = _open(case).exclude(item__code__in=BESIDE).first()
    return services.amend(submission, amendment, by=request.user)


register = work_page(
    Work(
        Action.REGISTER,
        lambda case, sent: work_forms.RegisterForm(sent, initial={"estimate": case.estimate or None}),
        lambda case, form, request, seen: services.register(
            case, form.cleaned_data["estimate"], by=request.user, seen=seen
        ),
        "立案后给出立案号、赔案号，并记入首次估损。",
    )
)
survey = work_page(
    Work(
        Action.SURVEY,
        lambda case, sent: work_forms.SurveyForm(sent, instance=ClaimCase.objects.get(pk=case.pk)),
        lambda case, form, request, seen: services.survey(
            case,
            form.findings(),
            by=request.user,
            seen=seen,
            flag_reason=form.cleaned_data["flag_reason"],
        ),
        "按现场情况核对出险经过、责任比例和标识。",
    )
)
assess = work_page(
    Work(
        Action.ASSESS,
        _losses_form,
        lambda case, form, request, seen: services.assess(case, form.rows(), by=request.user, seen=seen),
        "每辆车、每件物品、每位伤者一行；不再列出的损失按零处理。",
        "cases/_loss_rows.html",
    )
)
adjust = work_page(
    Work(
        Action.ADJUST,
        _adjust_form,
        lambda case, form, request, seen: services.adjust(case, form.amounts(), by=request.user, seen=seen),
        "理算金额不超过核定金额。",
        "cases/_loss_amounts.html",
    )
)
pay = work_page(Work(Action.PAY, _pay_form, _pay, "累计支付不超过核赔金额；付清后才能结案。", is_keyed=True))
close = work_page(
    Work(
        Action.CLOSE,
        _close_form,
        lambda case, form, request, seen: services.close(
            case, form.cleaned_data["kind"], by=request.user, seen=seen
        ),
    )
)
change_estimate = work_page(
    Work(
        Action.CHANGE_ESTIMATE,
        lambda case, sent: work_forms.EstimateForm(sent, initial={"estimate": case.estimate}),
        lambda case, form, request, seen: services.change_estimate(
            case, form.cleaned_data["estimate"], form.cleaned_data["reason"], by=request.user, seen=seen
        ),
    )
)
withdraw = work_page(
    Work(
        Action.WITHDRAW,
        lambda case, sent: work_forms.SubmissionChoiceForm(sent, submissions=_open(case)),
        lambda case, form, request, seen: services.withdraw(
            form.cleaned_data["submission"], form.cleaned_data["reason"], by=request.user, seen=seen
        ),
        "只有提交人可以撤回，且在任何人作出意见之前。",
        may=_may_withdraw,
    )
)
amend = work_page(
    Work(
        Action.AMEND,
        _amend_form,
        _amend,
        "金额变化后审批链重新计算，不再需要的签署失效。",
        "cases/_loss_amounts.html",
    )
)
hand_over = work_page(
    Work(
        Action.HAND_OVER,
        _hand_over_form,
        lambda case, form, request, seen: services.hand_over(
            case, form.cleaned_data["successor"], form.cleaned_data["reason"], by=request.user, seen=seen
        ),
        "移交后由接手人对本案负责，并收到通知。",
    )
)
suspend = work_page(
    Work(
        Action.SUSPEND,
        lambda case, sent: work_forms.SuspendForm(sent),
        lambda case, form, request, seen: services.suspend(
            case, services.PauseRequest(**form.cleaned_data), by=request.user, seen=seen
        ),
        "中止期间不能办理；只有时限规则认可的原因才扣除时限。",
    )
)
resume = work_page(
    Work(
        Action.RESUME,
        lambda case, sent: work_forms.ResumeForm(sent),
        lambda case, form, request, seen: services.resume(
            case, form.cleaned_data["note"], by=request.user, seen=seen
        ),
        "恢复到中止前的状态，时限继续计算。",
    )
)
note_moments = work_page(
    Work(
        Action.NOTE_MOMENTS,
        lambda case, sent: work_forms.MomentsForm(sent, instance=ClaimCase.objects.get(pk=case.pk)),
        lambda case, form, request, seen: services.note_moments(
            case, form.moments(), by=request.user, seen=seen, reason=form.cleaned_data["reason"]
        ),
        "派工、联系、到场、索赔、告知等时限由这些时点计算；留空表示尚未发生。",
    )
)
note_papers = work_page(
    Work(
        Action.NOTE_PAPERS,
        lambda case, sent: work_forms.PapersCompleteForm(
            sent, initial={"complete_at": timezone.localtime(case.papers_complete_at)}
        ),
        lambda case, form, request, seen: services.note_papers(
            case, form.cleaned_data["complete_at"], by=request.user, seen=seen
        ),
        "责任核定（30 日）和先行赔付（60 日）等时限由此起算。",
    )
)
