"""未清理原因: what the facts of a case suggest and forbid, by the rules as seeded."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations

import pytest
from django.utils import timezone

from cases.clearing.reasons import CaseState, Rulebook, facts_of, fit, judge
from cases.clearing.rulebook import rulebook_on
from cases.lifecycle import Stage

TEN = Decimal(10)
ALL_PAPERS = datetime(2026, 11, 1, tzinfo=UTC)
REGISTERED = CaseState("registered", loss_classes=["vehicle"], lines=["own_damage"])
SURVEYED = CaseState("surveyed", loss_classes=["vehicle"], lines=["own_damage"])
INJURED = CaseState("surveyed", is_injury=True, loss_classes=["injury"], lines=["third_party"])
SUED = CaseState("assessed", is_litigated=True, is_injury=True, loss_classes=["injury"])
REVIEWED = CaseState("reviewed", loss_classes=["vehicle"], assessed=TEN, reviewed=TEN)
APPROVED = CaseState(
    "approved",
    loss_classes=["vehicle"],
    reviewed=TEN,
    adjusted=TEN,
    approved=TEN,
    papers_complete_at=ALL_PAPERS,
)


@pytest.fixture
def book(db) -> Rulebook:
    return rulebook_on(timezone.localdate())


@pytest.mark.parametrize(
    ("state", "suggested"),
    [
        pytest.param(REGISTERED, "A", id="survey unfinished"),
        pytest.param(SURVEYED, "B", id="property not fixed"),
        pytest.param(INJURED, "D", id="injury not fixed"),
        pytest.param(SUED, "DL", id="in litigation"),
        pytest.param(REVIEWED, "MN", id="papers missing, to be adjusted"),
        pytest.param(APPROVED, "O", id="approved and unpaid"),
    ],
)
def test_what_is_suggested(book: Rulebook, state: CaseState, suggested: str):
    assert "".join(sorted(fit(state, book).suggested)) == suggested


@pytest.mark.parametrize(
    ("state", "codes", "objections"),
    [
        pytest.param(SUED, "L", [], id="the suggested one"),
        pytest.param(SUED, "LD", [], id="several that coexist"),
        pytest.param(SURVEYED, "P", [], id="one that nothing speaks against"),
        pytest.param(SURVEYED, "", ["no_reason"], id="none"),
        pytest.param(SURVEYED, "L", ["unfit:L"], id="not in litigation"),
        pytest.param(SURVEYED, "D", ["unfit:D"], id="nobody hurt"),
        pytest.param(APPROVED, "M", ["unfit:M"], id="papers are complete"),
        pytest.param(APPROVED, "N", ["unfit:N"], id="decided already"),
        pytest.param(SURVEYED, "Q", ["unfit:Q"], id="other, where a listed one fits"),
        pytest.param(SURVEYED, "BQ", ["unfit:Q", "other_beside_listed"], id="other beside a listed one"),
        pytest.param(SURVEYED, "Z", ["unknown_reason"], id="no such letter"),
    ],
)
def test_what_may_stand(book: Rulebook, state: CaseState, codes: str, objections: list[str]):
    assert [one.code for one in judge(codes, state, book).objections] == objections


def states() -> list[CaseState]:
    return [
        CaseState(stage, is_injury=injury, is_litigated=sued, loss_classes=classes, papers_complete_at=papers)
        for stage in Stage
        if stage != Stage.CLOSED
        for injury in (True, False)
        for sued in (True, False)
        for papers in (ALL_PAPERS, None)
        for classes in (["vehicle"], ["injury"], ["vehicle", "injury"])
    ]


def test_nothing_is_suggested_that_may_not_stand(book: Rulebook):
    for state in states():
        found = fit(state, book)
        assert not set(found.suggested) & set(found.forbidden)
        if found.suggested:
            assert judge(tuple(found.suggested), state, book).allowed, state


def test_other_stands_only_alone_and_only_where_nothing_is_suggested(book: Rulebook):
    for state in states():
        suggested = fit(state, book).suggested
        assert judge("Q", state, book).allowed == (not suggested)
        for code in set(book.names) - {"Q"}:
            assert not judge(f"{code}Q", state, book).allowed


def test_every_fact_has_its_opposite():
    pairs = [("surveyed", "unsurveyed"), ("fixed", "unfixed"), ("decided", "undecided")]
    pairs += [("papers_complete", "papers_missing"), ("litigated", "not_litigated")]
    for state in states():
        facts = facts_of(state)
        assert all((one in facts) != (other in facts) for one, other in pairs)
        assert not {"injury_fixed", "injury_unfixed"} <= facts


def test_the_rules_speak_of_facts_that_exist(book: Rulebook):
    known = frozenset().union(*(facts_of(state) for state in [*states(), APPROVED, REVIEWED]))

    assert not {fact for rule in book.rules for fact in rule.facts} - known
    assert {rule.code for rule in book.rules} <= set(book.names)
    assert len(list(combinations(book.names, 2))) == 136
