"""加签与会签: asking more people to sign, counting who did, going on when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.refusals import insist_on
from authority.rulings import Objection, Ruling, may_decide
from cases.chains import never_own
from cases.matters import matter_of
from cases.models import ChainStep, ClaimCase, JointSigning, OnRefusal, Submission
from cases.rulings import STANDING, referrers, refused_for, with_objections
from cases.services.chain import reach
from cases.services.returning import insert_at
from cases.services.transition import apply, lock_case, stay, tell
from cases.signatures import Signature, decision_at, result_of, signature_of
from cases.verbs import (
    BEFORE,
    Candidate,
    may_add_signers,
    may_call_off,
    signer_objections,
    where_objections,
)
from departments.models import Staff

Status, Kind, Result = ChainStep.Status, ChainStep.Kind, JointSigning.Result


@dataclass(frozen=True, slots=True)
class SignerRequest:
    """`where`: before or after who asks; `needed` of the people must agree, 0: all. `seen`: of the case."""

    people: Sequence[Staff]
    where: str
    reason: str
    seen: int
    needed: int = 0


def own_step(step: ChainStep, seen: int | None) -> ChainStep:
    """The station as it is now, with its chain at hand; the case is locked and was seen like this."""
    case = lock_case(step.submission.case_id, seen)
    steps = ChainStep.objects.select_related(
        "submission__item", "submission__submitted_by", "staff", "signing"
    )
    fresh = steps.get(pk=step.pk)
    fresh.submission.case = case
    return fresh


def adding(step: ChainStep, by: Staff) -> Ruling:
    """May this person add signers here now, whoever they are?"""
    rules = never_own(rules_for(step.submission.item.code))
    return may_add_signers(step, by, may_decide(matter_of(step.submission), holder_for(by), rules))


@transaction.atomic
def add_signers(step: ChainStep, request: SignerRequest, *, by: Staff) -> JointSigning:
    """加签: before him they sign first and the station comes back; after him the chain passes them next."""
    step = own_step(step, request.seen)
    chain = list(step.submission.chain.order_by("number").select_related("decision"))
    ahead = [one for one in chain if one.status == Status.WAITING and one.number > step.number]
    objections = [*_asked_objections(step, request, chain), *where_objections(step, request.where, ahead)]
    insist_on(with_objections(adding(step, by), objections))
    signing = _called(step, request, by)
    names = {"people": [one.name for one in request.people], "where": request.where}
    change = stay(step.submission.case, "add_signers").because(request.reason).with_details(names)
    apply(step.submission.case, change.about(step.submission), by)
    _place(step, signing, request)
    return signing


def _asked_objections(step: ChainStep, request: SignerRequest, chain: Iterable[ChainStep]) -> list[Objection]:
    matter, rules = matter_of(step.submission), rules_for(step.submission.item.code)
    people = candidates(request.people, step, chain)
    objections = signer_objections(people, matter, rules, request.needed or len(people))
    if not request.reason.strip():
        objections.append(Objection("no_reason", "加签须说明理由"))
    return objections


def candidates(people: Iterable[Staff], step: ChainStep, chain: Iterable[ChainStep]) -> list[Candidate]:
    """With what else each of them does on this chain."""
    chain = list(chain)
    live = {one.staff_id for one in chain if one.status in (*STANDING, Status.DONE)}
    referred = referrers(chain)
    return [
        Candidate(
            holder_for(person),
            ClaimCase.objects.visible_to(person).filter(pk=step.submission.case_id).exists(),
            person.pk in live,
            person.pk in referred,
        )
        for person in people
    ]


def _called(step: ChainStep, request: SignerRequest, by: Staff) -> JointSigning:
    return JointSigning.objects.create(
        submission=step.submission,
        kind=JointSigning.Kind.ADDED,
        needed=request.needed or len(request.people),
        on_refusal=OnRefusal.COUNTS_NOT,
        called_by=by,
        called_at=timezone.now(),
        reason=request.reason.strip(),
    )


def _place(step: ChainStep, signing: JointSigning, request: SignerRequest) -> None:
    new = [
        ChainStep(
            submission=step.submission,
            kind=Kind.ADDED,
            staff=person,
            signing=signing,
            remark=f"{step.staff.name if step.staff else ''}加签：{signing.reason}",
        )
        for person in request.people
    ]
    is_before = request.where == BEFORE
    made = insert_at(step.submission, step.number if is_before else step.number + 1, new)
    if is_before:
        ChainStep.objects.filter(pk=step.pk).update(status=Status.WAITING)
        reach(made[0], step.submission.case)


def settle_signing(step: ChainStep, own: Signature) -> bool:
    """With this signature, is the joint signing over? Then those not heard are not asked any more."""
    signing = step.signing
    if signing is None:
        return True
    others = list(signing.steps.exclude(pk=step.pk).select_related("staff", "decision"))
    asked = [one for one in others if one.status == Status.NOW]
    done = [(one, decision_at(one)) for one in others if one.status == Status.DONE]
    given = [signature_of(one, made) for one, made in done if made is not None]
    result = result_of(signing.needed, signing.on_refusal, [own, *given], len(asked))
    if not result or (signing.kind == Kind.ADDED and result == Result.FAILED and asked):
        return False
    end_signing(signing, result, asked)
    tell_not_needed(asked, step.submission.case)
    return True


def end_signing(signing: JointSigning, result: str, asked: Iterable[ChainStep]) -> None:
    signing.result, signing.ended_at = result, timezone.now()
    signing.save(update_fields=["result", "ended_at"])
    pks = [one.pk for one in asked]
    ChainStep.objects.filter(pk__in=pks).update(status=Status.SKIPPED, left_at=signing.ended_at)


def tell_not_needed(steps: Iterable[ChainStep], case: ClaimCase) -> None:
    for one in steps:
        tell(one.staff, case, "not_needed", "已无须您签署")


def calling_off(signing: JointSigning, by: Staff) -> Ruling:
    waiting = signing.steps.filter(status__in=STANDING).values_list("staff_id", flat=True)
    return may_call_off(
        [pk for pk in waiting if pk], signing.called_by_id, by, is_over=signing.ended_at is not None
    )


@transaction.atomic
def call_off_signers(signing: JointSigning, reason: str, *, by: Staff, seen: int) -> JointSigning:
    """取消加签: whoever has not signed is not asked any more; the chain goes on."""
    case = lock_case(signing.submission.case_id, seen)
    signing = JointSigning.objects.select_related("submission__item").get(pk=signing.pk)
    insist_on(calling_off(signing, by))
    if not reason.strip():
        insist_on(refused_for([Objection("no_reason", "取消加签须说明理由")]))
    signing.submission.case = case
    change = stay(case, "call_off_signers").because(reason).about(signing.submission)
    apply(case, change, by)
    _go_on_without(signing, Result.CALLED_OFF, signing.steps.filter(status__in=STANDING))
    return signing


def _go_on_without(signing: JointSigning, result: str, steps: Iterable[ChainStep]) -> None:
    asked = list(steps)
    was_now = any(one.status == Status.NOW for one in asked)
    end_signing(signing, result, asked)
    tell_not_needed(asked, signing.submission.case)
    if was_now:
        go_on(signing.submission)


def go_on(submission: Submission) -> None:
    waiting = submission.chain.filter(status=Status.WAITING).select_related("staff").order_by("number")
    reach(waiting[0], submission.case)


@transaction.atomic
def excuse_signer(step: ChainStep) -> bool:
    """An added signer who is away is not waited for: his opinion is missing, nothing else."""
    step = own_step(step, None)
    if step.status != Status.NOW or step.signing is None:
        return False
    case = step.submission.case
    name = step.staff.name if step.staff else ""
    apply(case, stay(case, "excuse_signer").about(step.submission).with_details({"person": name}), None)
    ChainStep.objects.filter(pk=step.pk).update(
        status=Status.SKIPPED, left_at=timezone.now(), remark="不在岗，未加签"
    )
    if not step.signing.steps.filter(status=Status.NOW).exists():
        end_signing(step.signing, Result.FAILED, ())
        go_on(step.submission)
    return True
