"""From a submission to the plain `Matter` that a ruling is made from, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from authority.models import AuthorityItem, party_key
from authority.rulings import Matter, StepDone
from cases.items import ADJUDICATION, CASE_ITEMS, PRICE_REVIEW, counted_with
from cases.models import CaseLoss, CaseStep, ClaimCase, DamageItem, Step, Submission
from departments.models import Staff

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """What a request asks for, in yuan. `case_total` includes what the case was granted before."""

    amount: Decimal
    case_total: Decimal
    per_person: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the record says that a request beside the case's way is about; sums in yuan.

    `before`: what counts with it, where the record knows better than that every earlier request does.
    """

    subject_id: int
    amount: Decimal
    per_person: Decimal | None = None
    before: Decimal | None = None


@dataclass(slots=True)
class _Files:
    """Losses and finished steps of many cases, by case id."""

    losses: defaultdict[int, list[CaseLoss]] = field(default_factory=lambda: defaultdict(list))
    steps: defaultdict[int, list[CaseStep]] = field(default_factory=lambda: defaultdict(list))


def matter_of(submission: Submission) -> Matter:
    return matters_of([submission])[0]


def matters_of(submissions: Sequence[Submission]) -> list[Matter]:
    """In the order given; two queries for any number of them. Needs `case__unit` and `item` at hand."""
    files = _read(submissions)
    return [_matter(submission, files) for submission in submissions]


def draft(
    case: ClaimCase, item: AuthorityItem, by: Staff, losses: Sequence[CaseLoss], asked: Asked | None = None
) -> Submission:
    """The request as it would be sent now; not saved. `asked` where a record of its own gives the amount."""
    known = CASE_ITEMS[item.code]
    sums = sums_beside(case, item.code, asked) if known.is_beside else sums_of(case, item.code, losses)
    return Submission(
        case=case,
        item=item,
        round=case.round,
        amount=sums.amount,
        case_total=sums.case_total,
        per_person=sums.per_person,
        special_kind=known.special_kind,
        subject_id=asked.subject_id if asked else None,
        submitted_by=by,
    )


def sums_beside(case: ClaimCase, item_code: str, asked: Asked | None) -> Sums:
    """The amount of the record; in all with what was granted and is asked for beside it.

    Nobody stays under a limit by asking in parts: money counts with all money of the case, anything else
    with what was agreed to for the same item.
    """
    if asked is None:
        return Sums(ZERO, ZERO)
    before = asked.before
    if before is None:
        before = _given(case, item_code) if CASE_ITEMS[item_code].gives_money else _agreed(case, item_code)
    return Sums(asked.amount, asked.amount + before, asked.per_person)


def _given(case: ClaimCase, item_code: str) -> Decimal:
    """Granted, or asked for by another request that waits."""
    waiting = Submission.objects.filter(case=case, status=Submission.Status.OPEN)
    asked = waiting.filter(item__code__in=counted_with(item_code))
    return case.approved + (asked.aggregate(total=Sum("amount"))["total"] or ZERO)


def _agreed(case: ClaimCase, item_code: str) -> Decimal:
    agreed = Submission.objects.filter(case=case, item__code=item_code, status=Submission.Status.AGREED)
    return agreed.aggregate(total=Sum("amount"))["total"] or ZERO


def sums_of(case: ClaimCase, item_code: str, losses: Sequence[CaseLoss]) -> Sums:
    """A case without loss rows (imported) is asked about as a whole, which never understates; and so is an
    estimate, of which losses that came with the assessment know nothing."""
    item = CASE_ITEMS[item_code]
    total = getattr(case, item.sums)
    before = _given(case, item_code) - case.advanced if item_code == ADJUDICATION else case.approved
    asked = [loss for loss in losses if not item.loss_classes or loss.loss_class in item.loss_classes]
    is_whole = not losses or item.sums == "estimate"
    amount = total if is_whole else sum((getattr(loss, item.sums) for loss in asked), ZERO)
    if item_code == PRICE_REVIEW:
        amount = _dearest_part(case) or amount
    return Sums(amount, max(amount, total) + before, _per_person(item.sums, losses))


def _dearest_part(case: ClaimCase) -> Decimal | None:
    """核价 is granted per part: the price of the dearest one, where the assessment has lines."""
    parts = DamageItem.objects.filter(case=case, kind=DamageItem.Kind.PART)
    dearest: Decimal | None = parts.aggregate(most=Max("price"))["most"]
    return dearest


def _per_person(sums: str, losses: Iterable[CaseLoss]) -> Decimal | None:
    """The dearest injured person; one label is one person."""
    persons: defaultdict[str, Decimal] = defaultdict(Decimal)
    for loss in losses:
        if loss.loss_class == "injury":
            persons[loss.label] += getattr(loss, sums)
    return max(persons.values(), default=None)


def _read(submissions: Sequence[Submission]) -> _Files:
    """The losses only of those that ask about some of them: a whole case carries its lines itself."""
    files = _Files()
    in_part = {one.case_id for one in submissions if _classes_of(one)}
    if in_part:
        for loss in CaseLoss.objects.filter(case__in=in_part).only("case_id", "line", "loss_class"):
            files.losses[loss.case_id].append(loss)
    steps = CaseStep.objects.filter(case__in={one.case_id for one in submissions})
    for step in steps.only("case_id", "step", "person_id", "acted_for_id"):
        files.steps[step.case_id].append(step)
    return files


def _matter(submission: Submission, files: _Files) -> Matter:
    case, item = submission.case, submission.item
    asked = [loss for loss in files.losses[case.pk] if loss.loss_class in _classes_of(submission)]
    return Matter(
        item=item.code,
        measure=item.measure,
        amounts=_amounts(submission),
        unit_path=case.unit.path,
        lines=_lines(submission, asked),
        loss_classes=frozenset(loss.loss_class for loss in asked) or _loss_classes(submission),
        special_kind=submission.special_kind,
        is_litigated=case.is_litigated,
        flags=_flags(case),
        figures=_figures(case),
        steps=tuple(_steps(submission, files.steps[case.pk])),
        parties=_parties(case),
        is_key=item.is_key,
    )


def _lines(submission: Submission, asked: Iterable[CaseLoss]) -> frozenset[str]:
    """Those the item itself is about, those of the losses asked about, or all of the case."""
    item = CASE_ITEMS.get(submission.item.code)
    of_item = item.lines if item else frozenset()
    return of_item or frozenset(loss.line for loss in asked) or frozenset(submission.case.lines)


def _parties(case: ClaimCase) -> frozenset[str]:
    """As interests are compared: the plate, the frame number, the insured."""
    return frozenset(filter(None, map(party_key, (case.plate_no, case.vin, case.insured_name))))


def _figures(case: ClaimCase) -> dict[str, int]:
    """In fen; what nobody entered is not among them."""
    price = {} if case.new_price is None else {"new_price": fen(case.new_price)}
    return {"expected_loss": fen(max(case.estimate, case.assessed)), **price}


def _classes_of(submission: Submission) -> frozenset[str]:
    """The loss classes that the item is about; none named means the whole case."""
    item = CASE_ITEMS.get(submission.item.code)
    return item.loss_classes if item else frozenset()


def _loss_classes(submission: Submission) -> frozenset[str]:
    asked, known = _classes_of(submission), frozenset(submission.case.loss_classes)
    return (known & asked or asked) if asked else known


def _amounts(submission: Submission) -> dict[str, int]:
    amounts = {
        "item": fen(submission.amount),
        "increment": fen(submission.amount),
        "case_total": fen(submission.case_total),
    }
    if submission.per_person is not None:
        amounts["per_person"] = fen(submission.per_person)
    return amounts


def _flags(case: ClaimCase) -> frozenset[str]:
    known = {"major": case.is_major, "suspected_fraud": case.is_fraud_suspected, "injury": case.is_injury}
    return frozenset(case.flags) | {flag for flag, is_set in known.items() if is_set}


def _steps(submission: Submission, steps: Iterable[CaseStep]) -> Iterable[StepDone]:
    for step in steps:
        yield StepDone(step.step, step.person_id, step.acted_for_id)
    yield StepDone(Step.SUBMIT, submission.submitted_by_id)


def facts_of(matter: Matter) -> dict[str, Any]:
    """What is kept with a decision: plain lists, texts and numbers, in a fixed order; sums in fen.

    Without the names of the parties, which stay with the case.
    """
    return {
        "amounts": dict(matter.amounts),
        "unit": matter.unit_path,
        "lines": sorted(matter.lines),
        "losses": sorted(matter.loss_classes),
        "special": matter.special_kind,
        "litigated": matter.is_litigated,
        "flags": sorted(matter.flags),
        "figures": dict(matter.figures),
        "steps": [[done.step, done.person_id, done.via_id] for done in matter.steps],
    }


def matter_from(facts: Mapping[str, Any], item: AuthorityItem, parties: Iterable[str] = ()) -> Matter:
    """The inverse of `facts_of`, for one item of authority."""
    return Matter(
        item=item.code,
        measure=item.measure,
        amounts=facts["amounts"],
        unit_path=facts["unit"],
        lines=frozenset(facts["lines"]),
        loss_classes=frozenset(facts["losses"]),
        special_kind=facts["special"],
        is_litigated=facts["litigated"],
        flags=frozenset(facts["flags"]),
        figures=facts["figures"],
        steps=tuple(StepDone(*done) for done in facts["steps"]),
        parties=frozenset(party for party in parties if party),
        is_key=item.is_key,
    )


def fen(yuan: Decimal) -> int:
    """Money fields carry two places, so this is exact."""
    return int(yuan * 100)
