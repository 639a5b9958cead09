"""复勘: drawn by chance when a review is agreed, or ordered; done, confirmed, handed to the problems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from secrets import SystemRandom

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.handlers import department_people
from cases.models import CaseStep, ClaimCase, ProblemFinding, Resurvey, ResurveyRule
from cases.numbers import next_number
from cases.problems.rulings import party
from cases.resurveys.rulings import (
    OF_THE_LOSS,
    may_assign,
    may_confirm,
    may_hand_over,
    may_order,
    may_resurvey,
)
from cases.rulings import with_objections
from cases.services.problems import Problem, find_problem
from cases.services.transition import apply, lock_case, stay
from departments.authorship import save_as
from departments.models import OrgUnit, Staff
from departments.outbox import notify

Kind, Result, Status = Resurvey.Kind, Resurvey.Result, Resurvey.Status
POST = "REINSP"
HUNDRED = Decimal(100)
DIFFERING = frozenset({Result.DIFFERENT, Result.SERIOUS})


@dataclass(frozen=True, slots=True)
class Found:
    """`amount` in yuan: what the loss is worth by the re-survey, where it differs."""

    result: str
    findings: str
    resurveyed_on: date
    place: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Without an assignee whoever of the post has the fewest waiting; without a day the rule's limit."""

    reason: str
    assignee: Staff | None = None
    due_on: date | None = None


def took_part_in(case_id: int) -> frozenset[int]:
    """Who surveyed, assessed or reviewed the loss, for himself or in whose place it was done."""
    steps = CaseStep.objects.filter(case=case_id, step__in=OF_THE_LOSS).values_list("person", "acted_for")
    return frozenset(pk for pair in steps for pk in pair if pk)


def draw(case: ClaimCase, amount: Decimal, *, by: Staff) -> Resurvey | None:
    """Within the decision that agreed to a review: a share of each band, by chance unknown beforehand."""
    rule = rule_for(amount)
    if rule is None or SystemRandom().random() * 100 >= rule.share:
        return None
    if case.resurveys.filter(status=Status.OPEN).exists():
        return None
    return _order(Resurvey(case=case, kind=Kind.RANDOM, rule=rule, amount=amount), by)


def rule_for(amount: Decimal) -> ResurveyRule | None:
    band = Q(amount_to=None) | Q(amount_to__gt=amount)
    rules = ResurveyRule.objects.on(timezone.localdate()).filter(band, amount_from__lte=amount)
    return rules.order_by("-amount_from", "-valid_from").first()


def _order(resurvey: Resurvey, by: Staff) -> Resurvey:
    resurvey.number, resurvey.ordered_at = next_number("FK"), timezone.now()
    if resurvey.assignee is None:
        resurvey.assignee = assignee_for(resurvey.case.unit, resurvey.case_id)
    save_as(resurvey, by)
    if resurvey.assignee:
        title = f"复勘 {resurvey.case}（{resurvey.get_kind_display()}）"
        notify(resurvey.assignee, kind="resurvey", title=title, url=resurvey.get_absolute_url())
    return resurvey


def assignee_for(unit: OrgUnit, case_id: int) -> Staff | None:
    """Of those in the post who had no part in the loss the one with the fewest waiting."""
    counts = dict(
        Resurvey.objects.waiting()
        .order_by()
        .values("assignee")
        .annotate(n=Count("pk"))
        .values_list("assignee", "n")
    )
    out = took_part_in(case_id)
    people = [one for one in department_people(unit, POST) if one.pk not in out]
    return min(people, key=lambda one: (counts.get(one.pk, 0), one.pk), default=None)


@transaction.atomic
def order_resurvey(case: ClaimCase, order: Order, *, by: Staff, seen: int) -> Resurvey:
    """定向复勘: somebody of the department wants to see for himself, and says why."""
    case = lock_case(case.pk, seen)
    is_open = case.resurveys.filter(status=Status.OPEN).exists()
    insist_on(with_objections(may_order(case, party(by), is_open=is_open), _ordering_objections(case, order)))
    resurvey = Resurvey(case=case, kind=Kind.TARGETED, reason=order.reason.strip(), amount=case.reviewed)
    resurvey.assignee, resurvey.due_on, resurvey.ordered_by = order.assignee, order.due_on, by
    _order(resurvey, by)
    change = stay(case, "order_resurvey").because(order.reason).costing(resurvey.amount)
    apply(case, change.with_details({"resurvey": resurvey.number}), by)
    return resurvey


def _ordering_objections(case: ClaimCase, order: Order) -> list[Objection]:
    objections = _assigning_objections(case, order.assignee)
    if not order.reason.strip():
        objections.append(Objection("no_reason", "定向复勘须说明原因"))
    if order.due_on is not None and order.due_on < timezone.localdate():
        objections.append(Objection("past_date", "要求完成日期不能早于今天"))
    return objections


def _assigning_objections(case: ClaimCase, assignee: Staff | None) -> list[Objection]:
    if assignee is not None and assignee.pk in took_part_in(case.pk):
        return [Objection("own_work", f"{assignee.name}参与过本案查勘、定损或核损，不得复勘")]
    return []


def _locked(resurvey: Resurvey, seen: int) -> Resurvey:
    case = lock_case(resurvey.case_id, seen)
    fresh = Resurvey.objects.select_for_update(of=("self",)).get(pk=resurvey.pk)
    fresh.case = case
    return fresh


@transaction.atomic
def assign_resurvey(
    resurvey: Resurvey, assignee: Staff, *, by: Staff, seen: int, due_on: date | None = None
) -> Resurvey:
    resurvey = _locked(resurvey, seen)
    insist_on(
        with_objections(may_assign(resurvey, party(by)), _assigning_objections(resurvey.case, assignee))
    )
    resurvey.assignee, resurvey.due_on = assignee, due_on
    save_as(resurvey, by, "assignee", "due_on")
    _note(resurvey, "assign_resurvey", assignee.name, by)
    notify(assignee, kind="resurvey", title=f"复勘 {resurvey.case}", url=resurvey.get_absolute_url())
    return resurvey


def _note(resurvey: Resurvey, action: str, reason: str, by: Staff) -> None:
    change = stay(resurvey.case, action).because(reason)
    if resurvey.found_amount is not None:
        change = change.costing(resurvey.found_amount)
    details = {"resurvey": resurvey.number, "result": resurvey.result}
    apply(resurvey.case, change.with_details(details), by)


@transaction.atomic
def do_resurvey(resurvey: Resurvey, found: Found, *, by: Staff, seen: int) -> Resurvey:
    resurvey = _locked(resurvey, seen)
    ruling = may_resurvey(resurvey, party(by), took_part_in(resurvey.case_id))
    insist_on(with_objections(ruling, _found_objections(found)))
    resurvey.result, resurvey.findings = found.result, found.findings.strip()
    resurvey.resurveyed_on, resurvey.place = found.resurveyed_on, found.place
    resurvey.found_amount = found.amount if found.result in DIFFERING else None
    resurvey.status, resurvey.done_by, resurvey.done_at = Status.DONE, by, timezone.now()
    save_as(resurvey, by)
    _note(resurvey, "resurvey", resurvey.findings, by)
    return resurvey


def _found_objections(found: Found) -> list[Objection]:
    objections = []
    if found.result not in Result.values or not found.findings.strip():
        objections.append(Objection("no_findings", "须写明复勘情况并选择结果"))
    if found.result in DIFFERING and (found.amount is None or found.amount < 0):
        objections.append(Objection("no_amount", "有差异的须填写复勘金额"))
    if found.resurveyed_on > timezone.localdate():
        objections.append(Objection("in_future", "复勘日期不能晚于今天"))
    return objections


@transaction.atomic
def confirm_resurvey(resurvey: Resurvey, note: str, *, by: Staff, seen: int) -> Resurvey:
    resurvey = _locked(resurvey, seen)
    insist_on(may_confirm(resurvey, party(by), took_part_in(resurvey.case_id)))
    resurvey.status, resurvey.note = Status.CONFIRMED, note.strip()
    resurvey.confirmed_by, resurvey.confirmed_at = by, timezone.now()
    save_as(resurvey, by)
    _note(resurvey, "confirm_resurvey", note, by)
    return resurvey


@transaction.atomic
def cancel_resurvey(resurvey: Resurvey, reason: str, *, by: Staff, seen: int) -> Resurvey:
    """Not what chance has drawn: that is done, or found to be impossible."""
    resurvey = _locked(resurvey, seen)
    objections = [] if reason.strip() else [Objection("no_reason", "取消须说明原因")]
    if resurvey.kind == Kind.RANDOM:
        objections.append(Objection("drawn", "随机抽中的不能取消，无法复勘的如实登记"))
    insist_on(with_objections(may_assign(resurvey, party(by)), objections))
    resurvey.status, resurvey.note = Status.CANCELLED, reason.strip()
    save_as(resurvey, by, "status", "note")
    _note(resurvey, "cancel_resurvey", reason, by)
    return resurvey


@transaction.atomic
def hand_to_problems(
    resurvey: Resurvey, class_code: str, step: str, *, by: Staff, seen: int
) -> ProblemFinding:
    """The confirmed difference as a problem finding against the step where it arose."""
    resurvey = _locked(resurvey, seen)
    insist_on(may_hand_over(resurvey, party(by)))
    problem = Problem(
        class_code,
        step,
        _words(resurvey),
        source=ProblemFinding.Source.RESURVEY,
        severity="serious" if resurvey.result == Result.SERIOUS else "normal",
    )
    finding = find_problem(resurvey.case, problem, by=by)
    resurvey.problem = finding
    save_as(resurvey, by, "problem")
    return finding


def _words(resurvey: Resurvey) -> str:
    found = resurvey.found_amount or Decimal(0)
    sums = f"核损 {resurvey.amount:,.2f} 元，复勘 {found:,.2f} 元，差异 {resurvey.amount - found:,.2f} 元"
    return f"复勘 {resurvey.number}：{resurvey.get_result_display()}，{sums}。{resurvey.findings}"
