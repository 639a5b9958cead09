"""Inversions and needless grants: what they are, and that a needless one changes no answer."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from authority.coverage.oddities import contains, inversions, meet, shadowed
from authority.rulings import may_decide
from tests.authority import strategies as some
from tests.authority.test_coverage_survey import limit, person

SUPERIOR = {"level": 4, "post_path": "hq/sc/"}
BELOW = {"level": 3, "post_path": "hq/sc/motor/"}


def found(*people):
    held = [(who, one) for who in people for one in who.limits]
    return [(odd.superior.person_id, odd.subordinate.person_id) for odd in inversions(held)]


def test_a_subordinate_above_the_superior():
    head = person(1, limit(1, amount_max=5_000, **SUPERIOR))

    assert found(head, person(2, limit(2, amount_max=5_001, **BELOW))) == [(1, 2)]
    assert found(head, person(2, limit(2, amount_max=5_000, **BELOW))) == []


def test_only_a_post_above_is_a_superior():
    high = limit(2, amount_max=9_000, **BELOW)

    assert found(person(1, limit(1, amount_max=1, level=4, post_path="hq/other/")), person(2, high)) == []
    assert found(person(1, limit(1, amount_max=1, level=3, post_path="hq/sc/")), person(2, high)) == []


def test_only_the_same_matters_are_compared():
    head = person(1, limit(1, amount_max=1, loss_classes=frozenset({"injury"}), **SUPERIOR))
    other = limit(2, loss_classes=frozenset({"vehicle"}), **BELOW)

    assert found(head, person(2, other)) == []
    assert found(head, person(2, replace(other, loss_classes=frozenset({"any"})))) == [(1, 2)]


def test_the_best_of_the_superior_counts_and_the_largest_excess_is_told():
    head = person(1, limit(1, amount_max=1, **SUPERIOR), limit(2, amount_max=5_000, **SUPERIOR))
    below = person(2, limit(3, amount_max=6_000, **BELOW), limit(4, amount_max=8_000, **BELOW))

    (odd,) = inversions([(who, one) for who in (head, below) for one in who.limits])

    assert (odd.superior_limit.amount_max, odd.limit.amount_max) == (5_000, 8_000)


def test_what_is_held_for_another_is_no_inversion():
    head = person(1, limit(1, amount_max=1, **SUPERIOR))

    assert found(head, person(2, limit(2, via_id=9, **BELOW))) == []


def test_units_meet_where_one_reaches_the_other():
    high, deep = limit(1, unit_path="hq/"), limit(2, unit_path="hq/a/")

    assert meet(high, deep)
    assert not meet(replace(high, includes_below=False), deep)
    assert not meet(limit(1, lines=frozenset()), deep)
    assert not contains(replace(high, unit_path="hq/a/", includes_below=False), deep)
    assert contains(deep, replace(deep, includes_below=False))


def test_of_two_equal_grants_the_later_is_needless():
    first, second = limit(1), limit(2)

    assert list(shadowed([second, first])) == [(second, first)]


def test_a_smaller_grant_inside_a_larger_one_is_needless():
    small, large = limit(1, amount_max=5, lines=frozenset({"ctpl"})), limit(2)

    assert list(shadowed([small, large])) == [(small, large)]
    assert (
        list(shadowed([replace(small, special_kinds=frozenset({"any"})), replace(large, amount_max=4)])) == []
    )


@given(some.matters, some.holders, some.rules, st.data())
def test_taking_a_needless_grant_away_changes_no_answer(matter, holder, rules, data):
    held = [replace(one, item=matter.item, unit_path="hq/", post_path="hq/") for one in holder.limits]
    if held:
        held.append(replace(data.draw(some.shrunk(held[0])), grant_id=0, unit_path="hq/", post_path="hq/"))
    holder = replace(holder, limits=tuple(held))

    for needless, _ in shadowed(holder.limits):
        rest = tuple(one for one in holder.limits if one is not needless)
        before, after = (may_decide(matter, one, rules) for one in (holder, replace(holder, limits=rest)))
        assert before.may_sign == after.may_sign
