"""未清理原因 A–Q: what the facts of a case suggest and what they forbid. Pure: rules and facts are handed in.

Regulator's form 附件13: choose by progress; several reasons where they coexist; no 其他 where another fits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.lifecycle import Stage

_PROPERTY = frozenset({"vehicle", "property"})
_DECIDED = frozenset({Stage.APPROVED, Stage.PAID})
_IN_REVIEW = frozenset(
    {Stage.REVIEWING, Stage.REVIEWED, Stage.ADJUSTED, Stage.ADJUDICATING, Stage.OVER_AUTHORITY}
)
_BEFORE_REVIEW = frozenset({Stage.REPORTED, Stage.REGISTERED, Stage.SURVEYED, Stage.ASSESSED})
_UNSURVEYED = frozenset({Stage.REPORTED, Stage.REGISTERED})
_THIRD_PARTY = frozenset({"third_party", "ctpl"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all `facts` hold, `code` is suggested or forbidden, and `text` says why."""

    code: str
    is_forbidding: bool
    facts: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The reasons in force by code, which of them mean 其他, and when each fits."""

    names: Mapping[str, str]
    others: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseState:
    """What of a case bears on its reasons. Amounts in yuan."""

    stage: str
    returned_to: str = ""
    is_injury: bool = False
    is_litigated: bool = False
    lines: Collection[str] = ()
    loss_classes: Collection[str] = ()
    papers_complete_at: datetime | None = None
    assessed: Decimal = Decimal(0)
    reviewed: Decimal = Decimal(0)
    adjusted: Decimal = Decimal(0)
    approved: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fit:
    """Reasons by code, each with why."""

    suggested: Mapping[str, str] = field(default_factory=dict)
    forbidden: Mapping[str, str] = field(default_factory=dict)


def facts_of(state: CaseState) -> frozenset[str]:
    """Every fact that holds, in the words that rules are written in."""
    surveyed = state.stage not in _UNSURVEYED and state.returned_to != "survey"
    decided = state.stage in _DECIDED
    fixed = decided or state.reviewed > 0 or state.stage in _IN_REVIEW - {Stage.REVIEWING}
    property_at_stake = bool(_PROPERTY & set(state.loss_classes)) or not state.is_injury
    third_party = state.is_injury or bool(_THIRD_PARTY & set(state.lines))
    held = {
        "surveyed" if surveyed else "unsurveyed": True,
        "fixed" if fixed else "unfixed": True,
        "property_fixed": property_at_stake and fixed,
        "property_unfixed": property_at_stake and not fixed,
        "without_property": not property_at_stake,
        "injury_fixed": state.is_injury and fixed,
        "injury_unfixed": state.is_injury and not fixed,
        "without_injury": not state.is_injury,
        "without_third_party": not third_party,
        "papers_complete" if state.papers_complete_at else "papers_missing": True,
        "litigated" if state.is_litigated else "not_litigated": True,
        "in_review": state.stage in _IN_REVIEW,
        "before_review": state.stage in _BEFORE_REVIEW,
        "adjusted": state.adjusted > 0 or decided,
        "decided" if decided else "undecided": True,
        "unpaid": state.paid < state.approved or (decided and state.paid == 0),
    }
    return frozenset(name for name, holds in held.items() if holds)


def fit(state: CaseState, book: Rulebook) -> Fit:
    """其他 is forbidden as soon as a listed reason is suggested."""
    facts = facts_of(state)
    held = [rule for rule in book.rules if rule.facts <= facts and rule.code in book.names]
    forbidden = {rule.code: rule.text for rule in held if rule.is_forbidding}
    suggested = {
        rule.code: rule.text for rule in held if not rule.is_forbidding and rule.code not in forbidden
    }
    if listed := sorted(set(suggested) - book.others):
        forbidden |= {code: f"已有适用的原因 {'、'.join(listed)}，不得选其他" for code in book.others}
    return Fit({code: text for code, text in suggested.items() if code not in book.others}, forbidden)


def judge(codes: Collection[str], state: CaseState, book: Rulebook) -> Ruling:
    """May these reasons stand for the case? Each reason against it is told."""
    return _ruling(_objections(codes, fit(state, book), book))


def _objections(codes: Collection[str], found: Fit, book: Rulebook) -> Iterable[Objection]:
    if not codes:
        yield Objection("no_reason", "须选择未清理原因")
    for code in codes:
        if code not in book.names:
            yield Objection("unknown_reason", f"没有原因代码 {code}")
        elif code in found.forbidden:
            yield Objection(f"unfit:{code}", f"{code} {book.names[code]}：{found.forbidden[code]}")
    if set(codes) & book.others and set(codes) - book.others:
        yield Objection("other_beside_listed", "选了列明的原因，不得再选其他")


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
