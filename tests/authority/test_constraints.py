"""Nonsense that the database itself refuses, each tried."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from authority.models import AuthorityItem, AuthorityLetter, PersonalGrant, ReferralRule, UnitCeiling
from tests.factories import CeilingFactory, GrantFactory, LetterFactory, PostTypeFactory, StaffFactory

pytestmark = pytest.mark.django_db

BACKWARDS = {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}
NOW = timezone.now()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_letter_(status_known|approved_when_in_force)", {"status": "lost"}),
        ("authority_letter_mode_known", {"mode": "by_favour"}),
        ("authority_letter_approved_when_in_force", {"status": "in_force"}),
        ("authority_letter_approved_when_in_force", {"approved_at": NOW}),
        ("authority_letter_ended_when_over", {"in_force": True, "ended_at": NOW}),
        ("authority_letter_ended_when_over", {"in_force": True, "status": "revoked"}),
        ("authority_letter_dates_in_order", BACKWARDS),
    ],
)
def test_letters(constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        LetterFactory(**values)


def test_a_letter_has_two_people():
    drafter = StaffFactory()

    with pytest.raises(IntegrityError, match="authority_letter_two_people"):
        LetterFactory(in_force=True, drafted_by=drafter, approved_by=drafter)


def test_one_letter_is_in_force_for_the_same_units_and_mode():
    first = LetterFactory(in_force=True)
    LetterFactory(issuing_unit=first.issuing_unit)
    LetterFactory(in_force=True, issuing_unit=first.issuing_unit, mode="by_institution")

    with pytest.raises(IntegrityError, match="authority_letter_one_in_force"):
        LetterFactory(in_force=True, issuing_unit=first.issuing_unit)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_grant_minimum_not_negative", {"amount_min": -1}),
        ("authority_grant_amounts_in_order", {"amount_min": 2, "amount_max": 1}),
        ("authority_grant_measure_known", {"measure": "by_eye"}),
        ("authority_grant_source_known", {"source": "hearsay"}),
        ("authority_grant_dates_in_order", BACKWARDS),
        ("authority_grant_cosign_names_post", {"cosign_count": 1}),
    ],
)
def test_grants(constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        GrantFactory(**values)


def test_a_cosigning_post_needs_a_number():
    with pytest.raises(IntegrityError, match="authority_grant_cosign_names_post"):
        GrantFactory(cosign_post_type=PostTypeFactory())


def test_nobody_grants_to_himself():
    holder = StaffFactory()

    with pytest.raises(IntegrityError, match="authority_grant_not_to_oneself"):
        GrantFactory(appointment__staff=holder, granted_by=holder)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_unitceiling_amount_not_negative", {"amount_max": -1}),
        ("authority_unitceiling_measure_known", {"measure": "by_eye"}),
        ("authority_unitceiling_dates_in_order", BACKWARDS),
    ],
)
def test_ceilings(constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        CeilingFactory(**values)


def test_items_and_rules():
    with pytest.raises(IntegrityError, match="authority_item_measure_known"), transaction.atomic():
        AuthorityItem.objects.update(measure="by_eye")
    with pytest.raises(IntegrityError, match="authority_referralrule_kind_known"), transaction.atomic():
        ReferralRule.objects.update(kind="maybe")
    with pytest.raises(IntegrityError, match="authority_referralrule_level_known"):
        ReferralRule.objects.update(to_level=7)


@pytest.mark.parametrize("status", ["submitted", "in_force"])
@pytest.mark.parametrize(
    ("model", "values"),
    [
        (PersonalGrant, {"amount_max": Decimal(999_999)}),
        (PersonalGrant, {"lines": ["ctpl"]}),
        (PersonalGrant, {"valid_to": None, "valid_from": date(2019, 1, 1)}),
        (UnitCeiling, {"amount_max": Decimal(999_999)}),
        (AuthorityLetter, {"valid_from": date(2019, 1, 1)}),
        (AuthorityLetter, {"basis": "另一依据"}),
    ],
)
def test_what_was_submitted_is_frozen(status, model, values):
    letter = LetterFactory(in_force=True) if status == "in_force" else LetterFactory(status=status)
    GrantFactory(letter=letter)
    CeilingFactory(letter=letter)

    with pytest.raises(IntegrityError, match="authority_terms_frozen"):
        model.objects.update(**values)


@pytest.mark.parametrize("factory", [GrantFactory, CeilingFactory])
def test_a_line_in_force_is_not_removed(factory):
    with pytest.raises(IntegrityError, match="authority_terms_frozen"):
        factory().delete()


def test_a_letter_is_not_removed_nor_its_line_moved():
    in_force = GrantFactory()
    with pytest.raises(IntegrityError, match="authority_terms_frozen"), transaction.atomic():
        PersonalGrant.objects.update(letter=LetterFactory())
    letter = LetterFactory(in_force=True)
    with pytest.raises(IntegrityError, match="authority_terms_frozen"):
        letter.delete()
    assert in_force.pk


def test_a_draft_changes_and_goes():
    grant = GrantFactory(letter=LetterFactory())
    ceiling = CeilingFactory(letter=grant.letter)

    assert PersonalGrant.objects.update(amount_max=1) == UnitCeiling.objects.update(amount_max=1) == 1
    grant.delete()
    ceiling.delete()
    grant.letter.delete()
    assert not AuthorityLetter.objects.exists()
