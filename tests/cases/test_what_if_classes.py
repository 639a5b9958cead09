"""Judging a class of matters once says the same of each of them as judging it alone."""

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authority.models import AuthorityItem
from authority.rulings import Holder, Matter
from authority.what_if import Ground
from cases.matters import facts_of, matter_from
from cases.what_if.judging import Court
from cases.what_if.tally import Tally
from tests.authority import strategies as some

ITEM = AuthorityItem(pk=1, code="adjudication", name="核赔", measure="case_total", is_key=True)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
grounds = st.builds(Ground, holders=some.people.map(tuple), rules=some.rules)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Matter, tuple[Ground, Ground]]:
    """A matter before people some of whom may decide it, and another ground with fewer of them."""
    matter, people, rules = draw(some.groups)
    ground, others = Ground(tuple(people), rules), Ground(tuple(people[1:]), draw(some.rules))
    return replace(matter, item=ITEM.code, measure=ITEM.measure, is_key=True), (ground, others)


def at_the_edges(matter: Matter, both: tuple[Ground, Ground]) -> list[Matter]:
    """The matter with each sum and figure just at and just above whatever it could be compared with."""
    limits = [one for ground in both for holder in ground.holders for one in holder.limits]
    sums = {one.amount_max for one in (*limits, *(row for ground in both for row in ground.rules.ceilings))}
    sums |= {one.amount_min for one in limits}
    sums |= {duty.concurrent_limit for ground in both for duty in ground.rules.incompatible}
    shifted = {max(0, edge + step) for edge in sums for step in (-1, 0, 1)}
    amounts = [dict(matter.amounts) | {name: fen} for name in matter.amounts for fen in sorted(shifted)]
    over = [rule.figures_over for ground in both for rule in ground.rules.referrals]
    figures = [{name: fen + step} for rule in over for name, fen in rule.items() for step in (0, 1)]
    return [
        *(replace(matter, amounts=one) for one in amounts),
        *(replace(matter, figures=dict(matter.figures) | one) for one in (*figures, {})),
    ]


def otherwise(matter: Matter, other: Matter) -> list[Matter]:
    """The matter with one of its facts as another matter has it."""
    facts = ("lines", "loss_classes", "special_kind", "flags", "steps", "parties", "figures", "amounts")
    swapped = [replace(matter, **{name: getattr(other, name)}) for name in facts]
    flagged = [frozenset(), *(frozenset({flag}) for flag in some.FLAGS), frozenset(some.FLAGS)]
    swapped += [replace(matter, flags=flags) for flags in flagged]
    return [one for kind in swapped for one in (kind, replace(kind, is_litigated=not kind.is_litigated))]


def choosy(holder: Holder, random: Random) -> Holder:
    """Some of the grants for cases in litigation alone, or for others alone."""
    kinds = ("any", "any", "no", "yes")
    limits = tuple(replace(one, litigation=random.choice(kinds)) for one in holder.limits)
    return replace(holder, limits=limits)


@given(some.groups, st.randoms(use_true_random=False), some.rules, some.matters)
@settings(SLOW, max_examples=60)
def test_matters_with_one_key_are_judged_alike(group, random, other_rules, other: Matter):
    matter, people, rules = group
    people = [choosy(holder, random) for holder in people]
    fewer = random.sample(people, len(people) // 2)
    both = Ground(tuple(people), rules), Ground(tuple(fewer), other_rules)
    item = AuthorityItem(pk=1, code=matter.item, measure=matter.measure, is_key=matter.is_key)
    court, places = Court(item, both), {}
    for one in (*otherwise(matter, other), *at_the_edges(matter, both)):
        places.setdefault(_key(court, one), set()).add(_judged(court, one))

    assert all(len(judged) == 1 for judged in places.values())


@given(crowds(), st.lists(some.matters, max_size=6))
@settings(SLOW, max_examples=30)
def test_grouped_counts_what_one_by_one_counts(crowd: tuple[Matter, tuple[Ground, Ground]], others):
    matter, both = crowd
    asked = [matter, *(replace(one, item=ITEM.code, measure=ITEM.measure, is_key=True) for one in others)]
    grouped = _counted([asked], both)
    alone = _counted([[one] for one in asked], both)

    assert grouped == alone


@given(grounds, st.lists(some.matters, max_size=6))
@settings(SLOW, max_examples=30)
def test_the_same_ground_twice_changes_nothing(ground: Ground, matters):
    tally = Tally({ITEM.code: Court(ITEM, (ground, ground))})
    for number, one in enumerate(matters):
        tally.add(number, ITEM.code, facts_of(one), tuple(one.parties))
    tally.close()

    assert not any(move.is_change for move in tally.moves)
    assert all(load.count[0] == load.count[1] for load in tally.loads().values())


@given(some.matters)
def test_a_matter_survives_being_kept(matter: Matter):
    same = replace(matter, item=ITEM.code, measure=ITEM.measure, is_key=ITEM.is_key)

    assert matter_from(facts_of(same), ITEM, same.parties) == same


def _key(court: Court, matter: Matter):
    return court.sieve.key(facts_of(matter), matter.parties)


def _judged(court: Court, matter: Matter):
    return court.judge(facts_of(matter), tuple(matter.parties))


def _counted(batches: list[list[Matter]], both: tuple[Ground, Ground]):
    """Moves and loads, summed over one tally per batch."""
    moves, loads = {}, {}
    for batch in batches:
        tally = Tally({ITEM.code: Court(ITEM, both)})
        for number, one in enumerate(batch):
            tally.add(number, ITEM.code, facts_of(one), tuple(one.parties))
        tally.close()
        for move, total in tally.moves.items():
            count, fen = moves.get(move, (0, 0))
            moves[move] = (count + total.count, fen + total.fen)
        for person, load in tally.loads().items():
            known = loads.get(person, (0, 0))
            loads[person] = (known[0] + load.count[0], known[1] + load.count[1])
    return moves, loads
