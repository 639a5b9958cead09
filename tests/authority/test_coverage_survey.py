"""The map is exact: for any rows, each amount gets from its cell whom the ruling itself would name."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from authority.coverage.bands import Band, Differences, Kind, bands_between
from authority.coverage.survey import ABOVE, AWAY, NOBODY, ONE, SEVERAL, Survey
from authority.rulings import HeldLimit, Holder, Rules, holders_for
from tests.authority import strategies as some

UNIT = "hq/sc/motor/my/"
KIND = Kind("adjudication", "case_total", is_key=True, loss_class="vehicle", line="own_damage")


def limit(grant_id: int = 1, **values: object) -> HeldLimit:
    anything = frozenset({"any"})
    terms = {
        "version": 1,
        "letter_no": "川理授〔2026〕1号",
        "clause": "第1条",
        "item": "adjudication",
        "unit_path": "hq/sc/motor/",
        "includes_below": True,
        "lines": anything,
        "loss_classes": anything,
        "special_kinds": anything,
        "litigation": "any",
        "measure": "case_total",
        "amount_max": 10_000,
        "level": 3,
        **values,
    }
    return HeldLimit(grant_id, **terms)


def person(person_id: int, *limits: HeldLimit, **values: object) -> Holder:
    return Holder(person_id, f"员工{person_id}", limits, **values)


def told(*people: Holder, kind: Kind = KIND, unit: str = UNIT) -> list[tuple[int, int | None, str]]:
    cells = Survey(people, Rules()).cells(unit, kind)
    return [(cell.band.low, cell.band.high, cell.state) for cell in cells]


def test_one_several_and_beyond():
    people = person(1, limit(amount_max=5_000)), person(2, limit(2, amount_max=9_000))

    assert told(*people) == [(0, 5_000, SEVERAL), (5_001, 9_000, ONE), (9_001, None, ABOVE)]


def test_a_hole_below_what_is_covered_is_a_gap():
    people = person(1, limit(amount_max=5_000)), person(2, limit(2, amount_min=7_000, amount_max=9_000))

    assert told(*people) == [
        (0, 5_000, ONE),
        (5_001, 6_999, NOBODY),
        (7_000, 9_000, ONE),
        (9_001, None, ABOVE),
    ]


def test_where_nobody_holds_anything_all_is_a_gap():
    assert told() == [(0, None, NOBODY)]
    assert told(person(1, limit(unit_path="hq/other/"))) == [(0, None, NOBODY)]


def test_who_is_away_covers_but_not_today():
    people = person(1, limit(), on_leave=True), person(2, limit(2, amount_max=5_000))

    assert told(*people) == [(0, 5_000, ONE), (5_001, 10_000, AWAY), (10_001, None, ABOVE)]


def test_one_who_may_never_sign_does_not_count():
    assert told(person(1, limit(), is_active=False)) == [(0, None, NOBODY)]


def test_two_grants_of_one_person_are_one_person():
    assert told(person(1, limit(amount_max=5_000), limit(2))) == [(0, 10_000, ONE), (10_001, None, ABOVE)]


def test_only_what_some_row_mentions_tells_matters_apart():
    differences = Differences.between([limit(loss_classes=frozenset({"injury"}), litigation="no")])

    kinds = list(differences.kinds("adjudication", "case_total", "", is_key=True))

    assert [(kind.loss_class, kind.is_litigated) for kind in kinds] == [
        ("injury", False),
        ("injury", True),
        ("vehicle", False),
        ("vehicle", True),
    ]
    assert differences.plain(replace(KIND, loss_class="property", line="extra")) == replace(KIND, line="ctpl")


@given(
    st.lists(some.limits, max_size=6),
    st.lists(some.ceilings_of(), max_size=3),
    st.lists(some.referrals, max_size=2),
    some.fen,
)
def test_bands_cover_every_amount_once(limits, ceilings, referrals, amount):
    bands = bands_between(limits, ceilings, referrals)

    assert bands[0].low == 0
    assert bands[-1].high is None
    assert sum(amount in band for band in bands) == 1
    assert all(one.high + 1 == two.low for one, two in pairwise(bands))


@given(some.groups, some.fen)
def test_the_map_says_what_the_ruling_says(group, amount):
    matter, people, rules = group
    kind = Kind(
        matter.item,
        matter.measure,
        matter.is_key,
        min(matter.loss_classes, default="vehicle"),
        min(matter.lines, default="own_damage"),
        matter.special_kind,
        matter.is_litigated,
    )
    survey = Survey(people, rules)

    (cell,) = (one for one in survey.cells(matter.unit_path, kind) if amount in one.band)

    asked = [replace(one, on_leave=False) for one in people]
    able = holders_for(kind.matter(matter.unit_path, amount), asked, rules)
    assert cell.person_ids == {one.person_id for one in able}


def test_a_band_without_end_is_asked_at_its_first_fen():
    assert (Band(5, None).probe, Band(5, 9).probe) == (5, 9)
