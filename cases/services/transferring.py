"""转办: the station goes to somebody else who could have been its person; its clock runs on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for, holders_of
from authority.refusals import insist_on
from authority.rulings import Basis, Holder, Objection, Ruling
from cases.matters import matter_of
from cases.models import ChainStep
from cases.rulings import referrers, with_objections
from cases.services.chain import keep_told, loads
from cases.services.returning import copy_of, insert_after
from cases.services.signing import candidates, own_step
from cases.services.transition import apply, stay, tell
from cases.verbs import Candidate, may_transfer, receiver_objections
from departments.access import MANAGE_UNIT
from departments.models import Staff

_OVER = (ChainStep.Status.SKIPPED, ChainStep.Status.INVALID, ChainStep.Status.HANDED_ON)


@dataclass(frozen=True, slots=True)
class Transfer:
    receiver: Staff
    reason: str
    seen: int


def transferring(step: ChainStep, by: Staff) -> Ruling:
    """May this person give the station away now, to whomever?"""
    manages = step.submission.case.unit_id in by.unit_scope.ids(MANAGE_UNIT)
    return may_transfer(step, by, manages=manages)


@transaction.atomic
def transfer(step: ChainStep, order: Transfer, *, by: Staff) -> ChainStep:
    """Both are told; the station keeps the moment at which it was reached: nothing became younger."""
    step = own_step(step, order.seen)
    objections, ruling = _judged(step, order)
    insist_on(with_objections(transferring(step, by), objections))
    case = step.submission.case
    names = {"from": step.staff.name if step.staff else "", "to": order.receiver.name}
    change = stay(case, "transfer").about(step.submission).because(order.reason.strip())
    apply(case, change.with_details(names), by)
    made = _replace(step, order.receiver, ruling)
    keep_told(step.pk, made, but=step.staff_id)
    ChainStep.objects.filter(pk=step.pk).update(
        status=ChainStep.Status.HANDED_ON,
        left_at=timezone.now(),
        remark=f"{by.name}转办给{order.receiver.name}：{order.reason.strip()}",
    )
    tell(order.receiver, case, "to_decide", f"{by.name}转办给您，待您审批")
    tell(step.staff, case, "handed_on", f"已转办给{order.receiver.name}")
    return made


def _judged(step: ChainStep, order: Transfer) -> tuple[list[Objection], Ruling]:
    """The grants of the receiver are locked with the ruling: he could act on them this moment."""
    matter = matter_of(step.submission)
    holder = holder_for(order.receiver, lock=True)
    chain = step.submission.chain.select_related("decision")
    known = candidates([order.receiver], step, chain)[0]
    one = Candidate(holder, known.sees_case, known.is_on_chain, known.has_referred)
    found, ruling = receiver_objections(step, one, matter, rules_for(step.submission.item.code))
    if not order.reason.strip():
        found.append(Objection("no_reason", "转办须说明理由"))
    return found, ruling


def _replace(step: ChainStep, receiver: Staff, ruling: Ruling) -> ChainStep:
    made, basis = copy_of(step), ruling.basis
    made.staff, made.acting_for_id = receiver, basis.via_id if basis else None
    if basis and step.kind != ChainStep.Kind.COSIGN:
        made.level, made.post_name = basis.level, basis.post_name
    made.status, made.arrived_at = ChainStep.Status.NOW, step.arrived_at
    return insert_after(step, [made])[0]


def receivers_of(step: ChainStep) -> dict[int, str]:
    """Who could take the station over, as a form names them: the least busy first; by person id."""
    matter, rules = matter_of(step.submission), rules_for(step.submission.item.code)
    referred = referrers(step.submission.chain.select_related("decision"))
    live = step.submission.chain.exclude(status__in=_OVER).values_list("staff_id", flat=True)
    on_chain = frozenset(pk for pk in live if pk)
    found = []
    for holder in holders_of(step.submission.item.code, loads=loads()):
        person = holder.person_id
        one = Candidate(holder, True, person in on_chain, person in referred)
        objections, ruling = receiver_objections(step, one, matter, rules)
        if not objections and ruling.basis:
            found.append((holder.load, person, _described(holder, ruling.basis)))
    return {person: text for _, person, text in sorted(found)}


def _described(holder: Holder, basis: Basis) -> str:
    limit = Decimal(basis.limit) / 100
    return f"{holder.name}（{basis.post_name}，限额 {limit:,.2f} 元，待办 {holder.load} 件）"
