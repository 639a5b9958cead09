"""会签与加签: whose signatures count, and when a joint signing is met or cannot be met any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import ChainStep, Decision, JointSigning, OnRefusal, Outcome

SIGNING = frozenset({ChainStep.Kind.COSIGN, ChainStep.Kind.ADDED})
NOT_BOUND = frozenset({Outcome.RETURN})  # what a co-signer says as a reviewer, not as one of several


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed and for whom, and whether he agreed."""

    persons: frozenset[int]
    agrees: bool


def signatures(steps: Iterable[ChainStep]) -> tuple[Signature, ...]:
    """The co-signatures given, as decided, not only as the chain foresaw them. Needs the decisions."""
    given = [(step, decision_at(step)) for step in steps if (step.kind, step.status) == ("cosign", "done")]
    return tuple(signature_of(step, made) for step, made in given if made is not None)


def decision_at(step: ChainStep) -> Decision | None:
    found: Decision | None = getattr(step, "decision", None)
    return found


def signature_of(step: ChainStep, made: Decision) -> Signature:
    named = (step.staff_id, step.acting_for_id, made.decided_by_id, made.acted_for_id)
    return Signature(frozenset(pk for pk in named if pk), made.outcome == Outcome.AGREE)


def agreeing(given: Iterable[Signature], deciding: Iterable[int | None] = ()) -> int:
    """Signatures that share nobody with the decision nor with each other: who signs twice, for himself and
    for another, is one."""
    taken, counted = set(deciding), 0
    for one in sorted((one for one in given if one.agrees), key=lambda one: len(one.persons)):
        if taken.isdisjoint(one.persons):
            taken |= one.persons
            counted += 1
    return counted


def is_vetoed(steps: Iterable[ChainStep]) -> bool:
    """A refusal stands of whose signing every refusal ends it. Needs decisions and signings."""
    return any(
        step.kind == ChainStep.Kind.COSIGN
        and step.status == ChainStep.Status.DONE
        and step.signing is not None
        and step.signing.on_refusal == OnRefusal.VETO
        and (made := decision_at(step)) is not None
        and made.outcome == Outcome.REFUSE
        for step in steps
    )


def result_of(needed: int, on_refusal: str, given: Iterable[Signature], still_asked: int) -> str:
    """Met, failed, or empty while it can still be either."""
    given = list(given)
    count = agreeing(given)
    refused = any(not one.agrees for one in given)
    if refused and on_refusal == OnRefusal.VETO:
        return JointSigning.Result.FAILED.value
    if count >= needed > 0:
        return JointSigning.Result.MET.value
    return "" if count + still_asked >= needed else JointSigning.Result.FAILED.value
