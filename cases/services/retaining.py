"""代理与费用: who appears for us, the head's consent to an outside lawyer, what the suit costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.consultations import holders_of_post
from cases.lawsuits.life import SuitAct
from cases.lawsuits.rulings import HEAD_POST, actor_of, may_act, may_answer_counsel
from cases.models import Counsel, Lawsuit, LitigationCost
from cases.rulings import with_objections
from cases.services.suing import Told, open_suit, write_suit
from cases.services.transition import tell
from departments.models import Staff

Status = Counsel.Status


@transaction.atomic
def name_counsel(lawsuit: Lawsuit, instance: str, staff: Staff, *, by: Staff, seen: int) -> Counsel:
    """指派: one of our own people appears, for whom nobody need consent."""
    lawsuit = open_suit(lawsuit, SuitAct.NAME_COUNSEL, by, seen)
    ruling = may_act(lawsuit, SuitAct.NAME_COUNSEL, actor_of(by))
    if lawsuit.counsels.filter(court_level=instance, staff=staff).exists():
        ruling = with_objections(ruling, [Objection("already_named", "该审级已指派此人")])
    insist_on(ruling)
    counsel = Counsel.objects.create(
        lawsuit=lawsuit,
        court_level=instance,
        staff=staff,
        status=Status.CONSENTED,
        asked_by=by,
        asked_at=timezone.now(),
    )
    write_suit(lawsuit, SuitAct.NAME_COUNSEL, by, told=Told(staff.name, details={"counsel": counsel.pk}))
    if staff.pk != by.pk:
        tell(staff, lawsuit.case, "lawsuit", "由您代理的诉讼")
    return counsel


@dataclass(frozen=True, slots=True)
class Lawyer:
    court_level: str
    name: str
    firm: str
    fee: Decimal
    reason: str


@transaction.atomic
def ask_counsel(lawsuit: Lawsuit, lawyer: Lawyer, *, by: Staff, seen: int) -> Counsel:
    """提出聘请外部律师: with the reason why our own people do not do; the head of the department is told."""
    lawsuit = open_suit(lawsuit, SuitAct.ASK_COUNSEL, by, seen)
    counsel = Counsel.objects.create(
        lawsuit=lawsuit,
        court_level=lawyer.court_level,
        name=lawyer.name,
        firm=lawyer.firm,
        fee=lawyer.fee,
        reason=lawyer.reason,
        status=Status.ASKED,
        asked_by=by,
        asked_at=timezone.now(),
    )
    told = Told(f"{counsel} {lawyer.reason}", lawyer.fee, {"counsel": counsel.pk})
    write_suit(lawsuit, SuitAct.ASK_COUNSEL, by, told=told)
    for head in holders_of_post(HEAD_POST, lawsuit.case.unit):
        tell(head, lawsuit.case, "counsel", "待您同意聘请律师")
    return counsel


@transaction.atomic
def answer_counsel(counsel: Counsel, answer: str, *, consents: bool, by: Staff) -> Counsel:
    """逐案同意: by the head of the department, never by who asked."""
    lawsuit = open_suit(counsel.lawsuit, SuitAct.ANSWER_COUNSEL, by, None)
    counsel = Counsel.objects.select_for_update(of=("self",)).get(pk=counsel.pk)
    counsel.lawsuit = lawsuit
    objections = [] if consents or answer.strip() else [Objection("no_reason", "不同意须说明理由")]
    insist_on(with_objections(may_answer_counsel(counsel, actor_of(by)), objections))
    counsel.status = Status.CONSENTED if consents else Status.DECLINED
    counsel.answered_by, counsel.answered_at, counsel.answer = by, timezone.now(), answer
    counsel.save(update_fields=["status", "answered_by", "answered_at", "answer"])
    told = Told(f"{counsel} {counsel.get_status_display()} {answer}".strip(), counsel.fee)
    write_suit(lawsuit, SuitAct.ANSWER_COUNSEL, by, told=told)
    tell(counsel.asked_by, lawsuit.case, "counsel", f"聘请律师{counsel.get_status_display()}")
    return counsel


@transaction.atomic
def note_cost(lawsuit: Lawsuit, values: Mapping[str, Any], *, by: Staff, seen: int) -> LitigationCost:
    """登记诉讼费用: a lawyer's only of one who was consented to, and not above what was agreed with him."""
    lawsuit = open_suit(lawsuit, SuitAct.NOTE_COST, by, seen)
    cost = LitigationCost(lawsuit=lawsuit, case=lawsuit.case, noted_by=by, noted_at=timezone.now(), **values)
    ruling = may_act(lawsuit, SuitAct.NOTE_COST, actor_of(by))
    insist_on(with_objections(ruling, _cost_objections(cost)))
    cost.save()
    told = Told(f"{cost.get_kind_display()} {cost.payee}", cost.amount, {"cost": cost.pk})
    write_suit(lawsuit, SuitAct.NOTE_COST, by, told=told)
    return cost


def _cost_objections(cost: LitigationCost) -> list[Objection]:
    if cost.incurred_on > timezone.localdate():
        return [Objection("in_future", "发生日期不能晚于今天")]
    if cost.kind != LitigationCost.Kind.LAWYER:
        return []
    counsel = cost.counsel
    if counsel is None or counsel.lawsuit_id != cost.lawsuit_id or counsel.staff_id is not None:
        return [Objection("no_counsel", "律师费须对应本诉讼聘请的律师")]
    if counsel.status != Status.CONSENTED:
        return [Objection("counsel_not_consented", "该律师的聘请未经部门负责人同意")]
    paid = counsel.costs.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    if paid + cost.amount > counsel.fee:
        return [
            Objection("over_fee", f"累计 {paid + cost.amount:,.2f} 元超过约定律师费 {counsel.fee:,.2f} 元")
        ]
    return []
