"""代岗: proposed and accepted by two people, in force only while the other is away, never more than his."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from guardian.shortcuts import assign_perm

from authority import services
from authority.holders import holder_for, holders_of
from authority.models import AuthorityItem, LedgerEntry, StandInCeiling, Substitution
from authority.refusals import Refused
from authority.rulings import HeldLimit
from authority.standing_in import StandInTerms
from departments.models import OutboxMessage, Post, PostType, Staff
from departments.services import cancel_absence
from tests.authority.conftest import Branch
from tests.factories import (
    AbsenceFactory,
    AppointmentFactory,
    PostFactory,
    PostTypeFactory,
    StaffFactory,
    StandInFactory,
)

DAY = timedelta(days=1)


@pytest.fixture
def away(branch: Branch) -> Any:
    """The adjudicator, who holds 100,000, is away for three days from yesterday on."""
    branch.grant(branch.in_force())
    return AbsenceFactory(staff=branch.adjudicator, starts_at=timezone.now() - DAY)


@pytest.fixture
def helper(branch: Branch) -> Staff:
    """Of the same office and level."""
    staff = StaffFactory(name="代岗员")
    post = PostFactory(unit=branch.units["adj"], post_type=PostTypeFactory(level=3))
    AppointmentFactory(staff=staff, post=post)
    see(staff, branch)
    return staff


def see(staff: Staff, branch: Branch) -> None:
    assign_perm("see_cases", staff, branch.units["motor"])


def terms(away: Any, delegate: Staff, **changes: Any) -> StandInTerms:
    now = timezone.now()
    given = StandInTerms(delegate, ("adjudication",), now - DAY / 2, away.ends_at)
    return replace(given, **changes)


def accepted(away: Any, delegate: Staff, **changes: Any) -> Substitution:
    made = services.propose_stand_in(away, terms(away, delegate, **changes), by=away.staff)
    return services.accept_stand_in(made, by=delegate)


def via(staff: Staff, **moment: Any) -> list[HeldLimit]:
    return [limit for limit in holder_for(staff, **moment).limits if limit.via_id]


def test_nothing_is_held_before_the_delegate_accepts(away, helper):
    made = services.propose_stand_in(away, terms(away, helper), by=away.staff)
    assert via(helper) == []

    services.accept_stand_in(made, by=helper)

    (limit,) = via(helper)
    assert (limit.via_id, limit.via_name, limit.amount_max) == (away.staff_id, "核赔员", 10_000_000)
    assert limit.source == "substitution"
    assert [holder.person_id for holder in holders_of("adjudication")] == [away.staff_id, helper.pk]


def test_every_change_is_one_entry_and_tells_the_other(away, helper):
    made = accepted(away, helper)
    services.recall_stand_in(made, by=away.staff, reason="提前返岗")

    entries = LedgerEntry.objects.filter(chain=f"stand_in:{made.pk}").order_by("sequence")
    assert [entry.action for entry in entries] == ["propose", "accept", "recall"]
    told = [message.payload["recipient"] for message in OutboxMessage.objects.order_by("pk")]
    assert told == [helper.pk, away.staff_id, helper.pk]
    assert made.history.count() == 3


def test_declining_ends_it_with_a_reason(away, helper):
    made = services.propose_stand_in(away, terms(away, helper), by=away.staff)
    done = services.decline_stand_in(made, by=helper, note="本人也将出差")

    assert (done.state, done.answer) == ("declined", "本人也将出差")
    assert via(helper) == []


@pytest.mark.parametrize(
    ("changes", "yuan"),
    [
        pytest.param({"amount_max": 30_000}, 30_000, id="the sum that was handed over"),
        pytest.param({"lines": ("own_damage",)}, 100_000, id="a narrower scope"),
        pytest.param({}, 100_000, id="all of it"),
    ],
)
def test_what_is_held_is_what_was_handed_over(away, helper, changes, yuan):
    accepted(away, helper, **changes)

    (limit,) = via(helper)
    assert limit.amount_max == yuan * 100
    assert limit.lines == frozenset(changes.get("lines", ("any",)))


def test_the_own_post_bounds_what_is_held(away, branch):
    """A post of level 1 may hold 20,000 yuan of 核赔 for another."""
    clerk = StaffFactory()
    AppointmentFactory(
        staff=clerk, post=PostFactory(unit=branch.units["my"], post_type=PostTypeFactory(level=1))
    )
    see(clerk, branch)
    accepted(away, clerk)

    assert [limit.amount_max for limit in via(clerk)] == [2_000_000]


def lower_ceiling(yuan: int) -> None:
    """A second row in force for 核赔 at level 3, from today; the first one is left open."""
    item = AuthorityItem.objects.get(code="adjudication")
    StandInCeiling.objects.create(level=3, item=item, amount_max=yuan, valid_from=timezone.localdate())


def test_the_newest_of_several_ceilings_in_force_counts(away, helper):
    accepted(away, helper)
    lower_ceiling(5_000)

    assert [limit.amount_max for limit in via(helper)] == [500_000]


def test_a_ceiling_lowered_to_nothing_is_out_of_reach(away, helper):
    lower_ceiling(0)
    given = terms(away, helper)

    assert codes(lambda: services.propose_stand_in(away, given, by=away.staff)) == [
        "beyond_post:adjudication"
    ]


def test_it_is_limited_to_a_unit(away, helper, branch):
    accepted(away, helper, unit=branch.units["my"])

    assert [limit.unit_path for limit in via(helper)] == [branch.units["my"].path]


def test_it_begins_and_ends_by_itself(away, helper):
    now = timezone.now()
    accepted(away, helper, starts_at=now + DAY / 4, ends_at=now + DAY / 2)

    assert via(helper) == []
    Substitution.objects.update(accepted_at=now - DAY)
    assert len(via(helper, at=now + DAY / 3)) == 1
    assert via(helper, at=now + DAY) == []


@pytest.mark.parametrize("end", ["back", "left", "delegate out", "post lost", "grant gone", "recalled"])
def test_it_ends_with_its_reasons(away, helper, branch, end):
    made = accepted(away, helper)
    assert len(via(helper)) == 1
    {
        "back": lambda: cancel_absence(away, by=away.staff),
        "left": lambda: Staff.objects.filter(pk=away.staff_id).update(is_active=False),
        "delegate out": lambda: Staff.objects.filter(pk=helper.pk).update(is_active=False),
        "post lost": lambda: helper.appointments.update(ends_on=timezone.localdate() - DAY),
        "grant gone": lambda: services.revoke_grant(
            away.staff.grants.get(), by=branch.head, reason="x", despite="x"
        ),
        "recalled": lambda: services.recall_stand_in(made, by=away.staff, reason="x"),
    }[end]()

    assert not holder_for(helper).is_active or via(helper) == []


def test_it_is_never_handed_on(away, helper, branch):
    """The stand-in goes away as well: a third person gets nothing of what he held for the first."""
    accepted(away, helper)
    third = StaffFactory()
    post = PostFactory(unit=branch.units["adj"], post_type=PostTypeFactory(level=4))
    AppointmentFactory(staff=third, post=post)
    later = AbsenceFactory(staff=helper)
    StandInFactory(absence=later, delegate=third, accepted=True)

    assert holder_for(third).limits == ()


def test_yesterday_is_answered_from_the_rows_of_yesterday(away, helper):
    accepted(away, helper)
    before = timezone.now()
    services.recall_stand_in(Substitution.objects.get(), by=away.staff, reason="x")

    assert via(helper) == []
    assert len(via(helper, at=before)) == 1
    assert len(via(helper, at=before, known_at=before)) == 1


def codes(act: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return sorted(refusal.value.ruling.codes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"items": ()}, ["no_items"]),
        ({"items": ("refusal",)}, ["not_held:refusal"]),
        ({"ends_at": timezone.now() + 30 * DAY}, ["outside_absence"]),
        ({"starts_at": timezone.now() - 9 * DAY}, ["outside_absence"]),
        ({"ends_at": timezone.now() - 20 * DAY}, ["dates"]),
    ],
)
def test_a_proposal_is_refused_for_every_reason(away, helper, changes, expected):
    given = terms(away, helper, **changes)

    assert codes(lambda: services.propose_stand_in(away, given, by=away.staff)) == expected
    assert not Substitution.objects.exists()


def make_auditor(staff: Staff) -> None:
    staff.appointments.all().delete()
    Staff.objects.filter(pk=staff.pk).update(admin_role="audit")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda s: Staff.objects.filter(pk=s.pk).update(is_active=False), ["inactive"]),
        (lambda s: Staff.objects.filter(pk=s.pk).update(is_employee=False), ["not_employee"]),
        (make_auditor, ["admin_role", "no_post"]),
        (lambda s: s.appointments.all().delete(), ["no_post"]),
        (lambda s: AbsenceFactory(staff=s), ["delegate_away"]),
        (lambda s: s.orgunituserpermission_set.all().delete(), ["sees_no_cases"]),
    ],
)
def test_the_delegate_must_be_able_to(away, helper, spoil, expected):
    made = services.propose_stand_in(away, terms(away, helper), by=away.staff)
    spoil(helper)

    assert codes(lambda: services.propose_stand_in(away, terms(away, helper), by=away.staff)) == sorted(
        [*expected, "overlap:adjudication"]
    )
    assert codes(lambda: services.accept_stand_in(made, by=helper)) == expected


def test_posts_that_exclude_each_other_do_not_stand_in(away, branch):
    type_of = PostType.objects.get(code="PPR")
    Post.objects.filter(appointments__staff=away.staff).update(post_type=type_of)
    writer = StaffFactory()
    AppointmentFactory(
        staff=writer,
        post=PostFactory(unit=branch.units["sc"], post_type=PostType.objects.get(code="UNDERWRITE")),
    )
    see(writer, branch)

    with pytest.raises(Refused) as refusal:
        services.propose_stand_in(away, terms(away, writer), by=away.staff)
    assert refusal.value.ruling.codes == ("incompatible_posts",)


def test_who_may_propose_answer_and_recall(away, helper, branch):
    given = terms(away, helper)
    assert codes(lambda: services.propose_stand_in(away, given, by=branch.clerk)) == ["no_right"]
    assert codes(lambda: services.propose_stand_in(away, terms(away, branch.head), by=branch.head)) == [
        "own_proposal",
        "sees_no_cases",
    ]
    assert codes(lambda: services.propose_stand_in(away, terms(away, away.staff), by=away.staff)) == [
        "delegate_away",
        "oneself",
        "own_proposal",
        "sees_no_cases",
    ]
    made = services.propose_stand_in(away, given, by=branch.head)
    assert codes(lambda: services.accept_stand_in(made, by=branch.head)) == ["not_delegate"]
    assert codes(lambda: services.recall_stand_in(made, by=helper, reason="x")) == ["no_right"]
    services.recall_stand_in(made, by=branch.head, reason="另有安排")
    assert codes(lambda: services.accept_stand_in(made, by=helper)) == ["wrong_status"]
    assert codes(lambda: services.recall_stand_in(made, by=branch.head, reason="x")) == ["wrong_status"]


def test_what_is_over_is_written_off_once(away, helper):
    made = accepted(away, helper)
    assert services.write_off_stand_in(made) is False
    cancel_absence(away, by=away.staff)

    assert made.__class__.objects.with_people().get(pk=made.pk).state == "ended"
    assert services.write_off_stand_in(made) is True
    assert services.write_off_stand_in(made) is False
    assert Substitution.objects.get().end_reason == "被代岗人已返岗"


def test_too_late_to_answer(away, helper):
    made = services.propose_stand_in(away, terms(away, helper), by=away.staff)
    cancel_absence(away, by=away.staff)

    assert codes(lambda: services.accept_stand_in(made, by=helper)) == ["already_over"]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_standin_not_oneself", lambda s: {"delegate": s.delegator}),
        ("authority_standin_two_people", lambda s: {"proposed_by": s.delegate}),
        ("authority_standin_dates_in_order", lambda s: {"ends_at": s.starts_at}),
        ("authority_standin_names_something", lambda s: {"items": []}),
        ("authority_standin_amount_positive", lambda s: {"amount_max": 0}),
        ("authority_standin_in_flight_known", lambda s: {"in_flight": "lost"}),
        ("authority_standin_status_dated", lambda s: {"status": "accepted"}),
    ],
)
def test_the_database_refuses(db, constraint, values):
    row = StandInFactory()
    with pytest.raises(IntegrityError, match=constraint):
        Substitution.objects.filter(pk=row.pk).update(**values(row))


def test_two_stand_ins_for_one_item_at_the_same_time(db):
    row = StandInFactory()
    with pytest.raises(IntegrityError, match="authority_standin_no_overlap"):
        StandInFactory(absence=row.absence)


def test_one_after_the_other_or_for_another_item(db):
    row = StandInFactory(items=["adjudication"])
    StandInFactory(absence=row.absence, items=["refusal"])
    StandInFactory(absence=row.absence, starts_at=row.ends_at, ends_at=row.ends_at + DAY)
    row.ended_at, row.status = timezone.now(), "recalled"
    row.save()

    StandInFactory(absence=row.absence, items=["adjudication"])
