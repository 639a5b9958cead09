"""Rows become the values a ruling is made from: who counts, who does not, and at what cost."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for, holders_of
from authority.models import AuthorityItem, ReferralRule
from authority.rulings import Matter, may_decide
from authority.terms import fen
from departments.models import Absence, IncompatibleDuty
from tests.factories import (
    SHANGHAI,
    AbsenceFactory,
    AppointmentFactory,
    AuthorityItemFactory,
    CeilingFactory,
    GrantFactory,
    LetterFactory,
    OrgUnitFactory,
    PostFactory,
    PostTypeFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db

YESTERDAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def test_a_grant_becomes_a_limit():
    head_office = OrgUnitFactory(code="hq")
    unit = OrgUnitFactory(code="sc", parent=head_office)
    appointment = AppointmentFactory(
        post=PostFactory(unit=unit, post_type=PostTypeFactory(name="核赔岗", level=3))
    )
    grant = GrantFactory(appointment=appointment, lines=["own_damage"], amount_max=Decimal("1234.56"))

    (limit,) = holder_for(grant.holder).limits

    assert (limit.grant_id, limit.letter_no, limit.item) == (grant.pk, grant.letter.number, "adjudication")
    assert (limit.unit_path, limit.post_path, limit.level) == ("hq/sc/", "hq/sc/", 3)
    assert (limit.amount_max, limit.lines, limit.post_level_name) == (123456, {"own_damage"}, "分公司审核岗")


def test_the_holder_shows_the_person_and_the_main_post():
    staff = StaffFactory(name="王敏", is_employee=False)
    AppointmentFactory(staff=staff, kind="acting", post=PostFactory(unit=OrgUnitFactory(short_name="代")))
    AppointmentFactory(staff=staff, post=PostFactory(unit=OrgUnitFactory(short_name="核赔室")))

    holder = holder_for(staff, loads={staff.pk: 4})

    assert (holder.name, holder.unit_name, holder.load) == ("王敏", "核赔室", 4)
    assert (holder.is_employee, holder.admin_role, holder.limits) == (False, "", ())
    assert holder_for(StaffFactory(admin_role="audit")).admin_role == "audit"


def test_without_an_appointment_there_is_no_limit():
    staff = StaffFactory()

    assert holder_for(staff).limits == ()


WORTHLESS = {
    "revoked": {"revoked_at": datetime(2026, 1, 1, tzinfo=SHANGHAI)},
    "ended": {"valid_to": date(2026, 1, 1)},
    "not yet": {"valid_from": date(2099, 1, 1)},
    "letter ended": {"letter__valid_to": date(2026, 1, 1)},
    "letter to come": {"letter__valid_from": date(2099, 1, 1)},
    "letter revoked": {"letter__status": "revoked", "letter__ended_at": timezone.now()},
    "letter superseded": {"letter__status": "superseded", "letter__ended_at": timezone.now()},
    "post left": {"appointment__ends_on": date(2026, 1, 1)},
    "post to come": {"appointment__starts_on": date(2099, 1, 1)},
}


@pytest.mark.parametrize("values", WORTHLESS.values(), ids=WORTHLESS)
def test_a_grant_out_of_force_is_worth_nothing(values):
    grant = GrantFactory(**values)

    assert holder_for(grant.holder).limits == ()
    assert holders_of("adjudication") == []


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_a_letter_not_approved_gives_nothing(status):
    grant = GrantFactory(letter=LetterFactory(status=status))

    assert holder_for(grant.holder).limits == ()


def test_the_grant_of_a_post_that_somebody_else_holds_is_worth_nothing():
    grant = GrantFactory(holder=StaffFactory())
    AppointmentFactory(staff=grant.holder)

    assert holder_for(grant.holder).limits == ()
    assert holders_of("adjudication") == []


def test_the_row_speaks_and_not_the_object_in_hand():
    grant = GrantFactory()
    in_hand = grant.holder
    type(in_hand).objects.filter(pk=in_hand.pk).update(is_active=False)

    assert not holder_for(in_hand).is_active


def test_absence_today_is_leave():
    now = timezone.now()
    grants = [GrantFactory(), GrantFactory(), GrantFactory()]
    AbsenceFactory(staff=grants[0].holder, starts_at=now - YESTERDAY, ends_at=now + YESTERDAY)
    AbsenceFactory(
        staff=grants[1].holder, starts_at=now - YESTERDAY, ends_at=now + YESTERDAY, cancelled_at=now
    )
    AbsenceFactory(staff=grants[2].holder, starts_at=now - 2 * YESTERDAY, ends_at=now - YESTERDAY)

    assert Absence.objects.count() == 3
    assert [holder.on_leave for holder in holders_of("adjudication")] == [True, False, False]
    assert holder_for(grants[0].holder).on_leave


def test_at_a_moment_gone_by_what_ended_since_counts():
    now = timezone.now()
    letter = LetterFactory(in_force=True, status="superseded", ended_at=now, approved_at=now - 3 * YESTERDAY)
    grant = GrantFactory(letter=letter, revoked_at=now)
    CeilingFactory(letter=letter)

    assert holder_for(grant.holder).limits == ()
    assert len(holder_for(grant.holder, at=now - YESTERDAY).limits) == 1
    assert holder_for(grant.holder, at=now - 4 * YESTERDAY).limits == ()
    assert len(rules_for(at=now - YESTERDAY).ceilings) == 1
    assert rules_for().ceilings == ()


def test_holders_of_finds_each_person_once_with_the_item_only():
    first = GrantFactory()
    GrantFactory(appointment=first.appointment, amount_max=5)
    GrantFactory(appointment=first.appointment, item=AuthorityItem.objects.get(code="refusal"))
    second = GrantFactory()

    holders = holders_of("adjudication", loads={second.holder_id: 7})

    assert [(h.person_id, len(h.limits), h.load) for h in holders] == [
        (first.holder_id, 2, 0),
        (second.holder_id, 1, 7),
    ]


def test_the_cost_is_constant(django_assert_num_queries):
    grant = GrantFactory()
    for _ in range(3):
        GrantFactory(appointment=grant.appointment)
        GrantFactory()
        CeilingFactory()

    with django_assert_num_queries(1):
        holder_for(grant.holder)
    with django_assert_num_queries(2):
        holder_for(grant.holder, lock=True)
    with django_assert_num_queries(1):
        holders_of("adjudication")
    with django_assert_num_queries(1):
        rules_for()


def test_rules_for_an_item_hold_all_that_its_matters_are_judged_by():
    CeilingFactory()
    CeilingFactory(item=AuthorityItem.objects.get(code="refusal"))

    whole, narrow = rules_for(), rules_for("adjudication")

    assert [ceiling.item for ceiling in narrow.ceilings] == ["adjudication"]
    assert (narrow.referrals, narrow.incompatible) == (whole.referrals, whole.incompatible)


def test_rules_carry_ceilings_referrals_and_dynamic_incompatible_duties():
    ceiling = CeilingFactory(amount_max=Decimal("300000"))
    IncompatibleDuty.objects.filter(code="SOD-02").update(valid_to=date(2026, 1, 1))

    rules = rules_for()

    assert [(c.unit_path, c.amount_max) for c in rules.ceilings] == [(ceiling.unit.path, 30000000)]
    coach = next(rule for rule in rules.referrals if rule.code == "HIGH_GRADE_COACH")
    assert coach.figures_over == {"new_price": 79999999, "expected_loss": 20000000}
    codes = {duty.code for duty in rules.incompatible}
    assert "SOD-03" in codes
    assert not codes & {"SOD-01", "SOD-02"}
    assert rules.level_names[6] == "总公司"


def test_a_referral_rule_counts_on_its_days_only():
    ReferralRule.objects.filter(code="DEATH").update(valid_to=today() - YESTERDAY)

    assert "DEATH" not in {rule.code for rule in rules_for().referrals}


def test_rows_and_ruling_fit_together():
    grant = GrantFactory(amount_max=Decimal("8000"))
    matter = Matter(
        item="adjudication",
        measure="case_total",
        amounts={"case_total": 800000},
        unit_path=grant.unit.path,
        lines=frozenset({"own_damage"}),
        loss_classes=frozenset({"vehicle"}),
    )
    over = replace(matter, amounts={"case_total": 800001})

    assert may_decide(matter, holder_for(grant.holder), rules_for()).allowed
    assert may_decide(over, holder_for(grant.holder), rules_for()).codes == ("over_limit",)


def test_a_part_of_a_fen_is_no_amount():
    assert fen(Decimal("0.01")) == 1
    with pytest.raises(ValueError, match="不是整分"):
        fen(Decimal("0.001"))


def test_factories_use_the_seeded_item():
    assert AuthorityItemFactory().pk == AuthorityItem.objects.get(code="adjudication").pk
