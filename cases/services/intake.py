"""From a reported loss to an adjusted case: the work of the sub-branch before anybody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.items import reviews_needed
from cases.lifecycle import Action, Stage
from cases.models import (
    FLAGS_OF_FIELDS,
    CaseLoss,
    CaseStep,
    ClaimCase,
    DamageItem,
    Kind,
    MajorLoss,
    Step,
    Submission,
)
from cases.numbers import next_number
from cases.rulings import may_register_in, may_work, refused_for, with_objections
from cases.services.estimating import change_locked_estimate, insist_positive
from cases.services.injury_costs import assessed_by_label, assessing_objections, forget_review
from cases.services.itemising import assessing_against_lines, drop_lines
from cases.services.majors import recognise, withdraw_with_flag
from cases.services.moments import SERVICE_MOMENTS, changed_moments, moment_objections
from cases.services.special_ends import carried_out
from cases.services.transition import (
    Change,
    apply,
    lock_case,
    note_amount,
    note_step,
    start_work,
    tell,
    work_change,
)
from departments.access import MANAGE_UNIT
from departments.models import Staff

Origin = MajorLoss.Origin
SURVEYED_FIELDS = frozenset(
    {
        "accident_at",
        "accident_place",
        "accident_cause",
        "liability_ratio",
        "vehicle_class",
        "vin",
        "new_price",
        "policy_from",
        "is_injury",
        "is_litigated",
        "is_fraud_suspected",
        "is_major",
        "major_criterion",
        "flags",
        *SERVICE_MOMENTS,
    }
)

_ASSESSED_AFTER = CaseStep.objects.filter(
    case=OuterRef("case"), step=Step.ASSESS, left_at__gt=OuterRef("submitted_at")
)
PASSED = Q(status=Submission.Status.AGREED) & ~Exists(_ASSESSED_AFTER)
"""Of requests: agreed to since the losses were last assessed; a new assessment asks for all of them anew."""


@dataclass(frozen=True, slots=True)
class LossRow:
    """One loss as assessed, in yuan."""

    line: str
    loss_class: str
    label: str
    assessed: Decimal


@transaction.atomic
def register_case(case: ClaimCase, *, by: Staff) -> ClaimCase:
    """A loss reported by hand. `case` is new and unsaved; without handler its author answers for it."""
    insist_on(may_register_in(case.unit_id, by))
    case.report_no = case.report_no or next_number("R")
    case.handler = case.handler or by
    case.is_injury = case.is_injury or "injury" in case.loss_classes
    case.source, case.version = "manual", 0
    case.save()
    note_step(case, Step.REPORT, by, since=case.reported_at)
    apply(case, Change("report", case.stage, amount=case.estimate), by)  # type: ignore[arg-type]
    if case.handler != by:
        tell(case.handler, case, "assigned", "新赔案由您负责")
    return case


@transaction.atomic
def register(case: ClaimCase, estimate: Decimal, *, by: Staff, seen: int) -> ClaimCase:
    """立案: the case gets its numbers and the first estimate, in yuan."""
    case = start_work(case, Action.REGISTER, by, seen)
    insist_positive(estimate)
    since = case.stage_entered_at
    case.registered_at = timezone.now()
    case.registration_no = case.registration_no or next_number("L")
    case.claim_no = case.claim_no or next_number("A")
    note_amount(case, "estimate", estimate, by, reason="立案估损")
    note_step(case, Step.REGISTER, by, since=since)
    carried_out(case, Kind.LATE_REGISTRATION)
    fields = ("registered_at", "registration_no", "claim_no", "estimate")
    apply(case, work_change(case, Action.REGISTER, *fields, amount=estimate), by)
    recognise(case, Origin.REGISTER, by=by)
    return case


@transaction.atomic
def survey(
    case: ClaimCase, findings: Mapping[str, Any], *, by: Staff, seen: int, flag_reason: str = ""
) -> ClaimCase:
    """查勘: `findings` maps names of SURVEYED_FIELDS to values; any other name is a KeyError.

    A flag found once is taken away only by a second person, who leads the unit, with `flag_reason`.
    """
    case = start_work(case, Action.SURVEY, by, seen)
    unknown = set(findings) - SURVEYED_FIELDS
    if unknown:
        raise KeyError(*sorted(unknown))
    gone = flags_taken(case, findings)
    times = {name: at for name, at in findings.items() if name in SERVICE_MOMENTS}
    objections = _flag_objections(case, gone, flag_reason, by)
    insist_on(refused_for([*objections, *moment_objections(case, changed_moments(case, times))]))
    for name, value in findings.items():
        setattr(case, name, value)
    note_step(case, Step.SURVEY, by, since=case.stage_entered_at)
    change = work_change(case, Action.SURVEY, *findings)
    apply(case, change.because(flag_reason).with_details({"flags_taken": gone}) if gone else change, by)
    if "is_major" in gone:
        withdraw_with_flag(case, flag_reason, by=by)
    recognise(case, Origin.SURVEY, by=by)
    return case


def flags_taken(case: ClaimCase, findings: Mapping[str, Any]) -> list[str]:
    """What stood on the case and would not any more: the flags, and the fields that rules read as flags."""
    fields = [
        name for name in FLAGS_OF_FIELDS.values() if getattr(case, name) and not findings.get(name, True)
    ]
    return sorted({*case.flags} - {*findings.get("flags", case.flags)}) + fields


def _flag_objections(case: ClaimCase, gone: list[str], reason: str, by: Staff) -> list[Objection]:
    if not gone:
        return []
    objections = []
    if case.handler_id == by.pk or case.unit_id not in by.unit_scope.ids(MANAGE_UNIT):
        text = "取消已登记的案件标识须由责任人以外的机构负责人办理"
        objections.append(Objection("flag_needs_second", text))
    if not reason.strip():
        objections.append(Objection("no_flag_reason", "取消已登记的案件标识须说明原因"))
    return objections


@transaction.atomic
def assess(case: ClaimCase, losses: Iterable[LossRow], *, by: Staff, seen: int) -> ClaimCase:
    """定损: the rows given become the losses of the case; rows no longer named are assessed at nothing."""
    case = start_work(case, Action.ASSESS, by, seen)
    rows = list(losses)
    insist_positive(sum((row.assessed for row in rows), Decimal(0)), *(row.assessed for row in rows))
    insist_on(refused_for(assessing_objections(case, assessed_by_label(rows))))
    forget_review(case)
    _store_losses(case, rows, by)
    case.lines = sorted({row.line for row in rows})
    case.loss_classes = sorted({row.loss_class for row in rows})
    case.is_injury = case.is_injury or "injury" in case.loss_classes
    total = sum((row.assessed for row in rows), Decimal(0))
    note_amount(case, "assessed", total, by, reason="定损")
    for later in ("reviewed", "adjusted"):
        note_amount(case, later, Decimal(0), by, reason="重新定损")
    note_step(case, Step.ASSESS, by, since=case.stage_entered_at)
    fields = ("assessed", "reviewed", "adjusted", "lines", "loss_classes", "is_injury")
    apply(case, work_change(case, Action.ASSESS, *fields, amount=total), by)
    recognise(case, Origin.ASSESS, by=by)
    return case


def _store_losses(case: ClaimCase, rows: Sequence[LossRow], by: Staff) -> None:
    """Where a loss has lines they say its amount; a loss not named any more loses its lines, too."""
    known = {(loss.line, loss.loss_class, loss.label): loss for loss in case.losses.all()}
    named = {(row.line, row.loss_class, row.label): row.assessed for row in rows}
    amounts = {loss.pk: named[key] for key, loss in known.items() if key in named}
    insist_on(refused_for(assessing_against_lines(case, amounts)))
    for row in rows:
        loss = known.pop((row.line, row.loss_class, row.label), None)
        loss = loss or CaseLoss(case=case, line=row.line, loss_class=row.loss_class, label=row.label)
        loss.assessed, loss.reviewed, loss.adjusted, loss.reviewer = (
            row.assessed,
            Decimal(0),
            Decimal(0),
            None,
        )
        loss.save()
    drop_lines(DamageItem.objects.filter(sheet__loss__in=known.values()), by)
    for loss in known.values():
        loss.assessed = loss.reviewed = loss.adjusted = Decimal(0)
        loss.save()


@transaction.atomic
def adjust(case: ClaimCase, amounts: Mapping[int, Decimal], *, by: Staff, seen: int) -> ClaimCase:
    """理算: what is owed per loss, in yuan by loss id, never above what was reviewed."""
    case = lock_case(case.pk, seen)
    losses = list(case.losses.all())
    objections = _adjusting_objections(case, losses, amounts)
    insist_on(with_objections(may_work(case, Action.ADJUST, by), objections))
    for loss in losses:
        loss.adjusted = amounts.get(loss.pk, Decimal(0))
    bulk_update_with_history(losses, CaseLoss, ["adjusted"])
    total = sum((loss.adjusted for loss in losses), Decimal(0))
    note_amount(case, "adjusted", total, by, reason="理算")
    note_step(case, Step.ADJUST, by, since=case.stage_entered_at)
    apply(case, work_change(case, Action.ADJUST, "adjusted", amount=total), by)
    return case


def _adjusting_objections(
    case: ClaimCase, losses: list[CaseLoss], amounts: Mapping[int, Decimal]
) -> Iterable[Objection]:
    if not _is_past_review(case) and reviews_needed(frozenset(case.loss_classes)) - reviews_passed(case):
        yield Objection("not_reviewed", "尚有损失未经审核，不能理算")
    if set(amounts) - {loss.pk for loss in losses}:
        yield Objection("foreign_loss", "含有不属于本案的损失")
    over = [loss for loss in losses if amounts.get(loss.pk, Decimal(0)) > loss.reviewed]
    if over:
        yield Objection("over_reviewed", f"{over[0].label}理算金额超过核定金额")
    if any(amount < 0 for amount in amounts.values()):
        yield Objection("negative_amount", "金额不能为负")


def _is_past_review(case: ClaimCase) -> bool:
    """Only the reviews lead here, ours or, for an imported case, those of the core system."""
    later = (Action.ADJUST, Action.SUBMIT_ADJUDICATION)
    return case.stage == Stage.REVIEWED or (case.stage == Stage.RETURNED and case.returned_to in later)


def reviews_passed(case: ClaimCase) -> frozenset[str]:
    passed = Submission.objects.filter(PASSED, case=case)
    return frozenset(passed.values_list("item__code", flat=True))


@transaction.atomic
def change_estimate(case: ClaimCase, estimate: Decimal, reason: str, *, by: Staff, seen: int) -> ClaimCase:
    """估损调整: kept with its reason, before → after, in yuan."""
    case = lock_case(case.pk, seen)
    change_locked_estimate(case, estimate, reason, by=by)
    recognise(case, Origin.ESTIMATE, by=by)
    return case
