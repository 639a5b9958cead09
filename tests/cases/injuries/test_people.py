"""伤者: registered under a label, visited in time, tracked until somebody says why not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority.refusals import Refused
from cases.injuries.losses import with_injured
from cases.injuries.panels import visits_due
from cases.injuries.tracking import unit_rows
from cases.models import CaseLoss, InjuredPerson
from cases.services import injuries
from cases.services.injuries import SupportedPerson, Visit
from tests.cases.branch import make_branch
from tests.cases.injuries.factories import (
    DependantFactory,
    InjuredPersonFactory,
    InjuryCostFactory,
    VisitFactory,
)
from tests.cases.injuries.people import asked, cost, injured, injury_case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def person():
    branch = make_branch()
    return injured(injury_case(branch, is_injury=False), branch.clerk)


def visit(**fields) -> Visit:
    facts = {"way": "hospital", "place": "绵阳市中心医院", "state": "recovering", "findings": "已拆线"}
    return Visit(fields.pop("visited_at", timezone.now()), **{**facts, **fields})


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refusal.value.ruling.objections]


def test_the_first_visit_is_due_as_the_rule_of_the_state_says(person):
    assert person.next_visit_on == timezone.localdate() + 2 * DAY
    person.case.refresh_from_db()
    assert person.case.is_injury


def test_a_label_is_one_person(person):
    with pytest.raises(Refused) as refusal:
        injured(person.case, person.tracker)

    assert codes(refusal) == ["label_taken"]


def test_a_visit_sets_the_next_by_the_state(person):
    made = injuries.record_visit(person, visit(cost_so_far=Decimal(5000)), by=person.tracker)

    person.refresh_from_db()
    assert (person.state, person.next_visit_on) == ("recovering", timezone.localdate() + 30 * DAY)
    assert made.was_due_on == timezone.localdate() + 2 * DAY


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"visited_at": timezone.now() + 9 * DAY}, "in_future"),
        ({"next_visit_on": timezone.localdate() - 9 * DAY}, "next_before"),
        ({"cost_so_far": Decimal(2), "expected_cost": Decimal(1)}, "expected_less"),
    ],
)
def test_what_a_visit_may_not_say(person, fields, code):
    with pytest.raises(Refused) as refusal:
        injuries.record_visit(person, visit(**fields), by=person.tracker)

    assert codes(refusal) == [code]


def test_tracking_ends_with_a_reason_and_goes_on(person):
    injuries.end_tracking(person, "治疗终结", by=person.tracker)
    person.refresh_from_db()
    assert (person.next_visit_on, list(InjuredPerson.objects.all().tracked())) == (None, [])
    with pytest.raises(Refused) as refusal:
        injuries.record_visit(person, visit(), by=person.tracker)
    assert codes(refusal) == ["tracking_ended"]

    injuries.resume_tracking(person, by=person.tracker)
    person.refresh_from_db()
    assert person.next_visit_on == timezone.localdate() + 2 * DAY


def test_a_dependant_is_registered_once(person):
    son = SupportedPerson("周小宝", "子", 8, 2)
    made = injuries.add_dependant(person, son, by=person.tracker)

    with pytest.raises(Refused):
        injuries.add_dependant(person, son, by=person.tracker)
    injuries.remove_dependant(made, by=person.tracker)
    assert not person.dependants.exists()


def test_strangers_do_not_touch_the_injured(person):
    with pytest.raises(Refused) as refusal:
        injuries.end_tracking(person, "治疗终结", by=make_stranger())

    assert codes(refusal) == ["not_handling"]


def make_stranger():
    return InjuredPersonFactory().tracker


def test_the_board_counts_by_unit_and_age_of_the_injury(world, client):
    now = timezone.now()
    for days in (10, 100, 400):
        terms = {"case__unit": world["dy"], "case__accident_at": now - days * DAY}
        InjuredPersonFactory(next_visit_on=timezone.localdate() - DAY, **terms)
    client.force_login(world["clerk"])

    page = client.get(reverse("cases:injury_tracking")).content.decode()
    (row,) = unit_rows(InjuredPerson.objects.visible_to(world["clerk"]).tracked())

    assert ([cell.count for cell in row.cells], row.overdue) == ([1, 0, 1, 0, 1], 3)
    assert "机构 × 伤后时间" in page


def test_what_the_board_counts_is_what_the_list_shows(world, client):
    for days in (0, 10, 30, 31, 90, 91, 180, 365, 366):
        at = timezone.now() - days * DAY
        InjuredPersonFactory(case__unit=world["dy"], case__accident_at=at)
    client.force_login(world["clerk"])

    (row,) = unit_rows(InjuredPerson.objects.visible_to(world["clerk"]).tracked())
    listed = [
        len(client.get(f"{reverse('cases:injury_tracking')}?{cell.query}").context["rows"])
        for cell in row.cells
    ]

    assert listed == [cell.count for cell in row.cells]
    assert sum(listed) == row.total == 9


def test_visits_due_wait_on_the_workbench(world, client):
    mine = {"case__unit": world["dy"], "tracker": world["clerk"]}
    InjuredPersonFactory(next_visit_on=timezone.localdate(), **mine)
    InjuredPersonFactory(next_visit_on=timezone.localdate() + DAY, **mine)
    client.force_login(world["clerk"])

    assert visits_due(world["clerk"]).count() == 1
    assert "待访视伤者" in client.get(reverse("cases:workbench")).content.decode()


@pytest.mark.parametrize("page", ["injured", "injury_tracking"])
def test_lists_cost_the_same_for_many(world, client, assert_flat_queries, page):
    client.force_login(world["clerk"])

    def grow() -> None:
        VisitFactory(person__case__unit=world["dy"], person__tracker=world["clerk"])

    assert_flat_queries(reverse(f"cases:{page}"), grow=grow)


def test_the_page_of_a_person_costs_the_same_for_many_costs(world, client, assert_flat_queries):
    person = InjuredPersonFactory(case__unit=world["dy"], tracker=world["clerk"])
    client.force_login(world["clerk"])

    def grow() -> None:
        InjuryCostFactory(person=person, part=str(person.costs.count()))
        DependantFactory(person=person)
        VisitFactory(person=person)

    assert_flat_queries(person.get_absolute_url(), grow=grow)


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("cases_injured_named", InjuredPersonFactory, {"name": ""}),
        ("cases_injured_age", InjuredPersonFactory, {"age": 121}),
        ("cases_injured_disability_grade", InjuredPersonFactory, {"disability_grade": 11}),
        (
            "cases_injured_hospital_dates",
            InjuredPersonFactory,
            {"admitted_on": "2026-02-02", "discharged_on": "2026-02-01"},
        ),
        ("cases_injured_tracked_or_ended", InjuredPersonFactory, {"next_visit_on": None}),
        ("cases_injured_state_known", InjuredPersonFactory, {"state": "lost"}),
        ("cases_injured_grade_known", InjuredPersonFactory, {"injury_grade": "lost"}),
        ("cases_visit_costs_not_negative", VisitFactory, {"cost_so_far": -1}),
        ("cases_visit_state_known", VisitFactory, {"state": "lost"}),
        ("cases_visit_recorded_after", VisitFactory, {"recorded_at": timezone.now() - 9 * DAY}),
        ("cases_dependant_supported", DependantFactory, {"supporters": 0}),
        ("cases_dependant_age", DependantFactory, {"age": 121}),
        ("cases_injury_cost_not_negative", InjuryCostFactory, {"claimed": -1}),
        ("cases_injury_cost_reviewed_not_negative", InjuryCostFactory, {"reviewed": -1, "cut_basis": "x"}),
        ("cases_injury_cost_cut_explained", InjuryCostFactory, {"reviewed": 1}),
        ("cases_injury_cost_percent", InjuryCostFactory, {"percent": 101}),
    ],
)
def test_the_database_refuses(constraint, factory, values):
    with pytest.raises(IntegrityError, match=constraint):
        factory(**values)


def test_the_assessment_is_offered_with_what_the_costs_come_to(person, client):
    """A row for who has none; the shares of the lines as they were."""
    cost(person, asked("medical", "9000"), by=person.tracker)
    client.force_login(person.tracker)

    page = client.get(reverse("cases:assess", args=[person.case_id]))

    (row,) = page.context["form"].initial
    assert (row["line"], row["label"], row["assessed"]) == ("ctpl", person.label, Decimal(9000))


def test_what_was_assessed_on_two_lines_stays_shared(person):
    losses = [
        CaseLoss(case=person.case, line=line, loss_class="injury", label=person.label, assessed=amount)
        for line, amount in (("ctpl", Decimal(1000)), ("third_party", Decimal(2000)))
    ]
    cost(person, asked("medical", "10000"), by=person.tracker)

    found = with_injured(person.case, losses)

    assert [loss.assessed for loss in found] == [Decimal("3333.34"), Decimal("6666.66")]
