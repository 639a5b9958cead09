"""案卷抽检: what is drawn, and that anybody draws the same again."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from authority.refusals import Refused
from cases.models import QualityDraw, QualitySample, SampleRule
from cases.quality.drawing import Measure, digest_of, draw, merged
from cases.quality.redrawing import redrawn
from cases.services import drawing
from departments.models import OutboxMessage
from tests.cast import World, hold
from tests.factories import SHANGHAI, CaseFactory

OCTOBER = date(2026, 10, 1)
POPULATION = [(case, 1 + case % 3) for case in range(1, 301)]


@pytest.mark.parametrize(
    ("number", "share", "least", "most", "size"),
    [
        (100, "2", 0, None, 2),
        (101, "2", 0, None, 3),
        (100, "2", 5, None, 5),
        (3, "2", 5, None, 3),
        (100, "50", 0, 4, 4),
        (0, "100", 5, None, 0),
        (7, "100", 0, None, 7),
    ],
)
def test_how_many_of_a_unit(number: int, share: str, least: int, most: int | None, size: int):
    assert Measure("R", Decimal(share), least, most).size(number) == size


def test_the_same_seed_draws_the_same_list_whatever_the_order():
    measure = Measure("R", Decimal(4), 1)

    assert draw("a", measure, POPULATION) == draw("a", measure, reversed(POPULATION))
    assert draw("a", measure, POPULATION) != draw("b", measure, POPULATION)
    assert digest_of(POPULATION) == digest_of(reversed(POPULATION))
    assert len(draw("a", measure, POPULATION)) == 12


def test_a_case_drawn_twice_stands_on_the_list_once():
    assert merged([(1, [5, 6]), (2, [6, 7])]) == {5: 1, 6: 1, 7: 2}


@pytest.fixture
def branch_with_files(world: World) -> World:
    """Twelve files closed in October, three of them small and paid at once, two of the other sub-branch."""
    hold(world["outsider"], world["gen"], "QM")
    closed_at = datetime(2026, 10, 20, 10, tzinfo=SHANGHAI)
    for number in range(12):
        unit = world["my"] if number < 2 else world["dy"]
        amount = 1000 if number < 3 else 30_000
        CaseFactory(
            closed=True, unit=unit, handler=world["clerk"], closed_at=closed_at, estimate=amount,
            approved=amount, paid=amount, reported_at=datetime(2026, 10, 19, 9, tzinfo=SHANGHAI),
        )  # fmt: skip
    CaseFactory(closed=True, unit=world["dy"], handler=world["clerk"])
    return world


def test_a_month_is_drawn_once_by_every_rule_in_force(branch_with_files: World):
    made = drawing.draw_month(branch_with_files["motor"], OCTOBER)

    assert made is not None
    assert drawing.draw_month(branch_with_files["motor"], OCTOBER) is None
    assert made.rules.count() == SampleRule.objects.count()
    everything = made.rules.get(rule__code="RANDOM_CLOSED")
    assert len(everything.case_ids) == 12
    assert len(made.rules.get(rule__code="SMALL_FAST").case_ids) == 3
    assert len(made.rules.get(rule__code="MIDDLE_BAND").case_ids) == 9
    assert made.samples.filter(drawn_rule=everything).count() == 4
    assert made.samples.values("case").distinct().count() == made.samples.count()


def test_every_file_goes_to_a_quality_officer_who_is_told(branch_with_files: World):
    made = drawing.draw_month(branch_with_files["motor"], OCTOBER)

    assert set(made.samples.values_list("assigned_to", flat=True)) == {branch_with_files["outsider"].pk}
    assert made.samples.filter(due_on__lte=timezone.localdate()).count() == 0
    assert OutboxMessage.objects.filter(payload__kind="quality").count() == 1


def test_who_had_a_hand_in_a_case_does_not_score_it(branch_with_files: World):
    hold(branch_with_files["clerk"], branch_with_files["adj"], "QM")

    made = drawing.draw_month(branch_with_files["motor"], OCTOBER)

    assert set(made.samples.values_list("assigned_to", flat=True)) == {branch_with_files["outsider"].pk}


def test_drawing_again_proves_the_list_even_when_a_case_was_reopened(branch_with_files: World):
    made = drawing.draw_month(branch_with_files["motor"], OCTOBER)
    assert redrawn(made).is_proved

    reopened = made.samples.first().case
    reopened.stage, reopened.closed_at, reopened.closing_kind = "approved", None, ""
    reopened.save()
    proof = redrawn(made)

    assert proof.is_proved
    assert max(one.moved for one in proof.rules) == 1


def test_the_list_is_what_the_database_itself_ranks(branch_with_files: World):
    made = drawing.draw_month(branch_with_files["motor"], OCTOBER)
    rule = made.rules.get(rule__code="RANDOM_CLOSED")
    with connection.cursor() as cursor:
        cursor.execute(
            """select case_id from (select *, row_number() over (partition by unit_id order by
                encode(sha256(convert_to(%s || ':RANDOM_CLOSED:' || case_id, 'UTF8')), 'hex')) place
            from unnest(%s::bigint[], %s::bigint[]) kept (case_id, unit_id)) ranked where place <= 2""",
            [made.seed, rule.case_ids, rule.unit_ids],
        )
        ranked = {case for (case,) in cursor.fetchall()}

    assert ranked == set(made.samples.filter(drawn_rule=rule).values_list("case", flat=True))


def test_a_smuggled_file_is_found(branch_with_files: World):
    made = drawing.draw_month(branch_with_files["motor"], OCTOBER)
    other = CaseFactory(unit=branch_with_files["dy"])
    QualitySample.objects.filter(pk=made.samples.first().pk).update(case=other)

    assert not redrawn(made).is_proved


def test_months_left_out_are_made_up_for(world: World):
    first = date(2026, 7, 1)
    QualityDraw.objects.create(
        unit=world["motor"], kind="monthly", title="七月", since=first, until=date(2026, 7, 31), seed="a",
        drawn_at=timezone.now(),
    )  # fmt: skip

    with time_machine.travel(datetime(2026, 11, 2, 8, tzinfo=SHANGHAI)):
        assert drawing.months_to_draw(world["motor"]) == [date(2026, month, 1) for month in (8, 9, 10)]


def test_a_special_draw_needs_an_inspector_rules_and_a_period_that_is_over(branch_with_files: World):
    occasion = drawing.Occasion(
        branch_with_files["motor"], date(2026, 10, 1), timezone.localdate() + timedelta(days=1), "专项"
    )
    with pytest.raises(Refused) as refusal:
        drawing.draw_special(occasion, [], by=branch_with_files["unit_head"])

    assert refusal.value.ruling.codes == ("not_inspecting", "no_rule", "future")
