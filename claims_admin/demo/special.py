"""Special cases in every state: drafted, waiting, returned, refused, agreed, carried out, followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.lifecycle import Stage
from cases.models import (
    CasePaper,
    ChainStep,
    ClaimCase,
    Kind,
    RecoveryPlaceholder,
    SpecialReason,
    SpecialRequest,
    Submission,
)
from cases.services import Followed, Request, Sending, SpecialOrder, Verdict, recovering
from cases.services.recovering import Receipt
from cases.specials.kinds import item_of
from claims_admin.demo.clock import set_to
from claims_admin.demo.papers import one_page
from departments.models import Staff

PAPERS = (
    CasePaper.Kind.SURVEY_RECORD,
    CasePaper.Kind.ACCIDENT_PROOF,
    CasePaper.Kind.CLAIM_FORM,
    CasePaper.Kind.MEDICAL,
    CasePaper.Kind.INVOICE,
)
DRAFT, OPEN, RETURNED, REFUSED, AGREED, DONE = "draft", "open", "returned", "refused", "agreed", "done"
PLAN: tuple[tuple[str, tuple[str, ...]], ...] = (
    # Those that not every case suits choose first.
    (Kind.RESCUE_ADVANCE, (DONE, DONE, AGREED)),
    (Kind.RESCUE_PAYMENT, (DONE, OPEN, AGREED)),
    (Kind.PREPAYMENT, (DRAFT, OPEN, AGREED, DONE, DONE)),
    (Kind.LATE_REGISTRATION, (OPEN, DONE)),
    (Kind.REFUSAL, (DRAFT, OPEN, RETURNED, REFUSED, AGREED, AGREED, DONE, DONE, DONE)),
    (Kind.CANCELLATION, (OPEN, DONE, DONE)),
    (Kind.ZERO_PAYMENT, (OPEN, AGREED)),
    (Kind.EX_GRATIA, (DRAFT, OPEN, OPEN)),
)
STAGES = (Stage.REGISTERED, Stage.SURVEYED, Stage.ASSESSED, Stage.REVIEWED, Stage.ADJUSTED)
STEP = timedelta(hours=2)
DAYS = 6
_WORDS = {
    Kind.REFUSAL: "经查驾驶人出险时驾驶证已注销，属责任免除情形，已向客户说明。",
    Kind.PREPAYMENT: "伤者仍在住院治疗，家属垫付困难，申请预付部分医疗费。",
    Kind.RESCUE_PAYMENT: "伤者在抢救中，交警已书面通知支付抢救费。",
    Kind.RESCUE_ADVANCE: "驾驶人醉酒驾驶，交警已书面通知垫付抢救费。",
    Kind.EX_GRATIA: "条款释义存在争议，客户为长期合作单位，建议通融。",
}


_SAID: dict[str, dict[str, Any]] = {
    RETURNED: {"return_to": "submit", "problem_codes": ("P1",), "opinion": "证据不充分，请补充询问笔录"},
    REFUSED: {"opinion": "事实不清，不同意"},
}


def make_specials() -> int:
    """How many there are; each on a case of its own, begun on one of the last days."""
    cases = _cases()
    for number, (kind, fate) in enumerate((kind, fate) for kind, fates in PLAN for fate in fates):
        case = next((one for one in cases if _suits(one, kind)), None)
        if case is None:
            continue
        cases.remove(case)
        begun = timezone.now() - timedelta(days=number % DAYS, hours=20)
        try:
            _live(case, kind, fate, _moments(begun))
        except Refused:
            continue
    _reopen_one()
    _get_back()
    return SpecialRequest.objects.count()


def _cases() -> list[ClaimCase]:
    quiet = timezone.now() - timedelta(days=DAYS + 2)
    rows = ClaimCase.objects.filter(
        stage__in=STAGES, submissions=None, papers=None, estimate__range=(3000, 45000), approved=0,
        is_fraud_suspected=False,
        accident_at__isnull=False, stage_entered_at__lt=quiet, handler__is_active=True,
    ).exclude(flags__contains=["frozen"])  # fmt: skip
    return list(rows.select_related("handler", "unit").order_by("pk")[:900])


def _suits(case: ClaimCase, kind: str) -> bool:
    if kind == Kind.LATE_REGISTRATION or case.stage == Stage.REGISTERED:
        return kind == Kind.LATE_REGISTRATION and case.stage == Stage.REGISTERED
    if kind == Kind.PREPAYMENT:
        return case.is_injury
    return "ctpl" in case.lines if kind in (Kind.RESCUE_PAYMENT, Kind.RESCUE_ADVANCE) else True


def _moments(begun: datetime) -> Iterator[datetime]:
    """Each act a while after the one before, none in the future."""
    while True:
        yield min(begun, timezone.now())
        begun += STEP


def _live(case: ClaimCase, kind: str, fate: str, moments: Iterator[datetime]) -> None:
    by = case.handler
    if by is None:
        return
    with set_to(next(moments)):
        _file(case, by)
        request = services.draft_special(case, kind, _values(case, kind), by=by, seen=_version(case))
    if fate == DRAFT:
        return
    with set_to(next(moments)):
        asked = Request(item_of(kind), _version(case), "材料齐全，请审批。", subject=request.pk)
        submission = services.submit(case, asked, by=by)
    if fate == OPEN or not _decide(submission, fate, next(moments)):
        return
    if fate == DONE:
        _carry_out(SpecialRequest.objects.select_related("case").get(pk=request.pk), by, moments)


def _version(case: ClaimCase) -> int:
    return ClaimCase.objects.values_list("version", flat=True).get(pk=case.pk)


def _file(case: ClaimCase, by: Staff) -> None:
    for kind in PAPERS:
        page = one_page((kind.label, f"报案号 {case.report_no}", f"{kind.value}", "演示材料，并非真实单证"))
        upload = SimpleUploadedFile(f"{kind.label}.pdf", page)
        services.file_paper(case, upload, kind, by=by)


def _values(case: ClaimCase, kind: str) -> dict[str, Any]:
    reason = SpecialReason.objects.filter(kind=kind).order_by("rank")[3 if kind == Kind.REFUSAL else 0]
    told = _WORDS.get(Kind(kind), "情况属实，按规定申请，请审批。")
    return {"reason": reason, "statement": told, **_own_values(case).get(kind, {})}


def _rescue(case: ClaimCase) -> dict[str, Any]:
    now = timezone.now()
    return {
        "police_notice_no": f"公交抢字〔{now:%Y}〕{case.pk % 900 + 100}号",
        "police_notice_at": now - timedelta(hours=5),
        "hospital": "市中心医院",
        "patient": "王强",
        "amount": Decimal(min(6000, int(case.estimate / 2))),
    }


def _own_values(case: ClaimCase) -> dict[str, dict[str, Any]]:
    half, insured = case.estimate / 2, case.insured_name
    return {
        Kind.REFUSAL: {
            "clause": "条款责任免除：驾驶人无有效驾驶资格",
            "evidence": "驾驶证查询结果、询问笔录",
        },
        Kind.CANCELLATION: {"declared_on": timezone.localdate(), "declarant": insured},
        Kind.PREPAYMENT: {
            "basis": "medical", "basis_amount": half, "amount": Decimal(int(half * 2 / 5)),
            "invoices": "住院发票 3 张", "payee": insured,
        },
        Kind.RESCUE_PAYMENT: _rescue(case),
        Kind.RESCUE_ADVANCE: {**_rescue(case), "ground": "drunk", "debtor": "赵五"},
        Kind.EX_GRATIA: {
            "basis_amount": half, "amount": Decimal(int(half / 3)), "is_attested": True, "payee": insured,
        },
        Kind.LATE_REGISTRATION: {"amount": case.estimate},
    }  # fmt: skip


def _decide(submission: Submission, fate: str, moment: datetime) -> bool:
    """At the first station, where that is the final one; else it goes on waiting."""
    step = submission.chain.select_related("submission__case", "staff").get(status=ChainStep.Status.NOW)
    if step.kind != ChainStep.Kind.FINAL or step.staff is None:
        return False
    said = _SAID.get(fate, {"opinion": "事实清楚、依据充分，同意"})
    outcome = {RETURNED: "return", REFUSED: "refuse"}.get(fate, "agree")
    with set_to(moment):
        services.decide(step, Verdict(outcome, _version(submission.case), **said), by=step.staff)
    return True


def _carry_out(request: SpecialRequest, by: Staff, moments: Iterator[datetime]) -> None:
    with set_to(next(moments)):
        seen = _version(request.case)
        if request.kind == Kind.REFUSAL:
            sending = Sending(request.case.insured_name or "被保险人", "mail", timezone.now())
            services.send_notice(request, sending, by=by, seen=seen)
        elif request.gives_money:
            services.pay_special(request, SpecialOrder(request.granted, seen), by=by)
    if request.kind == Kind.REFUSAL:
        _follow(request, by)


def _follow(request: SpecialRequest, by: Staff) -> None:
    """One was delivered, one objected to, one falls."""
    notice, today = request.notice, timezone.localdate()
    count = SpecialRequest.objects.filter(kind=Kind.REFUSAL, state="executed").count()
    news = [
        Followed(delivered_on=today, receipt="EMS 回执"),
        Followed(objected_on=today, objection="客户认为不属免责情形"),
        Followed(result="reversed", result_on=today),
    ][(count - 1) % 3]
    services.follow_notice(notice, news, by=by, seen=_version(request.case))


def _reopen_one() -> None:
    """The case whose refusal fell is asked to be reopened."""
    fell = SpecialRequest.objects.filter(notice__result="reversed").select_related("case__handler").first()
    if fell is None or fell.case.handler is None:
        return
    case, by = fell.case, fell.case.handler
    values = {**_values(case, Kind.REOPENING), "amount": case.estimate}
    request = services.draft_special(case, Kind.REOPENING, values, by=by, seen=_version(case))
    asked = Request(item_of(Kind.REOPENING), _version(case), "拒赔已撤销，请重开。", subject=request.pk)
    services.submit(case, asked, by=by)


def _get_back() -> None:
    """Of what was advanced first a part came in; of the last somebody asks to write off what is left.

    Copying the cases in left every constraint immediate; sum and receipts agree only once both are written.
    """
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
    claims = list(RecoveryPlaceholder.objects.select_related("case", "officer").order_by("pk"))
    for claim in claims[:1]:
        if by := claim.officer:
            part = (claim.amount * 2 / 5).quantize(Decimal("0.01"))
            came = Receipt(part, timezone.localdate(), claim.debtor, "银收 0173")
            recovering.record_receipt(claim, came, by=by, seen=_version(claim.case))
    for claim in claims[-1:]:
        if by := claim.officer:
            reason = "致害人无业、无可供执行的财产，继续追偿不经济。"
            recovering.ask_write_off(claim, reason, by=by, seen=_version(claim.case))
