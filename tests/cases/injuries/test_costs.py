"""Costs of an injured person: entered, assessed, reviewed; their sums are the losses of the case."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from authority.ledger import record
from authority.refusals import Refused
from cases.conflicts import Stale
from cases.models import ClaimCase, CutReason, InjuredPerson, InjuryCost
from cases.services import Amendment, amend, injury_costs
from cases.services.injury_costs import Cut
from tests.cases.branch import Branch, make_branch, say, send
from tests.cases.injuries import people
from tests.cases.injuries.factories import InjuredPersonFactory, InjuryCostFactory
from tests.cases.injuries.people import LABEL, asked, assessed, cost, injured, injury_case, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch() -> Branch:
    return make_branch()


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refusal.value.ruling.objections]


def broken_down(branch: Branch):
    """A person with 12,000 by vouchers, and 100,000 asked where the standard gives as much."""
    case = injury_case(branch)
    person = injured(case, branch.clerk)
    cost(person, asked("medical", "12000"), asked("disability", "120000"), by=branch.clerk)
    return case, person


def under_review(branch: Branch):
    case, person = broken_down(branch)
    assessed(case, branch.surveyor, "80000", "32000")
    reviewer = people.medical_reviewer(branch)
    submission = send(case, "injury_review", by=branch.clerk)
    return person, reviewer, submission


@pytest.fixture
def review(branch: Branch):
    """A person under review, the reviewer and the request; made before the guard looks."""
    return under_review(branch)


def test_what_is_assessed_is_the_standard_never_more_than_the_claim(branch):
    _, person = broken_down(branch)

    medical, disability = person.costs.order_by("kind__rank")
    assert (medical.computed, medical.assessed) == (None, Decimal(12000))
    assert (disability.computed, disability.assessed) == (Decimal(100000), Decimal(100000))
    assert disability.standard == people.standard("disposable_income")
    assert disability.steps[-1] == "50,000.00 元/年 × 20 年 × 10% = 100,000.00 元"


def test_the_assessment_must_be_what_the_costs_come_to(branch):
    case, _ = broken_down(branch)

    with pytest.raises(Refused) as refusal:
        assessed(case, branch.surveyor, "100000", "32000")

    assert codes(refusal) == ["sums_differ"]
    assert assessed(case, branch.surveyor, "80000", "32000").assessed == 112000


def test_once_assessed_costs_only_break_down_what_was_assessed(branch):
    case = injury_case(branch)
    person = injured(case, branch.clerk)
    assessed(case, branch.surveyor, "9000", "1000")

    with pytest.raises(Refused) as refusal:
        cost(person, asked("medical", "9999"), by=branch.clerk)

    assert codes(refusal) == ["sums_differ"]
    assert len(cost(person, asked("medical", "9000"), asked("transport", "1000"), by=branch.clerk)) == 2


def test_the_review_takes_its_sums_from_the_costs(review, guarded):
    person, reviewer, submission = review
    disability = person.costs.get(kind__code="disability")
    cut = Cut(Decimal("90000.01"), reason().pk, "鉴定意见系数应为 9%")

    injury_costs.review_costs(person, {disability.pk: cut}, by=reviewer, seen=version(person.case))
    say(submission, "agree", by=reviewer)

    guarded()
    person.case.refresh_from_db()
    losses = [loss.reviewed for loss in person.case.losses.order_by("line")]
    assert sum(losses) == person.case.reviewed == Decimal("102000.01")
    assert losses == [Decimal("72857.15"), Decimal("29142.86")]
    assert [one.reviewed for one in person.costs.all()] == [Decimal(12000), Decimal("90000.01")]


def reason(code: str = "R7") -> CutReason:
    return CutReason.objects.get(code=code)


def test_a_cut_needs_reason_and_basis(branch):
    person, reviewer, _ = under_review(branch)
    medical = person.costs.get(kind__code="medical")

    for cut, code in (
        (Cut(Decimal(11000)), "cut_unexplained"),
        (Cut(Decimal(11000), reason().pk), "cut_unexplained"),
        (Cut(Decimal(12001)), "over_assessed"),
    ):
        with pytest.raises(Refused) as refusal:
            injury_costs.review_costs(person, {medical.pk: cut}, by=reviewer, seen=version(person.case))
        assert codes(refusal) == [code]


def test_only_who_has_a_say_in_the_review_reviews(branch):
    person, reviewer, submission = under_review(branch)
    medical = person.costs.get(kind__code="medical")

    for staff in (branch.clerk, branch.adjudicator):
        with pytest.raises(Refused):
            injury_costs.review_costs(
                person, {medical.pk: Cut(Decimal(12000))}, by=staff, seen=version(person.case)
            )
    say(submission, "agree", by=reviewer)
    with pytest.raises(Refused) as refusal:
        injury_costs.review_costs(
            person, {medical.pk: Cut(Decimal(12000))}, by=reviewer, seen=version(person.case)
        )
    assert codes(refusal) == ["no_review"]


def test_losses_with_costs_are_not_cut_past_them(branch):
    person, reviewer, submission = under_review(branch)
    loss = person.case.losses.first()

    with pytest.raises(Refused) as refusal:
        say(submission, "agree", by=reviewer, reviewed={loss.pk: Decimal(1)})
    assert "itemised" in codes(refusal)

    with pytest.raises(Refused) as refusal:
        amend(submission, Amendment({loss.pk: Decimal(1)}, "更正", version(person.case)), by=branch.clerk)
    assert "itemised" in codes(refusal)


def test_a_new_assessment_is_reviewed_anew(branch):
    person, reviewer, submission = under_review(branch)
    medical = person.costs.get(kind__code="medical")
    cut = Cut(Decimal(10000), reason().pk, "与本次事故无关")
    injury_costs.review_costs(person, {medical.pk: cut}, by=reviewer, seen=version(person.case))
    terms = {"return_to": "assess", "problem_codes": ("P4",), "opinion": "补充鉴定意见"}
    say(submission, "return", by=reviewer, **terms)

    cost(person, asked("medical", "12000"), asked("disability", "100000"), by=branch.clerk)
    assessed(person.case, branch.surveyor, "80000", "32000")

    assert list(person.costs.values_list("reviewed", flat=True)) == [None, None]


def test_costs_do_not_change_once_the_review_has_begun(branch):
    person, reviewer, _ = under_review(branch)
    medical = person.costs.get(kind__code="medical")
    injury_costs.review_costs(
        person, {medical.pk: Cut(Decimal(12000))}, by=reviewer, seen=version(person.case)
    )

    with pytest.raises(Refused) as refusal:
        cost(person, asked("medical", "112000"), by=branch.clerk)

    assert codes(refusal) == ["already_reviewed"]


def test_a_stale_page_changes_nothing(branch):
    case, person = broken_down(branch)

    with pytest.raises(Stale):
        injury_costs.save_costs(person, [], by=branch.clerk, seen=case.version)

    assert person.costs.count() == 2


def test_who_enters_costs_does_not_review_them(branch):
    """修改金额 is a step like any other: whoever did it is kept apart from deciding."""
    _, person = broken_down(branch)

    assert person.case.steps.filter(step="edit_amount", person=branch.clerk).exists()


def commit(change: Callable[[], object], guarded: Callable[[], None]) -> None:
    with transaction.atomic():
        change()
        guarded()


def test_the_database_refuses_costs_that_do_not_add_up(review, guarded):
    costs = InjuryCost.objects.filter(person=review[0], kind__code="medical")

    with pytest.raises(IntegrityError, match="cases_injury_sums"):
        commit(lambda: costs.update(assessed=1), guarded)


def test_a_case_is_not_assessed_past_its_costs(branch, guarded):
    case, _ = broken_down(branch)
    found = ClaimCase.objects.filter(pk=case.pk)

    with pytest.raises(IntegrityError, match="cases_injury_sums"):
        commit(lambda: found.update(stage="assessed"), guarded)


@pytest.fixture
def unnoticed(branch) -> InjuredPerson:
    """Of a case whose chain has no entry in this transaction."""
    person = InjuredPersonFactory(case=injury_case(branch))
    InjuryCostFactory(person=person)
    return person


def test_neither_persons_nor_costs_change_without_an_entry(unnoticed, guarded):
    person = InjuredPerson.objects.filter(pk=unnoticed.pk)

    for change in (lambda: unnoticed.costs.update(claimed=1), lambda: person.update(age=41)):
        with pytest.raises(IntegrityError, match="authority_ledger_missing"):
            commit(change, guarded)
    record(f"case:{unnoticed.case_id}", by=None, action="change_injured")
    commit(lambda: person.update(age=41), guarded)


def test_household_and_region_choose_the_standard(branch):
    case = injury_case(branch)
    facts = {"measured_on": people.date(2021, 6, 1), "household": "rural"}
    person = injured(case, branch.clerk, **facts)

    cost(person, asked("disability", "99999"), by=branch.clerk)

    found = person.costs.get()
    assert (found.standard.household, found.computed) == ("rural", Decimal(32000))
    assert LABEL in str(person)
