"""The invariants of authority, for any matter, holder and rules."""

import json
from copy import deepcopy
from dataclasses import fields, replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from authority.rulings import (
    Chain,
    Holder,
    IncompatibleDuty,
    Matter,
    ReferralRule,
    Rules,
    Ruling,
    Scope,
    StepDone,
    chain_for,
    holders_for,
    may_decide,
    stand_in_limits,
)
from tests.authority import strategies as some

Case = tuple[Matter, Holder, Rules]
Group = tuple[Matter, list[Holder], Rules]

SEVERITY = ("allowed", "needs_cosign", "refer", "refused")
CODES = {"no_grant", "over_limit", "under_minimum", "ceiling", "wrong_unit", "wrong_line", "wrong_loss_class"}
CODES |= {"wrong_special", "wrong_litigation", "no_amount", "interest", "admin_role", "inactive", "on_leave"}
CODES |= {"not_employee", "hard_stop:", "must_refer:", "sod:", "certificate:"}
LIFTING = {"over_limit", "ceiling", "must_refer:"}


def kind(code: str) -> str:
    head, colon, _ = code.partition(":")
    return head + colon


def severity(ruling: Ruling) -> int:
    return SEVERITY.index(ruling.outcome)


def able(matter: Matter, people: list[Holder], rules: Rules) -> set[int]:
    return {holder.person_id for holder in holders_for(matter, people, rules)}


@given(some.cases)
def test_a_ruling_is_whole(case: Case) -> None:
    ruling = may_decide(*case)

    assert (ruling.basis is None) == (ruling.outcome == "refused")
    assert ruling.may_sign == (not ruling.objections)
    assert (ruling.refer_to_level is not None) == ruling.may_refer
    assert {kind(code) for code in ruling.codes} <= CODES
    assert not ruling.may_refer or {kind(code) for code in ruling.codes} <= LIFTING


@given(some.cases)
def test_it_survives_storage(case: Case) -> None:
    ruling = may_decide(*case)

    assert Ruling.from_json(json.loads(json.dumps(ruling.as_json()))) == ruling


@given(some.cases, st.integers(0, 10**15))
def test_raising_the_amount_never_helps(case: Case, more: int) -> None:
    matter, holder, rules = case
    raised = replace(matter, amounts={measure: fen + more for measure, fen in matter.amounts.items()})

    assert severity(may_decide(raised, holder, rules)) >= severity(may_decide(matter, holder, rules))


@given(some.cases, st.integers(0, 10**15), some.fen)
def test_but_for_a_minimum_that_says_so(case: Case, more: int, least: int) -> None:
    matter, holder, rules = case
    held = tuple(replace(limit, amount_min=least) for limit in holder.limits)
    raised = replace(matter, amounts={measure: fen + more for measure, fen in matter.amounts.items()})
    after = may_decide(raised, replace(holder, limits=held), rules)

    assert not after.may_sign or may_decide(matter, holder, rules).may_sign


@given(some.groups, st.data())
def test_shrinking_a_grant_never_adds_holders(group: Group, data: st.DataObject) -> None:
    matter, people, rules = group
    smaller = [
        replace(one, limits=tuple(data.draw(some.shrunk(limit)) for limit in one.limits)) for one in people
    ]

    assert able(matter, smaller, rules) <= able(matter, people, rules)


@given(some.groups, st.data())
def test_taking_a_grant_away_never_adds_holders(group: Group, data: st.DataObject) -> None:
    matter, people, rules = group
    fewer = [replace(one, limits=one.limits[data.draw(st.integers(0, len(one.limits))) :]) for one in people]

    assert able(matter, fewer, rules) <= able(matter, people, rules)


@given(some.groups, some.referrals, some.duties)
def test_more_rules_never_add_holders(group: Group, referral: ReferralRule, duty: IncompatibleDuty) -> None:
    matter, people, rules = group
    more = replace(rules, referrals=(*rules.referrals, referral), incompatible=(duty, *rules.incompatible))

    assert able(matter, people, more) <= able(matter, people, rules)


@given(some.groups, some.fen)
def test_lower_ceilings_never_add_holders(group: Group, most: int) -> None:
    matter, people, rules = group
    lower = tuple(replace(row, amount_max=min(row.amount_max, most)) for row in rules.ceilings)

    assert able(matter, people, replace(rules, ceilings=lower)) <= able(matter, people, rules)


@given(some.groups, st.randoms())
def test_order_is_irrelevant(group: Group, random: Random) -> None:
    matter, people, rules = group
    mixed = [replace(one, limits=tuple(random.sample(one.limits, len(one.limits)))) for one in people]
    turned = replace(rules, ceilings=rules.ceilings[::-1])

    for one, same in zip(people, mixed, strict=True):
        assert may_decide(matter, one, rules) == may_decide(matter, same, turned)
    random.shuffle(mixed)
    assert chain_for(matter, people, rules) == chain_for(matter, mixed, turned)


@given(some.cases)
def test_one_grant_alone_carries_every_yes(case: Case) -> None:
    matter, holder, rules = case
    alone = [may_decide(matter, replace(holder, limits=(limit,)), rules) for limit in holder.limits]

    assert may_decide(matter, holder, rules).may_sign == any(ruling.may_sign for ruling in alone)


@given(some.cases, st.sampled_from(["lines", "loss_classes", "special_kinds"]))
def test_an_empty_set_approves_nothing(case: Case, dimension: str) -> None:
    matter, holder, rules = case
    empty = tuple(replace(limit, **{dimension: frozenset()}) for limit in holder.limits)

    assert not may_decide(matter, replace(holder, limits=empty), rules).may_sign


@given(some.matters, some.rules)
def test_nobody_decides_without_a_grant_superuser_or_not(matter: Matter, rules: Rules) -> None:
    assert "no_grant" in may_decide(matter, Holder(1, "超级用户"), rules).codes
    assert not {field.name for field in fields(Holder)} & {"is_superuser", "is_staff"}


@given(some.cases, st.none() | st.booleans() | st.floats() | st.text() | st.integers(max_value=-1))
def test_no_sum_no_approval(case: Case, nonsense: object) -> None:
    matter, holder, rules = case
    unknown = replace(matter, amounts=dict.fromkeys(some.MEASURES, nonsense))

    assert may_decide(unknown, holder, rules).outcome == "refused"


@given(some.cases, st.sampled_from([field.name for field in fields(Matter)]))
def test_what_is_unknown_is_refused(case: Case, name: str) -> None:
    matter, holder, rules = case

    assert may_decide(replace(matter, **{name: None}), holder, rules).codes == ("error",)


@given(some.groups)
def test_who_is_listed_is_who_may(group: Group) -> None:
    matter, people, rules = group

    assert able(matter, people, rules) == {
        one.person_id for one in people if may_decide(matter, one, rules).may_sign
    }
    assert not any(one.on_leave for one in holders_for(matter, people, rules))


@given(some.groups)
def test_the_chain_shown_is_the_chain_made(group: Group) -> None:
    """The same answer for equal values read a second time: also why what-if(in force, in force) is empty."""
    matter, people, rules = group
    chain = chain_for(matter, people, rules)
    listed = holders_for(matter, people, rules)

    assert chain == chain_for(*deepcopy(group))
    assert chain.ends_at == "hard_stop" or (chain.final is None) == (not listed)
    assert chain.final is None or chain.final.person_id == listed[0].person_id


def height(chain: Chain) -> int:
    return chain.final.level if chain.final else 7


@given(st.lists(some.fen, min_size=1, max_size=4), some.matters, st.data())
def test_splitting_never_lowers_the_level(parts: list[int], matter: Matter, data: st.DataObject) -> None:
    total = ("case_total",)
    people = data.draw(some.people_of(some.limits_of(total)))
    rules = data.draw(some.rules_of(total))
    heights = []
    for number, part in enumerate(parts, start=1):
        amounts = {"item": part, "case_total": sum(parts[:number])}
        heights.append(height(chain_for(replace(matter, amounts=amounts), people, rules)))
    whole = replace(matter, amounts={"item": sum(parts), "case_total": sum(parts)})

    assert max(heights) >= height(chain_for(whole, people, rules))


@given(some.fitting(), st.lists(some.scopes, max_size=2))
def test_the_delegate_never_exceeds_the_delegator(case: Case, scopes: list[Scope]) -> None:
    matter, boss, rules = case
    delegate = Holder(99, "代岗人", stand_in_limits(boss, *scopes), certificates=frozenset({"核赔师"}))
    present = replace(boss, on_leave=False)

    assert not may_decide(matter, delegate, rules).may_sign or may_decide(matter, present, rules).may_sign


@given(some.fitting(), some.holders)
def test_delegating_never_lets_me_decide_my_own_case(case: Case, helper: Holder) -> None:
    matter, me, rules = case
    mine = replace(matter, steps=(*matter.steps, StepDone("submit", me.person_id)))
    own = IncompatibleDuty("SOD-07", frozenset({"submit"}), frozenset({"any"}))
    barred = replace(rules, incompatible=(*rules.incompatible, own))
    through_me = replace(helper, limits=stand_in_limits(me))

    assert not may_decide(mine, through_me, barred).may_sign
    assert not may_decide(mine, replace(me, limits=(*me.limits, *helper.limits)), barred).may_sign


@given(some.holders, some.holders, some.scopes)
def test_what_is_held_for_another_is_not_passed_on(boss: Holder, helper: Holder, scope: Scope) -> None:
    assert stand_in_limits(replace(helper, limits=stand_in_limits(boss, scope))) == ()


@given(some.trees())
def test_every_matter_reaches_one_holder_or_head_office(tree: Group) -> None:
    """However often it is sent further up, it climbs one level at least, and the top is head office."""
    matter, people, rules = tree
    hops, chain = 0, chain_for(matter, people, rules)
    while chain.final:
        before = [step.level for step in chain.steps[:-1]]
        assert able(matter, people, rules) >= {chain.final.person_id}
        assert all(level < chain.final.level for level in before)
        hops, chain = hops + 1, chain_for(matter, people, rules, chain.final.level + 1)

    assert hops <= len({limit.level for one in people for limit in one.limits})
    assert chain.alert == (chain.ends_at == "head_office")
    assert chain.ends_at == "head_office" or chain.stops
