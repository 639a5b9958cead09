"""退回: to which earlier piece of work, or to which earlier opinion of the same chain."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from cases.items import RETURN_STEPS, REVIEW_STEPS, return_action
from cases.lifecycle import Action
from cases.models import CaseStep, ChainStep, Step, Submission
from cases.services.chain import leave, reach
from cases.services.desk import Desk, opinion_before
from cases.services.transition import Change, stay
from cases.signatures import SIGNING

GIVEN_BACK = "退回初核，须重新办理"


def returnable(step: ChainStep) -> list[tuple[str, str]]:
    """What a return from this station may name: work that its item knows and the case went through."""
    submission = step.submission
    item = submission.item.code
    done = set(CaseStep.objects.filter(case=submission.case_id).values_list("step", flat=True))
    found = [
        (one.value, str(one.label))
        for one in RETURN_STEPS
        if return_action(one, item) is not None and (one not in REVIEW_STEPS or one in done)
    ]
    earlier = opinion_before(step, list(submission.chain.select_related("staff", "decision")))
    if earlier is not None and earlier.staff is not None:
        found.append((Step.PRELIMINARY.value, f"初核（{earlier.staff.name}）"))
    return found


def back_to_opinion(desk: Desk) -> Change:
    """The request stays open; whoever gave the last opinion gives it anew, then the chain comes back here.

    Co-signatures stay good: nothing that was signed has changed.
    """
    target = opinion_before(desk.step, desk.steps)
    if target is None:
        raise ChainStep.DoesNotExist
    again = [
        step
        for step in desk.steps
        if target.number <= step.number <= desk.step.number and step.kind not in SIGNING
        and step.status in (ChainStep.Status.DONE, ChainStep.Status.NOW)
    ]  # fmt: skip
    leave(desk.step, ChainStep.Status.DONE)
    _end([step for step in again if step.pk != desk.step.pk])
    made = insert_after(desk.step, [copy_of(step) for step in again])
    reach(made[0], desk.case)
    details = {"to": target.staff.name if target.staff else ""}
    return stay(desk.case, Action.RETURN).about(desk.submission).with_details(details)


def _end(steps: Sequence[ChainStep]) -> None:
    for step in steps:
        step.status, step.remark = ChainStep.Status.INVALID, GIVEN_BACK
        step.left_at = step.left_at or timezone.now()
    ChainStep.objects.bulk_update(steps, ["status", "remark", "left_at"])


def copy_of(step: ChainStep) -> ChainStep:
    """The same station once more, not reached yet."""
    return ChainStep(
        submission_id=step.submission_id,
        kind=step.kind,
        staff=step.staff,
        acting_for=step.acting_for,
        level=step.level,
        post_name=step.post_name,
        signing_id=step.signing_id,
    )


def insert_after(step: ChainStep, new: Sequence[ChainStep]) -> list[ChainStep]:
    return insert_at(step.submission, step.number + 1, new)


def insert_at(submission: Submission, number: int, new: Sequence[ChainStep]) -> list[ChainStep]:
    """The stations from this number on make room; places are checked when the transaction ends."""
    ChainStep.objects.filter(submission=submission.pk, number__gte=number).update(
        number=F("number") + len(new)
    )
    for place, step in enumerate(new, start=number):
        step.number = place
    return ChainStep.objects.bulk_create(new)
