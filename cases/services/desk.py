"""What lies before the person who decides: the locked case, the chain, the ruling on the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.rulings import Basis, Matter, Objection, Ruling
from cases.chains import Station
from cases.conferences.rulings import UNSAID, Heeding, Proposed
from cases.conflicts import KeyReused
from cases.consultations import heard
from cases.items import BESIDE, CASE_ITEMS, INJURY_REVIEW, REVIEW_STEPS, return_action
from cases.matters import matter_of
from cases.models import (
    CaseStep,
    ChainStep,
    ClaimCase,
    Conference,
    Decision,
    Escalation,
    Outcome,
    ProblemClass,
    Step,
    Submission,
)
from cases.rulings import AGREEING, SENDING_BACK, docket_of, may_decide_submission
from cases.services.chain import plan_for
from cases.services.heeding import owed_objections
from cases.services.injury_costs import itemised_labels
from cases.services.itemising import granted_by_lines
from cases.services.packs import pack_objections, pack_of
from cases.services.subjects import granting_objections
from cases.services.transition import lock_case
from cases.signatures import SIGNING
from departments.models import Staff
from departments.prepared import Prepared

_NOT_FILLED_IN = frozenset({"key", "seen"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the person fills in. `seen` is the version of the case on the page, `key` one per form shown.

    `reviewed` cuts losses of a review: yuan by loss id, the others as assessed. `missing_papers` explains a
    pack for head office that is not complete. `is_straight_up` passes over every station left.
    `help_reason`: why head office is asked about what the person could decide. `heeding`: which conference
    of the case the decision rests on, and whether it follows it.
    """

    outcome: str
    seen: int
    opinion: str = ""
    conditions: str = ""
    return_to: str = ""
    problem_codes: tuple[str, ...] = ()
    reviewed: Mapping[int, Decimal] = field(default_factory=dict)
    missing_papers: str = ""
    due_at: datetime | None = None
    is_straight_up: bool = False
    help_reason: str = ""
    heeding: Heeding = UNSAID
    key: UUID | None = None

    @property
    def digest(self) -> str:
        """Of all that was filled in; the key names the request, it is no part of it."""
        names = [one.name for one in fields(self) if one.name not in _NOT_FILLED_IN]
        body = [(name, _plain(getattr(self, name))) for name in names]
        return sha256(json.dumps(body).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Amounts and days as text; losses in the order of their ids."""
    if isinstance(value, Mapping):
        return sorted((pk, f"{yuan:.2f}") for pk, yuan in value.items())
    return str(value)


@dataclass(slots=True)
class Desk:
    case: ClaimCase
    steps: list[ChainStep]
    step: ChainStep
    verdict: Verdict
    by: Staff
    ruling: Ruling
    matter: Matter | None = None
    could_sign: bool = False
    further: tuple[Station, ...] = ()

    @property
    def submission(self) -> Submission:
        return self.step.submission

    def agrees(self) -> bool:
        return self.verdict.outcome == Outcome.AGREE

    @property
    def basis(self) -> Basis | None:
        return self.ruling.basis

    @property
    def acted_for(self) -> Staff | None:
        """The person stood in for, as the grant names him."""
        basis = self.basis
        return Staff(pk=basis.via_id, name=basis.via_name) if basis and basis.via_id else None

    @property
    def limit(self) -> Decimal | None:
        return Decimal(self.basis.limit) / 100 if self.basis else None

    def ahead(self) -> list[ChainStep]:
        """The stations not reached yet."""
        return [step for step in self.steps if step.status == ChainStep.Status.WAITING]

    def beside(self) -> list[ChainStep]:
        """Those whose turn it is, too: the others of a joint signing."""
        now = [step for step in self.steps if step.status == ChainStep.Status.NOW]
        return [step for step in now if step.pk != self.step.pk]

    def passed_over(self) -> list[ChainStep]:
        """Opinions that a person of this level makes superfluous; straight up, all of them."""
        level = self.basis.level if self.basis else 0
        ahead = [step for step in self.ahead() if step.kind != ChainStep.Kind.HEAD_OFFICE]
        if self.verdict.is_straight_up:
            return ahead
        opinions = [step for step in ahead if step.kind == ChainStep.Kind.PRELIMINARY]
        return [step for step in opinions if step.level <= level or step.staff_id == self.by.pk]

    def upper(self) -> ChainStep | None:
        """The next station when this one refers the matter up; None past the last."""
        over = self.passed_over()
        return next((step for step in self.ahead() if step not in over), None)

    def goes_to_head_office(self) -> bool:
        if self.verdict.outcome != Outcome.REFER_UP:
            return False
        upper = self.upper() or next(iter(self.further), None)
        return upper is None or upper.kind == ChainStep.Kind.HEAD_OFFICE

    def look_further(self) -> None:
        """Past the last station of the chain: who stands above the person who asks for somebody higher."""
        if self.verdict.outcome == Outcome.REFER_UP and not self.verdict.is_straight_up and not self.upper():
            level = self.basis.level if self.basis else self.step.level
            self.further = plan_for(self.submission, above=level).stations

    def pack(self) -> dict[str, Any]:
        """With why it goes up although it could be decided here, where that is so."""
        verdict = self.verdict
        return pack_of(
            self.submission, missing_papers=verdict.missing_papers, help_reason=verdict.help_reason
        )


CONCLUDED = Conference.objects.concluded().filter(case=OuterRef("submission__case"))
CHAIN = Prepared(
    lambda submission_id: (
        ChainStep.objects.filter(submission=submission_id)
        .order_by("number")
        .select_related("submission__item", "submission__submitted_by", "staff", "decision", "signing")
        .annotate(has_conclusion=Exists(CONCLUDED))
    ),
    submission_id=int,
)


def read_desk(step: ChainStep, verdict: Verdict, by: Staff) -> Desk:
    """Locks the case; the ruling is not made yet."""
    case = lock_case(step.submission.case_id, None)
    steps: list[ChainStep] = CHAIN(submission_id=step.submission_id)
    own = next(row for row in steps if row.pk == step.pk)
    own.submission.case = case
    return Desk(case, steps, own, verdict, by, Ruling("refused"))


def leads_to_head_office(step: ChainStep, ruling: Ruling, by: Staff) -> bool:
    """Where a referral from this station leads, as the service will send it; nothing is locked or changed.

    `ruling`: on referring up there. Queries only where the chain has no station left above.
    """
    case = step.submission.case
    desk = Desk(
        case, list(step.submission.chain.all()), step, Verdict(Outcome.REFER_UP, case.version), by, ruling
    )
    desk.look_further()
    return desk.goes_to_head_office()


def decided_before(desk: Desk) -> Decision | None:
    """The decision this very request made already. Raises KeyReused when the key stood for something else."""
    verdict = desk.verdict
    decision: Decision | None = getattr(desk.step, "decision", None)
    if decision is None or verdict.key is None or decision.idempotency_key != verdict.key:
        return None
    if (desk.by.pk, verdict.digest) != (decision.decided_by_id, decision.body_digest):
        raise KeyReused
    return decision


def judge(desk: Desk) -> None:
    """Locks the grants and rules, with every objection to what is filled in.

    The rules are read once the grants are locked: what commits while this waits counts.
    """
    verdict, holder = desk.verdict, holder_for(desk.by, lock=True)
    rules = rules_for(desk.submission.item.code)
    docket = docket_of(desk.step, matter_of(desk.submission), desk.steps, is_other_sent=_is_other_sent(desk))
    docket = heard(docket, desk.submission.pk, rules)
    desk.matter = docket.matter
    desk.ruling = may_decide_submission(
        docket, holder, rules, verdict.outcome, is_straight_up=verdict.is_straight_up
    )
    desk.could_sign = desk.ruling.may_sign
    desk.look_further()
    for objection in _objections(desk):
        desk.ruling = desk.ruling.with_objection(objection)


def _objections(desk: Desk) -> Iterator[Objection]:
    verdict = desk.verdict
    proposed = Proposed(verdict.outcome, desk.submission.amount)
    yield from owed_objections(desk.step, proposed, verdict.heeding)
    if verdict.outcome == Outcome.AGREE_WITH_CONDITIONS and not verdict.conditions.strip():
        yield Objection("no_conditions", "附条件同意须写明条件")
    if verdict.outcome == Outcome.RETURN:
        yield from _return_objections(desk)
    if verdict.outcome == Outcome.REFER_UP:
        yield from _referring_objections(desk)
    if verdict.outcome in AGREEING:
        yield from _agreeing_objections(desk)


def _is_other_sent(desk: Desk) -> bool:
    """Asked only where it matters."""
    if desk.verdict.outcome not in SENDING_BACK or desk.submission.item.code in BESIDE:
        return False
    sent = Escalation.objects.filter(case=desk.case, status=Escalation.Status.SENT)
    sent = sent.exclude(submission__item__code__in=BESIDE)
    return sent.exclude(submission=desk.submission).exists()


def _return_objections(desk: Desk) -> Iterator[Objection]:
    verdict = desk.verdict
    known = set(ProblemClass.objects.values_list("code", flat=True))
    if not verdict.problem_codes or set(verdict.problem_codes) - known:
        yield Objection("no_problem_code", "退回须选择问题代码")
    if not verdict.opinion.strip():
        yield Objection("no_opinion", "退回须说明问题")
    yield from _target_objections(desk)


def _target_objections(desk: Desk) -> Iterator[Objection]:
    target = desk.verdict.return_to
    if target == Step.PRELIMINARY:
        if opinion_before(desk.step, desk.steps) is None:
            yield Objection("no_opinion_before", "本环节之前没有他人的初核意见，不能退回初核")
        return
    if target not in Step.values or return_action(target, desk.submission.item.code) is None:
        yield Objection("no_return_step", "退回须指定环节")
    elif target in REVIEW_STEPS and not CaseStep.objects.filter(case=desk.case, step=target).exists():
        yield Objection("step_not_done", f"本案没有经过{Step(target).label}，不能退回该环节")


def opinion_before(step: ChainStep, steps: Iterable[ChainStep]) -> ChainStep | None:
    """The last standing opinion of somebody else before this station."""
    given = [
        one
        for one in steps
        if one.kind == ChainStep.Kind.PRELIMINARY
        and one.status == ChainStep.Status.DONE
        and one.number < step.number
        and one.staff_id != step.staff_id
    ]
    return max(given, key=lambda one: one.number, default=None)


def _referring_objections(desk: Desk) -> Iterator[Objection]:
    if not desk.verdict.opinion.strip():
        yield Objection("no_opinion", "上报须写明初核意见")
    if desk.goes_to_head_office():
        yield from pack_objections(desk.pack())
        if desk.could_sign and not desk.verdict.help_reason.strip():
            yield Objection("no_help_reason", "本人有权决定，仍要上报总公司须说明理由")


def _agreeing_objections(desk: Desk) -> Iterator[Objection]:
    """What the record asked about forbids, and cuts that are none of this review."""
    if desk.ruling.may_sign and desk.step.kind not in SIGNING:
        yield from granting_objections(desk.submission)
    if desk.verdict.reviewed:
        yield from _cut_objections(desk)


def _cut_objections(desk: Desk) -> Iterator[Objection]:
    classes = CASE_ITEMS[desk.submission.item.code].loss_classes
    assessed = {loss.pk: loss.assessed for loss in desk.case.losses.all() if loss.loss_class in classes}
    if not CASE_ITEMS[desk.submission.item.code].sets_reviewed or set(desk.verdict.reviewed) - set(assessed):
        yield Objection("foreign_loss", "含有不属于本次审核的损失")
    elif any(not 0 <= amount <= assessed[pk] for pk, amount in desk.verdict.reviewed.items()):
        yield Objection("over_assessed", "核定金额须在零与定损金额之间")
    elif _is_broken_down(desk):
        yield Objection("itemised", "已有费用项目的伤者，核定金额在费用审核页按项目核定")
    elif set(desk.verdict.reviewed) & set(granted_by_lines(desk.case)):
        yield Objection("from_lines", "有明细的损失按明细核定，不能另填金额")


def _is_broken_down(desk: Desk) -> bool:
    """Some of the losses that are cut have costs of their own, which alone say what is left of them."""
    if desk.submission.item.code != INJURY_REVIEW:
        return False
    labels = itemised_labels(desk.case)
    return any(loss.label in labels for loss in desk.case.losses.filter(pk__in=desk.verdict.reviewed))
