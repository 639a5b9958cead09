"""What a request beside the case's way is about: one entry per item, made by the area that keeps the record.

The case goes its own way meanwhile; the record follows its request through these four answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from authority.rulings import Objection
from cases.items import CASE_ITEMS
from cases.matters import Asked
from cases.models import ClaimCase, Submission
from cases.services.transition import Change
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class About:
    """The record as pages name it, what it asks for, and what stands in the way of asking."""

    title: str
    url: str
    asked: Asked
    objections: tuple[Objection, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a request; the case is locked and written afterwards. `amount` in yuan, as granted."""

    submission: Submission
    status: str
    by: Staff
    amount: Decimal


def _nothing(submission: Submission) -> Iterable[Objection]:
    return ()


def _not_told(submission: Submission) -> None:
    """The record need not know that it was sent."""


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """`about`: the record of the case with this id; None where there is none.

    `settle` writes the end of the request into the record. What it changes on `submission.case` in memory it
    names in the Change it gives back (None: nothing); of an item on the way only the fields count.
    `granting` gives what forbids agreeing now, beside the authority; it may query, and is asked again under
    the lock.
    `send` is told that the request is saved; its chain is made next.
    """

    about: Callable[[ClaimCase, int], About | None]
    settle: Callable[[Settlement], Change | None]
    granting: Callable[[Submission], Iterable[Objection]] = _nothing
    send: Callable[[Submission], None] = _not_told


_KINDS: dict[str, SubjectKind] = {}


def register_subject(item_code: str, kind: SubjectKind) -> None:
    """Once, when the area's module is imported. KeyError where the item is unknown to the cases."""
    if CASE_ITEMS[item_code] and item_code in _KINDS:
        raise ValueError(f"{item_code} has its kind of record already")
    _KINDS[item_code] = kind


def has_subject(item_code: str) -> bool:
    return item_code in _KINDS


def about(case: ClaimCase, item_code: str, subject_id: int | None) -> About | None:
    """None where no record is meant, or it is not one of this case."""
    if subject_id is None or item_code not in _KINDS:
        return None
    return _KINDS[item_code].about(case, subject_id)


def about_submission(submission: Submission) -> About | None:
    return about(submission.case, submission.item.code, submission.subject_id)


def granting_objections(submission: Submission) -> list[Objection]:
    if submission.subject_id is None or submission.item.code not in _KINDS:
        return []
    return list(_KINDS[submission.item.code].granting(submission))


def tell_sent(submission: Submission) -> None:
    if submission.subject_id is not None and submission.item.code in _KINDS:
        _KINDS[submission.item.code].send(submission)


def settle_subject(settlement: Settlement) -> Change | None:
    submission = settlement.submission
    if submission.subject_id is None or submission.item.code not in _KINDS:
        return None
    return _KINDS[submission.item.code].settle(settlement)
