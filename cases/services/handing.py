"""Whose case or escalation it is: handing over; lending a case to somebody outside its unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.escalation.rulings import may_pass_on
from cases.lifecycle import Action
from cases.models import CaseUserPermission, ClaimCase, Escalation
from cases.models.case import forget_lent
from cases.rulings import joined, may_take_over, may_work, with_objections
from cases.services.escalating import locked_escalation
from cases.services.transition import apply, lock_case, stay, tell
from departments.authorship import save_as
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class Loan:
    borrower: Staff
    until: date
    reason: str


@transaction.atomic
def hand_over(case: ClaimCase, successor: Staff, reason: str, *, by: Staff, seen: int) -> ClaimCase:
    """移交: somebody else answers for the case from now on, and is told."""
    case = lock_case(case.pk, seen)
    successor = Staff.objects.select_for_update(of=("self",)).get(pk=successor.pk)
    insist_on(joined(may_work(case, Action.HAND_OVER, by), may_take_over(case, successor)))
    predecessor, case.handler = case.handler, successor
    change = stay(case, Action.HAND_OVER, "handler")
    names = {"from": predecessor.name if predecessor else "", "to": successor.name}
    apply(case, change.because(reason).with_details(names), by)
    tell(successor, case, "assigned", "移交给您的赔案")
    return case


@transaction.atomic
def hand_escalation(escalation: Escalation, successor: Staff, reason: str, *, by: Staff) -> Escalation:
    """移交跟进: somebody else is reminded of what lies at head office, and sees to the answer."""
    case = lock_case(escalation.case_id, None)
    escalation = locked_escalation(escalation)
    escalation.case = case
    successor = Staff.objects.select_for_update(of=("self",), no_key=True).get(pk=successor.pk)
    insist_on(may_pass_on(case, escalation, by, successor))
    names = {"number": escalation.number, "from": escalation.keeper.name, "to": successor.name}
    escalation.kept_by = successor
    save_as(escalation, by, "kept_by")
    change = stay(case, "hand_escalation").because(reason).with_details(names)
    apply(case, change.about(escalation.submission), by)
    tell(successor, case, "assigned", f"移交给您跟进的上报件 {escalation.number}")
    return escalation


@transaction.atomic
def lend_case(case: ClaimCase, loan: Loan, *, by: Staff) -> CaseUserPermission:
    """Somebody outside the unit sees this one case until a day."""
    case = lock_case(case.pk, None)
    insist_on(with_objections(may_work(case, Action.HAND_OVER, by), _loan_objections(loan)))
    permission = Permission.objects.get(codename="view_claimcase", content_type__app_label="cases")
    row: CaseUserPermission
    row, _ = CaseUserPermission.objects.update_or_create(
        user=loan.borrower,
        permission=permission,
        content_object=case,
        defaults={"until": loan.until, "reason": loan.reason, "lent_by": by},
    )
    details = {"borrower": loan.borrower.name, "until": loan.until.isoformat()}
    apply(case, stay(case, "lend").because(loan.reason).with_details(details), by)
    tell(loan.borrower, case, "lent", f"借阅至 {loan.until:%m-%d}")
    return row


def _loan_objections(loan: Loan) -> list[Objection]:
    objections = []
    if loan.until < timezone.localdate():
        objections.append(Objection("past_date", "借阅截止日期不能早于今天"))
    if not loan.reason.strip():
        objections.append(Objection("no_reason", "借阅须说明理由"))
    if not loan.borrower.is_active:
        objections.append(Objection("inactive", "借阅人账号已停用"))
    if loan.borrower.admin_role:
        objections.append(Objection("admin_role", "系统、安全、审计管理员不得借阅赔案"))
    return objections


@transaction.atomic
def return_case(loan: CaseUserPermission, *, by: Staff) -> None:
    """归还: the borrower, or somebody who handles the case, ends the loan."""
    case = lock_case(loan.content_object_id, None)
    if loan.user_id != by.pk:
        insist_on(may_work(case, Action.HAND_OVER, by))
    details = {"borrower": loan.user.name}
    loan.delete()
    forget_lent(by)
    apply(case, stay(case, "return_loan").with_details(details), by)
