"""诉讼报批: defence, appeal and settlement are decided by whoever holds authority over litigation.

The unit's report is a request for the item of authority; its chain gives the branch's reply, or sends it up.
The suit follows its request: what is agreed, refused or returned is written here under the case's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.items import LITIGATION
from cases.lawsuits.life import SuitAct
from cases.lawsuits.rulings import actor_of, may_act
from cases.matters import Asked
from cases.models import ClaimCase, Judgment, Lawsuit, LawsuitRequest, Submission
from cases.rulings import refused_for, with_objections
from cases.services.subjects import About, Settlement, SubjectKind, register_subject
from cases.services.submitting import Request, submit
from cases.services.suing import Told, lock_suit, open_suit, save_suit, write_suit
from cases.services.transition import Change, lock_case, tell
from departments.models import Staff

Purpose = LawsuitRequest.Purpose
ACTS = {
    Purpose.DEFENCE: SuitAct.REPORT,
    Purpose.APPEAL: SuitAct.OPINE,
    Purpose.SETTLEMENT: SuitAct.PROPOSE,
}


@dataclass(frozen=True, slots=True)
class Plea:
    """What is asked for and why; `opinion` of an appeal: to appeal, or to accept the judgment."""

    proposal: str
    amount: Decimal = Decimal(0)
    opinion: str = ""


@transaction.atomic
def report_lawsuit(lawsuit: Lawsuit, plea: Plea, *, by: Staff, seen: int) -> LawsuitRequest:
    """上报: the unit's report with its proposal. Sent again after a return, the first report still counts."""
    lawsuit = open_suit(lawsuit, SuitAct.REPORT, by, seen)
    if lawsuit.replied_at:
        insist_on(refused_for([Objection("already_replied", "应诉方案已获答复")]))
    request = _request(lawsuit, Purpose.DEFENCE, max(lawsuit.claimed, lawsuit.estimate), plea)
    _send(request, by)
    fields: tuple[str, ...] = ()
    if lawsuit.reported_at is None:
        lawsuit.reported_at, lawsuit.reported_by = timezone.now(), by
        fields = ("reported_at", "reported_by")
    _written(lawsuit, SuitAct.REPORT, request, by, *fields)
    return request


@transaction.atomic
def opine_on_judgment(judgment: Judgment, plea: Plea, *, by: Staff, seen: int) -> LawsuitRequest:
    """上报上诉意见: to appeal or to accept, with the reasons, before the appeal period is over."""
    lawsuit = open_suit(judgment.lawsuit, SuitAct.OPINE, by, seen)
    judgment = Judgment.objects.select_for_update().get(pk=judgment.pk)
    insist_on(with_objections(may_act(lawsuit, SuitAct.OPINE, actor_of(by)), _appeal_objections(judgment)))
    amount = max(judgment.amount + judgment.court_costs, Decimal("0.01"))
    request = _request(lawsuit, Purpose.APPEAL, amount, plea, judgment)
    _send(request, by)
    judgment.opinion, judgment.opinion_text, judgment.opined_by = plea.opinion, plea.proposal, by
    judgment.opined_at = judgment.opined_at or timezone.now()
    judgment.save(update_fields=["opinion", "opinion_text", "opined_by", "opined_at"])
    _written(lawsuit, SuitAct.OPINE, request, by)
    return request


def _appeal_objections(judgment: Judgment) -> list[Objection]:
    if not judgment.may_be_appealed:
        return [Objection("not_appealable", f"{judgment}不得上诉，无须上诉意见")]
    if judgment.appeal_over_at:
        return [Objection("appeal_over", "上诉事宜已办结")]
    return []


@transaction.atomic
def propose_settlement(lawsuit: Lawsuit, plea: Plea, *, by: Staff, seen: int) -> LawsuitRequest:
    """调解方案: up to how much the suit may be settled in court; asked before anything is offered."""
    lawsuit = open_suit(lawsuit, SuitAct.PROPOSE, by, seen)
    request = _request(lawsuit, Purpose.SETTLEMENT, plea.amount, plea)
    _send(request, by)
    _written(lawsuit, SuitAct.PROPOSE, request, by)
    return request


def _request(
    lawsuit: Lawsuit, purpose: str, amount: Decimal, plea: Plea, judgment: Judgment | None = None
) -> LawsuitRequest:
    return LawsuitRequest.objects.create(
        lawsuit=lawsuit,
        case=lawsuit.case,
        purpose=purpose,
        judgment=judgment,
        amount=amount,
        proposal=plea.proposal,
    )


def _send(request: LawsuitRequest, by: Staff) -> None:
    """As every request beside the case's way; the case moves on by one version."""
    case = request.lawsuit.case
    asked = Request(LITIGATION, case.version, opinion=request.proposal, subject=request.pk)
    submit(case, asked, by=by)
    request.lawsuit.case = lock_case(case.pk, None)
    request.refresh_from_db(fields=["submission"])


def _written(lawsuit: Lawsuit, act: SuitAct, request: LawsuitRequest, by: Staff, *fields: str) -> None:
    told = Told(request.proposal, request.amount, {"request": request.pk})
    write_suit(lawsuit, act, by, *fields, told=told)


def about_request(case: ClaimCase, subject_id: int) -> About | None:
    rows = LawsuitRequest.objects.select_related("lawsuit")
    found = rows.filter(pk=subject_id, case=case).first()
    if found is None:
        return None
    title = f"{found.lawsuit} {found.get_purpose_display()}"
    asked = Asked(found.pk, found.amount, before=_of_other_suits(found))
    return About(title, found.lawsuit.get_absolute_url(), asked)


def _of_other_suits(request: LawsuitRequest) -> Decimal:
    """Defence, appeal and settlement of one suit are about the same money; other suits on the case add up."""
    others = LawsuitRequest.objects.filter(case=request.case_id, submission__status=Submission.Status.AGREED)
    most = others.exclude(lawsuit=request.lawsuit_id).values("lawsuit").annotate(most=Max("amount"))
    return sum((row["most"] for row in most.order_by()), Decimal(0))


def request_sent(submission: Submission) -> None:
    LawsuitRequest.objects.filter(pk=submission.subject_id or 0).update(submission=submission)


def settle_request(settlement: Settlement) -> Change | None:
    """The answer reaches the suit. Nothing of the case itself changes."""
    request = LawsuitRequest.objects.select_related("judgment").get(submission=settlement.submission)
    lawsuit = lock_suit(request.lawsuit_id)
    is_agreed = settlement.status == Submission.Status.AGREED
    if is_agreed and request.purpose == Purpose.DEFENCE:
        lawsuit.replied_at = timezone.now()
        save_suit(lawsuit, SuitAct.REPLY, "replied_at", by=settlement.by)
    if is_agreed and request.judgment and request.judgment.opinion == Judgment.Opinion.ACCEPT:
        request.judgment.appeal_over_at = timezone.now()
        request.judgment.save(update_fields=["appeal_over_at"])
    answer = "已同意" if is_agreed else settlement.submission.get_status_display()
    tell(settlement.submission.case.handler, settlement.submission.case, "lawsuit", f"{request} {answer}")
    return None


register_subject(LITIGATION, SubjectKind(about_request, settle_request, send=request_sent))
