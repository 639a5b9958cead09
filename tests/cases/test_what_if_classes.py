"""Judging a class of matters once says the same of each of them as judging it alone."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from authority.models import AuthorityItem
from authority.rulings import Matter
from authority.what_if import Ground
from cases.matters import facts_of, matter_from
from cases.what_if.judging import Court
from cases.what_if.tally import Tally
from tests.authority import strategies as some

ITEM = AuthorityItem(pk=1, code="adjudication", name="核赔", measure="case_total", is_key=True)
grounds = st.builds(Ground, holders=some.people.map(tuple), rules=some.rules)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Matter, tuple[Ground, Ground]]:
    """A matter before people some of whom may decide it, and another ground with fewer of them."""
    matter, people, rules = draw(some.groups)
    ground, others = Ground(tuple(people), rules), Ground(tuple(people[1:]), draw(some.rules))
    return replace(matter, item=ITEM.code, measure=ITEM.measure, is_key=True), (ground, others)


@st.composite
def near(draw: st.DrawFn, matter: Matter) -> Matter:
    """The same matter, changed in one way."""
    other = draw(some.matters)
    name = draw(
        st.sampled_from(
            ["amounts", "figures", "lines", "loss_classes", "special_kind", "flags", "steps", "parties"]
        )
    )
    nudged = {measure: max(0, fen + draw(st.integers(-3, 3))) for measure, fen in matter.amounts.items()}
    value = draw(st.sampled_from([nudged, other.amounts])) if name == "amounts" else getattr(other, name)
    return replace(matter, **{name: value})


@given(crowds(), st.data())
@settings(max_examples=400)
def test_matters_with_one_key_are_judged_alike(crowd: tuple[Matter, tuple[Ground, Ground]], data):
    matter, both = crowd
    twin = data.draw(near(matter))
    court = Court(ITEM, both)

    if _key(court, matter) == _key(court, twin):
        assert _judged(Court(ITEM, both), matter) == _judged(Court(ITEM, both), twin)


@given(crowds(), st.lists(some.matters, max_size=6))
@settings(max_examples=60)
def test_grouped_counts_what_one_by_one_counts(crowd: tuple[Matter, tuple[Ground, Ground]], others):
    matter, both = crowd
    asked = [matter, *(replace(one, item=ITEM.code, measure=ITEM.measure, is_key=True) for one in others)]
    grouped = _counted([asked], both)
    alone = _counted([[one] for one in asked], both)

    assert grouped == alone


@given(grounds, st.lists(some.matters, max_size=6))
@settings(max_examples=60)
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
