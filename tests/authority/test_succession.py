"""One letter gives way to another: at once, or on a day to come, and back again when that is taken back."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from authority import services
from authority.granting import may_submit
from authority.holders import holder_for
from authority.letters import actor_for, letter_terms
from authority.models import AuthorityItem, AuthorityLetter, LedgerEntry, PersonalGrant
from authority.proposals import contents_of
from authority.refusals import Refused
from authority.services import CeilingLine, GrantLine, LetterDraft
from departments.models import CertificateType, PostType
from tests.cast import build_world, hold
from tests.factories import SHANGHAI, CeilingFactory, GrantFactory, StaffFactory

pytestmark = pytest.mark.django_db

NEW_YEAR = date(2027, 1, 1)
EVE = datetime(2026, 12, 31, 23, 59, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2027, 1, 1, tzinfo=SHANGHAI)


def limits(staff) -> list[int]:
    """In yuan."""
    return sorted(limit.amount_max // 100 for limit in holder_for(staff).limits)


def approved(branch, amount: int, **values) -> AuthorityLetter:
    letter = branch.draft(status="submitted", submitted_at=timezone.now(), **values)
    branch.grant(letter, amount_max=Decimal(amount), valid_from=letter.valid_from)
    return services.approve_letter(letter, by=branch.head, despite="上级代办")


def reread(*letters: AuthorityLetter) -> list[AuthorityLetter]:
    return [AuthorityLetter.objects.get(pk=letter.pk) for letter in letters]


@pytest.fixture
def old(branch, in_force) -> AuthorityLetter:
    return in_force.letter


def test_until_its_day_the_letter_in_force_goes_on(branch, old):
    with time_machine.travel(EVE):
        new = approved(branch, 60_000, valid_from=NEW_YEAR)
        old, new = reread(old, new)
        assert limits(branch.adjudicator) == [100_000]
        assert (old.state, new.state) == ("in_force", "awaiting")
        assert (old.status, old.superseded_by, old.ended_at) == ("superseded", new, MIDNIGHT)


def test_on_its_day_it_takes_over_and_nothing_had_to_run(branch, old):
    new = approved(branch, 60_000, valid_from=NEW_YEAR)

    with time_machine.travel(MIDNIGHT):
        assert limits(branch.adjudicator) == [60_000]
        assert [letter.state for letter in reread(old, new)] == ["superseded", "in_force"]


def test_afterwards_each_day_is_told_as_it_was(branch, old):
    approved(branch, 60_000, valid_from=NEW_YEAR)

    with time_machine.travel(MIDNIGHT + timedelta(days=9)):
        before = holder_for(branch.adjudicator, at=EVE).limits
        after = holder_for(branch.adjudicator, at=MIDNIGHT).limits
        assert [before[0].amount_max, after[0].amount_max] == [10_000_000, 6_000_000]


def test_a_letter_approved_meanwhile_replaces_both(branch, old):
    later = approved(branch, 60_000, valid_from=NEW_YEAR)

    now = approved(branch, 70_000, valid_from=timezone.localdate())

    old, later, now = reread(old, later, now)
    assert [letter.state for letter in (old, later, now)] == ["superseded", "superseded", "in_force"]
    assert limits(branch.adjudicator) == [70_000]
    with time_machine.travel(MIDNIGHT):
        assert limits(branch.adjudicator) == [70_000]


def test_a_third_letter_waits_behind_the_second(branch, old):
    approved(branch, 60_000, valid_from=NEW_YEAR)
    approved(branch, 50_000, valid_from=NEW_YEAR + timedelta(days=31))

    seen = []
    for day in (date(2026, 12, 1), NEW_YEAR, date(2027, 2, 1)):
        with time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)):
            seen.append(limits(branch.adjudicator))
    assert seen == [[100_000], [60_000], [50_000]]


def test_taken_back_before_its_day_the_old_one_goes_on(branch, old):
    new = approved(branch, 60_000, valid_from=NEW_YEAR)

    services.revoke_letter(new, by=branch.head, reason="改期", despite="上级代办")

    (old,) = reread(old)
    assert (old.status, old.superseded_by, old.ended_at, old.end_reason) == ("in_force", None, None, "")
    actions = LedgerEntry.objects.filter(chain=f"letter:{old.pk}").values_list("action", flat=True)
    assert list(actions.order_by("sequence")) == ["supersede", "reinstate"]
    with time_machine.travel(MIDNIGHT):
        assert limits(branch.adjudicator) == [100_000]


def test_taken_back_from_the_middle_the_old_one_goes_on_to_the_third(branch, old):
    middle = approved(branch, 60_000, valid_from=NEW_YEAR)
    third = approved(branch, 50_000, valid_from=NEW_YEAR + timedelta(days=31))

    services.revoke_letter(middle, by=branch.head, reason="改期", despite="上级代办")

    (old,) = reread(old)
    assert (old.superseded_by, old.ended_at) == (third, third.starts_at)


def test_one_that_has_begun_is_revoked_and_nothing_comes_back(branch, old):
    new = approved(branch, 60_000)

    services.revoke_letter(new, by=branch.head, reason="停用", despite="上级代办")

    assert [letter.status for letter in reread(old, new)] == ["superseded", "revoked"]
    assert limits(branch.adjudicator) == []


def test_one_that_is_about_to_end_can_still_be_revoked(branch, old):
    approved(branch, 60_000, valid_from=NEW_YEAR)

    services.revoke_grant(old.personalgrants.get(), by=branch.head, reason="违规", despite="上级代办")
    assert limits(branch.adjudicator) == []
    services.revoke_letter(old, by=branch.head, reason="停用", despite="上级代办")

    assert [letter.status for letter in reread(old)] == ["revoked"]


def test_it_is_judged_by_the_ceilings_of_its_first_day(branch):
    CeilingFactory(unit=branch.units["sc"], amount_max=50_000, valid_from=NEW_YEAR)

    with pytest.raises(Refused, match="超过"):
        approved(branch, 60_000, valid_from=NEW_YEAR)
    assert approved(branch, 60_000, valid_to=date(2026, 12, 31)).state == "in_force"


@pytest.mark.parametrize("begins", [None, NEW_YEAR], ids=["at once", "later"])
def test_a_crash_while_approving_leaves_everything_as_it_was(branch, old, monkeypatch, begins):
    values = {"valid_from": begins} if begins else {}
    new = branch.draft(status="submitted", submitted_at=timezone.now(), **values)
    branch.grant(new, amount_max=60_000)
    monkeypatch.setattr("authority.services.approval._grant", crash)

    with pytest.raises(ZeroDivisionError):
        services.approve_letter(new, by=branch.head)

    assert [letter.status for letter in reread(old, new)] == ["in_force", "submitted"]
    assert not PersonalGrant.objects.exclude(revoked_at=None).exists()
    assert not LedgerEntry.objects.exists()
    assert limits(branch.adjudicator) == [100_000]


def crash(*_: object) -> None:
    raise ZeroDivisionError


def test_one_bad_line_keeps_the_whole_letter_from_force(branch, old):
    new = branch.draft(status="submitted", submitted_at=timezone.now())
    branch.grant(new, amount_max=60_000)
    branch.grant(new, branch.head, amount_max=60_000)

    with pytest.raises(Refused, match="不得批准给本人的授权"):
        services.approve_letter(new, by=branch.head)

    assert [letter.status for letter in reread(old, new)] == ["in_force", "submitted"]
    assert limits(branch.adjudicator) == [100_000]


def test_letters_are_found_by_what_they_are_today(branch, old):
    new = approved(branch, 60_000, valid_from=NEW_YEAR)
    lapsed = branch.in_force(scope_unit=branch.units["adj"], valid_to=date(2026, 1, 31))
    draft = branch.draft()

    def found(state: str) -> list[AuthorityLetter]:
        return list(AuthorityLetter.objects.in_state(state))

    assert (found("in_force"), found("awaiting"), found("lapsed")) == ([old], [new], [lapsed])
    assert (found("draft"), found("superseded")) == ([draft], [])
    with time_machine.travel(MIDNIGHT):
        assert (found("in_force"), found("awaiting"), found("superseded")) == ([new], [], [old])


def test_posts_that_do_not_go_together_are_seen_before_submitting(branch):
    PostType.objects.update_or_create(code="UNDERWRITE", defaults={"name": "核保岗"})
    hold(branch.adjudicator, branch.units["adj"], "UNDERWRITE")
    hold(branch.adjudicator, branch.units["adj"], "ADJ")
    letter = branch.draft()
    GrantFactory(letter=letter, appointment=branch.adjudicator.appointments.first())

    with pytest.raises(Refused, match="SOD-01"):
        services.submit_letter(letter, by=branch.deputy)


@pytest.mark.parametrize(("enforced", "allowed"), [(date(2026, 1, 1), False), (None, True)])
def test_a_missing_certificate_is_seen_before_submitting(branch, enforced, allowed):
    post_type = branch.adjudicator.appointments.get().post.post_type
    kind, _ = CertificateType.objects.update_or_create(
        code="DOCTOR", defaults={"name": "医审证", "source": "测试", "enforced_from": enforced}
    )
    type(post_type).objects.filter(pk=post_type.pk).update(required_certificates=[kind.code])
    letter = branch.draft()
    branch.grant(letter)

    actor = actor_for(branch.deputy, letter.issuing_unit)
    ruling = may_submit(letter_terms(letter), actor, contents_of(letter))

    assert ruling.allowed == allowed
    found = ruling.notices if allowed else ruling.objections
    assert [one.code for one in found][-1] == ("certificate_soon" if allowed else "certificate:DOCTOR")


@pytest.fixture
def head_office():
    """The company of the cast, with a second manager at head office to approve what the first drafts."""
    world = build_world()
    for name in ("drafter", "approver"):
        world.people[name] = StaffFactory(name=name)
        hold(world.people[name], world.units["hq"], "HQ_HEAD")
    return world


@pytest.mark.parametrize("mode", ["by_institution", "by_person"])
def test_head_office_issues_its_own_letters(head_office, mode):
    units, people = head_office.units, head_office.people
    scope = units["sc"] if mode == "by_institution" else units["motor"]
    draft = LetterDraft(
        number="总理授〔2027〕1号", title="授权书", mode=mode, issuing_unit=units["hq"], scope_unit=scope,
        basis="办法", valid_from=timezone.localdate(),
    )  # fmt: skip
    terms = {"clause": "第1条", "item": AuthorityItem.objects.get(code="adjudication"), "unit": scope}
    terms["amount_max"] = Decimal(500_000)
    held = head_office.held["department_head"]
    line = CeilingLine(**terms) if mode == "by_institution" else GrantLine(**terms, appointment=held)

    letter = services.draft_letter(draft, by=people["drafter"], lines=[line])
    services.submit_letter(letter, by=people["drafter"])
    with pytest.raises(Refused, match="起草人不得批准"):
        services.approve_letter(letter, by=people["drafter"])

    assert services.approve_letter(letter, by=people["approver"]).state == "in_force"
