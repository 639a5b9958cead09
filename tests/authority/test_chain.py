"""Who can, then? The holders in order, and the chain a submission takes."""

from typing import Any

import pytest

from authority.rulings import Chain, HeldLimit, Holder, chain_for, holders_for
from tests.authority.samples import MOTOR, MY, codes, did, duty, holder, limit, matter, referral, rules

HEAD_LEVEL = 6


def person(number: int, *limits: HeldLimit, **changes: Any) -> Holder:
    return holder(*limits, person_id=number, name=f"某{number}", **changes)


CLERK = person(1, limit(5_000, unit_path=MY, level=1))
UNIT_HEAD = person(2, limit(20_000, unit_path=MY, level=2, post_name="中支负责人"))
REVIEWER = person(3, limit(100_000, level=3))
ROOM_HEAD = person(4, limit(200_000, level=4, post_name="核赔室主任"))
DEPARTMENT_HEAD = person(5, limit(500_000, level=5))
EVERYBODY = (CLERK, UNIT_HEAD, REVIEWER, ROOM_HEAD, DEPARTMENT_HEAD)


def way(chain: Chain) -> list[tuple[str, int]]:
    return [(step.kind, step.person_id) for step in chain.steps]


@pytest.mark.parametrize(
    ("yuan", "able"),
    [(4_000, [1, 2, 3, 4, 5]), (20_000, [2, 3, 4, 5]), (150_000, [4, 5]), (600_000, [])],
)
def test_nearest_unit_first_then_the_lowest_sufficient_limit(yuan: int, able: list[int]) -> None:
    assert [one.person_id for one in holders_for(matter(yuan), reversed(EVERYBODY), rules())] == able


def test_then_load_then_number() -> None:
    people = [person(7, limit(), load=3), person(9, limit(), load=1), person(8, limit(), load=1)]

    assert [one.person_id for one in holders_for(matter(), people, rules())] == [8, 9, 7]


def test_nobody_on_leave_and_a_cosigner_too() -> None:
    people = [person(7, limit(), on_leave=True), person(8, limit(cosign_count=1))]

    assert [one.person_id for one in holders_for(matter(), people, rules())] == [8]


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [
        pytest.param(4_000, [("final", 1)], id="covered by the nearest"),
        pytest.param(80_000, [("preliminary", 1), ("final", 3)], id="an opinion first, then the decision"),
        pytest.param(500_000, [("preliminary", 1), ("final", 5)], id="as high as it needs"),
    ],
)
def test_the_chain(yuan: int, expected: list[tuple[str, int]]) -> None:
    chain = chain_for(matter(yuan), EVERYBODY, rules())

    assert way(chain) == expected
    assert (chain.ends_at, chain.alert) == ("holder", False)
    assert chain.final == chain.steps[-1]


def test_nobody_up_to_the_top_means_head_office_and_an_alert() -> None:
    chain = chain_for(matter(600_000), EVERYBODY, rules())

    assert way(chain) == [("preliminary", 1)]
    assert (chain.ends_at, chain.alert, chain.final) == ("head_office", True, None)
    assert str(chain) == "初审 某1（核赔岗） → 总公司（本级无有权人）"


def test_an_empty_group_approves_nothing() -> None:
    assert chain_for(matter(1), (), rules()) == Chain((), "head_office", alert=True)
    assert chain_for(matter(1), (holder(),), rules()) == Chain((), "head_office", alert=True)


def test_a_reviewer_at_head_office_is_a_holder_like_any_other() -> None:
    reviewer = person(6, limit(9_000_000, unit_path="hq/", level=HEAD_LEVEL))
    chain = chain_for(matter(600_000), (*EVERYBODY, reviewer), rules())

    assert way(chain) == [("preliminary", 1), ("final", 6)]
    assert not chain.alert


def test_from_a_level_up() -> None:
    assert way(chain_for(matter(150_000), EVERYBODY, rules(), 3)) == [("preliminary", 3), ("final", 4)]
    assert way(chain_for(matter(4_000), EVERYBODY, rules(), 4)) == [("final", 4)]
    assert way(chain_for(matter(4_000), EVERYBODY, rules(), 6)) == []


def test_no_opinion_is_asked_of_an_equal() -> None:
    small = person(7, limit(10_000, unit_path=MOTOR, level=3))

    assert way(chain_for(matter(80_000), (small, REVIEWER), rules())) == [("final", 3)]


def test_no_opinion_is_asked_above_somebody_who_may_decide() -> None:
    small = person(7, limit(10_000, level=4))

    assert way(chain_for(matter(80_000), (small, REVIEWER, DEPARTMENT_HEAD), rules())) == [("final", 3)]


def test_a_referral_rule_takes_the_final_step_up() -> None:
    of = matter(4_000, flags=codes("imported_vehicle"))

    assert way(chain_for(of, EVERYBODY, rules(referral()))) == [("preliminary", 1), ("final", 5)]


def test_who_surveyed_is_passed_over() -> None:
    of = matter(4_000, steps=did("survey", person_id=1))

    assert way(chain_for(of, EVERYBODY, rules(duty()))) == [("final", 2)]


def test_a_hard_stop_ends_the_chain_and_says_why() -> None:
    stop = referral(kind="hard_stop", flags=codes(), text="缺交警通知书")
    chain = chain_for(matter(), EVERYBODY, rules(stop))

    assert (chain.steps, chain.ends_at, chain.alert) == ((), "hard_stop", False)
    assert str(chain) == "禁止办理：缺交警通知书"


def test_the_chain_in_words() -> None:
    chain = chain_for(matter(150_000), (UNIT_HEAD, person(4, limit(200_000, level=4, post_name=""))), rules())

    assert str(chain) == "初审 某2（中支负责人） → 终审 某4"
    assert [step.level for step in chain.steps] == [2, 4]
