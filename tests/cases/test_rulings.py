"""The chain and the answer at each station, from plain values: no database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authority.rulings import Holder
from cases.chains import plan_chain
from cases.lifecycle import LIFECYCLE, WORK_ORDER, Action, Stage, open_actions
from cases.models import Outcome
from cases.rulings import Docket, may_decide_submission, permits
from cases.signatures import Signature
from tests.authority.samples import did, holder, limit, matter, referral, rules

REVIEWER = holder(limit(100_000), person_id=3, name="审核")
HEAD = holder(limit(200_000, level=4, grant_id=8), person_id=4, name="主任")
MANAGER = holder(limit(500_000, level=5, grant_id=9), person_id=5, name="经理")
HEAD_OFFICE = holder(limit(9_000_000, level=6, grant_id=10), person_id=6, name="总公司")
EVERYBODY = (REVIEWER, HEAD, MANAGER, HEAD_OFFICE)
STATION = Docket(matter(), Stage.ADJUDICATING, True, "final", "now", 3, 3, "审核")


def stations(yuan: int, *people: Holder, **terms: Any) -> list[tuple[str, int | None]]:
    plan = plan_chain(matter(yuan, **terms), people or EVERYBODY, rules())
    return [(station.kind, station.person_id) for station in plan.stations]


@pytest.mark.parametrize(
    ("yuan", "chain"),
    [
        (80_000, [("final", 3)]),
        (150_000, [("preliminary", 3), ("final", 4)]),
        (400_000, [("preliminary", 3), ("final", 5)]),
        (600_000, [("preliminary", 3), ("preliminary", 5), ("head_office", None)]),
    ],
)
def test_the_chain_ends_at_who_may_decide(yuan: int, chain: list):
    assert stations(yuan) == chain


def test_nobody_at_all_means_head_office_and_an_alarm():
    plan = plan_chain(matter(), [], rules())

    assert [station.kind for station in plan.stations] == ["head_office"]
    assert plan.alert


def test_the_submitter_is_passed_over():
    assert stations(80_000, REVIEWER, HEAD, steps=did("submit", person_id=3)) == [("final", 4)]


def test_a_hard_stop_makes_no_chain():
    frozen = referral(code="frozen", kind="hard_stop", flags=frozenset({"frozen"}))
    plan = plan_chain(matter(flags=frozenset({"frozen"})), EVERYBODY, rules(frozen))

    assert (plan.stations, [stop.code for stop in plan.stops]) == ((), ["hard_stop:frozen"])


COSIGNED = holder(limit(100_000, cosign_count=1, cosign_post="核赔岗"), person_id=3, name="审核")


TWICE = holder(limit(100_000, cosign_count=2, cosign_post="核赔岗"), person_id=3, name="审核")
DOUBTFUL = frozenset({"suspected_fraud"})
CONSULT = referral(code="fraud", kind="must_consult", flags=DOUBTFUL, post="LEGAL")


@pytest.mark.parametrize(
    ("consulted", "outcome", "allowed"),
    [
        ((), "agree", False),
        ((), "refuse", False),
        ((), "return", True),
        ((("fraud", 9),), "agree", True),
        ((("fraud", 3),), "agree", False),
        ((("other", 9),), "agree", False),
        ((("fraud", 3), ("fraud", 9)), "agree", True),
    ],
)
def test_an_opinion_is_had_before_the_decision(consulted: tuple, outcome: str, allowed: bool):
    station = replace(STATION, matter=matter(flags=DOUBTFUL), consulted=consulted)

    ruling = may_decide_submission(station, REVIEWER, rules(CONSULT), outcome)

    assert permits(ruling, outcome, "final") is allowed
    assert ("consult_missing:fraud" in ruling.codes) is not allowed


@given(st.lists(st.tuples(st.integers(1, 6), st.none() | st.integers(1, 6)), max_size=8), st.integers(1, 3))
def test_co_signers_are_distinct_persons(people: list, count: int):
    """Nobody signs beside himself nor twice, whoever stands in for whom; too few is none at all."""
    deputy = holder(limit(100_000, cosign_count=count, cosign_post="核赔岗", level=4), person_id=7)
    signers = [
        holder(limit(90_000, grant_id=20 + n, via_id=via if via != person else None), person_id=person)
        for n, (person, via) in enumerate(people)
    ]
    plan = plan_chain(matter(95_000), [deputy, *signers], rules(), above=0)

    signing = [one for one in plan.stations if one.kind == "cosign"]
    persons = [pk for one in signing for pk in (one.person_id, one.via_id) if pk]
    assert len(persons) == len(set(persons))
    assert len(signing) in (0, count)
    assert 7 not in persons


def test_co_signers_sign_before_the_decision():
    colleague = holder(limit(90_000, grant_id=11), person_id=7, name="同事")

    assert stations(95_000, COSIGNED, colleague) == [("cosign", 7), ("final", 3)]


def test_without_enough_co_signers_it_goes_up():
    assert stations(80_000, COSIGNED) == [("preliminary", 3), ("head_office", None)]


def signed(*persons: int, agrees: bool = True) -> Signature:
    return Signature(frozenset(persons), agrees)


def answer(station: Docket, who: Holder, outcome: str) -> tuple[bool, tuple[str, ...]]:
    ruling = may_decide_submission(station, who, rules(), outcome)
    return permits(ruling, outcome, station.step_kind), ruling.codes


@pytest.mark.parametrize(
    ("changes", "who", "outcome", "code"),
    [
        ({}, REVIEWER, "agree", ""),
        ({}, HEAD, "agree", ""),
        ({"is_open": False}, REVIEWER, "agree", "not_open"),
        ({"stage": Stage.APPROVED}, REVIEWER, "agree", "wrong_stage"),
        ({"step_status": "done"}, REVIEWER, "agree", "not_now"),
        ({"step_kind": "head_office", "step_person_id": None}, MANAGER, "agree", "at_head_office"),
        ({"step_person_id": 9}, holder(limit(1_000), person_id=8), "refer_up", "not_my_step"),
        ({"step_kind": "cosign", "step_person_id": 9}, HEAD, "agree", "not_my_step"),
        ({"step_person_id": 3}, COSIGNED, "agree", "cosign_missing"),
        ({"step_person_id": 3, "cosigned": (signed(7),)}, COSIGNED, "agree", ""),
        ({"cosigned": (signed(7, 3),)}, COSIGNED, "agree", "cosign_missing"),
        ({"cosigned": (signed(7), signed(7, 8))}, TWICE, "agree", "cosign_missing"),
        ({"cosigned": (signed(7, 8), signed(9))}, TWICE, "agree", ""),
        ({"cosigned": ()}, COSIGNED, "agree", "cosign_missing"),
        ({"cosigned": (signed(7, agrees=False),)}, COSIGNED, "agree", "cosign_missing"),
        ({"cosigned": (signed(7), signed(9, agrees=False))}, COSIGNED, "agree", ""),
        ({"cosigned": (signed(7),), "is_vetoed": True}, COSIGNED, "agree", "cosign_vetoed"),
        ({"matter": matter(flags=DOUBTFUL)}, REVIEWER, "agree", ""),
        ({"matter": matter(150_000)}, REVIEWER, "agree", "over_limit"),
        ({"matter": matter(steps=did("submit", person_id=3))}, REVIEWER, "agree", "sod:own_submission"),
    ],
)
def test_what_may_be_said_at_a_station(changes: dict, who: Holder, outcome: str, code: str):
    allowed, codes = answer(replace(STATION, **changes), who, outcome)

    assert allowed is (not code)
    assert not code or code in codes


@pytest.mark.parametrize("outcome", ["refer_up", "return"])
def test_an_opinion_may_be_given_by_who_stands_as_high(outcome: str):
    station = replace(STATION, matter=matter(600_000), step_kind="preliminary")

    assert answer(station, MANAGER, outcome)[0]
    assert not answer(station, MANAGER, "agree")[0]
    assert not answer(replace(station, step_level=5, step_person_id=9), REVIEWER, outcome)[0]


@given(st.sampled_from(list(Outcome)), st.integers(0, 700_000), st.sampled_from(list(Stage)))
def test_a_decision_never_passes_beyond_the_limit(outcome: Outcome, yuan: int, stage: Stage):
    station = replace(STATION, matter=matter(yuan), stage=stage)
    allowed, _ = answer(station, REVIEWER, outcome)

    if allowed and outcome in ("agree", "agree_with_conditions", "refuse"):
        assert yuan <= 100_000
        assert stage in (Stage.ADJUDICATING, Stage.OVER_AUTHORITY)


def test_a_returned_case_skips_nothing():
    for position, action in enumerate(WORK_ORDER):
        following = set(WORK_ORDER[position + 1 :])
        assert not open_actions(Stage.RETURNED, action) & following
        assert action in open_actions(Stage.RETURNED, action)
    assert open_actions(Stage.RETURNED) & set(WORK_ORDER) == {Action.SURVEY}


def test_a_closed_case_is_over_save_for_what_is_asked_beside_its_way():
    assert open_actions(Stage.CLOSED) == {Action.ASK, Action.GRANT, Action.REOPEN}


def test_nothing_is_paid_before_approval():
    assert LIFECYCLE[Action.PAY][0] == {Stage.APPROVED}
