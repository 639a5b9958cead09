"""The made-up branch: whole, repeatable, and never in production or over real data."""

from datetime import date, datetime, timedelta
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Sum
from django.test import Client
from django.utils import timezone

from authority.ledger import verify
from authority.models import AuthorityLetter, LedgerEntry, PersonalGrant
from cases.lifecycle import Stage
from cases.models import (
    CasePaper,
    ChainStep,
    ClaimCase,
    Decision,
    Kind,
    RecoveryPlaceholder,
    SpecialRequest,
    Submission,
    SupervisionMonth,
)
from claims_admin.demo.authority import make_authority
from claims_admin.demo.branch import SIZES
from claims_admin.demo.bulk import bare_tables
from claims_admin.demo.cases import check_payments, make_cases
from claims_admin.demo.chunks import Chunk, draw_chunk
from claims_admin.demo.clock import WorkedDays
from claims_admin.demo.draw import Cast, UnitCast
from claims_admin.demo.organisation import SUB_BRANCHES, make_posts, make_units, sub_branch_posts
from claims_admin.demo.papers import file_papers, one_page
from claims_admin.demo.past import make_past
from claims_admin.demo.people import PASSWORD, make_people
from claims_admin.demo.profile import reports_per_day
from claims_admin.demo.reviews import make_reviews, try_a_letter
from claims_admin.demo.rows import TURN
from claims_admin.demo.special import make_specials
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


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


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


_TRIGGERS_OFF = "select tgname from pg_trigger where not tgisinternal and tgenabled = 'D'"
_INDEXES = "select count(*) from pg_index where indrelid = 'cases_payment'::regclass"


def _column(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [value for (value,) in cursor.fetchall()]


@pytest.mark.django_db
def test_a_table_copied_into_has_its_triggers_and_indexes_again():
    before = _column(_INDEXES)
    with bare_tables(["cases_payment"]):
        assert "cases_payment_within_approved" in _column(_TRIGGERS_OFF)
        assert _column(_INDEXES) < before

    assert (_column(_TRIGGERS_OFF), _column(_INDEXES)) == ([], before)


def test_what_the_trigger_would_refuse_is_found_after_the_copy(branch):
    check_payments()
    make_cases(*branch, reports=100, seed=7)
    ClaimCase.objects.filter(approved__gt=0).update(approved=0, paid=0)

    with pytest.raises(ValueError, match="paid more"):
        check_payments()


def test_a_chunk_is_the_same_whoever_draws_it():
    unit = UnitCast(1, 1, "成都", "A", 1.0, dict.fromkeys(TURN.values(), (1, 2)) | {"INJ_SURV": (5,)})
    now = datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)
    cast = Cast(7, now, (unit,), dict.fromkeys(("LAR", "ADJ", "INJ_REV"), (8, 9)))
    chunk = Chunk(1, ((datetime(2026, 6, 1, tzinfo=SHANGHAI), 200),))

    assert draw_chunk(cast, chunk) == draw_chunk(cast, chunk)


def test_open_work_is_done_by_the_services(branch):
    units, people = branch
    make_cases(units, people, reports=900, seed=7)
    done = Shift(Random(3), share=0.1, days=6).run()

    assert done["审批"] > 3
    assert Decision.objects.count() >= done["审批"]
    assert Submission.objects.filter(status="open").exists()
    assert verify() == []


def test_special_cases_stand_in_every_state(branch):
    units, people = branch
    make_cases(units, people, reports=6000, seed=7)

    assert make_specials() >= 20

    states = set(SpecialRequest.objects.values_list("state", flat=True))
    assert {"draft", "open", "returned", "refused", "agreed", "executed"} <= states
    assert set(SpecialRequest.objects.values_list("kind", flat=True)) == set(Kind.values)
    assert RecoveryPlaceholder.objects.filter(recovered__gt=0).exists()
    assert RecoveryPlaceholder.objects.filter(status="asked").exists()
    assert not LedgerEntry.objects.filter(at__gt=timezone.now()).exists()
    assert verify() == []


def test_moments_of_the_made_up_work_agree(branch):
    units, people = branch
    make_cases(units, people, reports=900, seed=7)
    Shift(Random(3), share=0.1, days=6).run()

    sent = Submission.objects.all()
    assert sent.filter(submitted_at__lt=timezone.now() - timedelta(hours=12)).exists()
    assert not sent.filter(submitted_at__lt=F("case__registered_at")).exists()
    assert not Decision.objects.filter(decided_at__lt=F("submission__submitted_at")).exists()
    assert not ChainStep.objects.filter(arrived_at__lt=F("submission__submitted_at")).exists()
    assert not LedgerEntry.objects.filter(at__gt=timezone.now()).exists()
    assert not ClaimCase.objects.filter(stage=Stage.ASSESSED, losses=None).exists()


def test_a_case_that_goes_up_has_papers(branch):
    units, people = branch
    make_cases(units, people, reports=60, seed=7)
    case = ClaimCase.objects.outstanding().exclude(handler=None)[0]

    file_papers(case, Random(1), by=case.handler)

    kinds = set(CasePaper.objects.filter(case=case).values_list("kind", flat=True))
    assert {CasePaper.Kind.CLAIM_FORM, CasePaper.Kind.ASSESSMENT} & kinds
    assert len(kinds) >= 5
    assert verify() == []


def test_the_clock_runs_on_working_days_only():
    noon = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
    days = list(WorkedDays(Random(1), 3, noon))

    assert [clock.now.date() for clock in days] == [date(2026, 11, day) for day in (19, 20, 23)]
    assert days[-1].closes == noon
    assert days[0].now < days[0].go_on(5) < days[0].go_on(4) <= days[0].closes


def test_a_page_for_the_files_can_be_read():
    page = one_page(["索赔申请书", "报案号 R1"])

    assert page.startswith(b"%PDF-1.4")
    start = int(page.rsplit(b"startxref\n", 1)[1].split()[0])
    assert page[start:].startswith(b"xref\n0 6\n")
    assert "索赔".encode("utf-16-be").hex().encode() in page


def test_letters_in_force_are_in_the_ledger(branch):
    in_force = AuthorityLetter.objects.filter(status="in_force")

    assert LedgerEntry.objects.filter(action="approve").count() == in_force.count()


def test_past_decisions_are_judged_and_reviewed(branch):
    units, people = branch
    make_cases(units, people, reports=900, seed=7)
    decided = make_past(units, people, random=Random(5), share=0.05)

    assert make_reviews(units, people) == 2
    assert try_a_letter(units, people) == decided
    assert Decision.objects.filter(matter=None).count() == 0
    assert [month.status for month in SupervisionMonth.objects.all()] == ["open", "countersigned"]
    assert verify() == []
