"""The made-up branch: whole, repeatable, and never in production or over real data."""

from datetime import date, datetime
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Sum
from django.test import Client
from django.utils import timezone

from authority.ledger import verify
from authority.models import AuthorityLetter, LedgerEntry, PersonalGrant
from cases.models import ChainStep, ClaimCase, Decision, Submission
from claims_admin.demo.authority import make_authority
from claims_admin.demo.branch import SIZES
from claims_admin.demo.cases import make_cases
from claims_admin.demo.chunks import Chunk, draw_chunk
from claims_admin.demo.draw import Cast, UnitCast
from claims_admin.demo.organisation import SUB_BRANCHES, make_posts, make_units, sub_branch_posts
from claims_admin.demo.people import PASSWORD, make_people
from claims_admin.demo.profile import reports_per_day
from claims_admin.demo.rows import TURN
from claims_admin.demo.work import Shift
from departments.models import Appointment, OrgUnit, Post, PostType, Staff
from tests.factories import SHANGHAI, OrgUnitFactory


@pytest.mark.django_db
def test_refused_in_production(settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="生产环境"):
        call_command("demo", stdout=StringIO())
    assert not OrgUnit.objects.exists()


@pytest.mark.django_db
def test_refused_over_a_real_organisation():
    OrgUnitFactory()
    with pytest.raises(CommandError, match="空库"):
        call_command("demo", stdout=StringIO())
    call_command("demo", "--if-empty", stdout=StringIO())
    assert OrgUnit.objects.count() == 1


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Units and people, made once; nothing of it is committed."""
    today = date(2026, 11, 23)
    with django_db_blocker.unblock(), transaction.atomic():
        units = make_units()
        people = make_people(make_posts(units, 30_000), random=Random(1), today=today)
        make_authority(units, people, today=today)
        yield units, people
        transaction.set_rollback(True)


@pytest.fixture
def branch(made, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield made
        transaction.set_rollback(True)


def test_every_post_is_filled(branch):
    wanted = {post.pk: post.headcount for post in Post.objects.all()}
    held = {pk: Appointment.objects.filter(post=pk).count() for pk in wanted}

    assert held == wanted
    departments_own = PostType.objects.exclude(code="UNDERWRITE")
    assert set(departments_own.values_list("code", flat=True)) == set(
        Post.objects.values_list("post_type__code", flat=True)
    )


def test_a_surveyor_sees_only_the_own_unit(branch):
    units, people = branch
    surveyor = people.one("my", "SURVEY")

    assert surveyor.unit_scope.ids("see_cases") == {units["my"].pk}
    assert units["my"].pk in people.one("adj", "ADJ").unit_scope.ids("see_cases")
    assert units["my"].pk in people.one("motor", "DEPT_HEAD").unit_scope.ids("handle_cases")


def test_administrators_hold_no_post_and_no_grant(branch):
    three = Staff.objects.exclude(admin_role="")

    assert three.count() == 3
    assert not Appointment.objects.filter(staff__in=three).exists()
    assert not PersonalGrant.objects.filter(holder__in=three).exists()


def test_people_log_in_with_the_printed_password(branch):
    assert Client().login(employee_no="510001", password=PASSWORD)


def test_shares_make_a_whole():
    assert sum(one.share for one in SUB_BRANCHES) == pytest.approx(1)


@pytest.mark.parametrize("size", SIZES)
def test_a_sub_branch_has_eight_to_forty_five_people(size):
    for one in SUB_BRANCHES:
        assert 8 <= sum(sub_branch_posts(round(SIZES[size] * one.share)).values()) <= 45


def test_cases_are_whole_and_repeatable(branch):
    units, people = branch
    make_cases(units, people, reports=400, seed=7)

    assert ClaimCase.objects.count() == 400
    assert {"closed", "registered"} < set(ClaimCase.objects.values_list("stage", flat=True))
    assert not ClaimCase.objects.outstanding().filter(handler=None).exists()
    sums = ClaimCase.objects.annotate(parts=Sum("losses__estimate")).exclude(parts=None)
    assert not sums.exclude(estimate=F("parts")).exists()
    assert reports_per_day(400, date(2026, 11, 23)) == reports_per_day(400, date(2026, 11, 23))


def test_a_chunk_is_the_same_whoever_draws_it():
    unit = UnitCast(1, 1, "成都", "A", 1.0, dict.fromkeys(TURN.values(), (1, 2)) | {"INJ_SURV": (5,)})
    now = datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)
    cast = Cast(7, now, (unit,), dict.fromkeys(("LAR", "ADJ", "INJ_REV"), (8, 9)))
    chunk = Chunk(1, ((datetime(2026, 6, 1, tzinfo=SHANGHAI), 200),))

    assert draw_chunk(cast, chunk) == draw_chunk(cast, chunk)


def test_open_work_is_done_by_the_services(branch):
    units, people = branch
    make_cases(units, people, reports=900, seed=7)
    done = Shift(Random(3), share=0.06).run()

    assert done["审批"] > 3
    assert Decision.objects.count() >= done["审批"]
    assert Submission.objects.filter(status="open").exists()
    assert verify() == []
    waiting = ChainStep.objects.filter(status="now", submission__status="open")
    assert not waiting.filter(arrived_at__gt=timezone.now()).exists()


def test_letters_in_force_are_in_the_ledger(branch):
    in_force = AuthorityLetter.objects.filter(status="in_force")

    assert LedgerEntry.objects.filter(action="approve").count() == in_force.count()
