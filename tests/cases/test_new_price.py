"""高档客车: the price when new, entered with the survey, sends a dear coach up."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from authority.models import AuthorityItem
from cases.casefile.facts import facts_of
from cases.forms.work import SurveyForm
from cases.matters import draft, matter_of
from cases.models import ClaimCase
from cases.services import plan_for
from tests.cases.branch import Branch, assessed_case


def coach(branch: Branch, price: str | None) -> ClaimCase:
    """Assessed above the loss that the rule names, within what the branch may decide."""
    return assessed_case(branch, "210000", flags=["coach"], new_price=price and Decimal(price))


def ends_at(branch: Branch, price: str | None) -> str:
    case = coach(branch, price)
    item = AuthorityItem.objects.get(code="damage_review")
    return plan_for(draft(case, item, branch.clerk, list(case.losses.all()))).stations[-1].kind


@pytest.mark.parametrize(
    ("price", "kind"), [("900000", "head_office"), ("800000", "head_office"), ("799999.99", "final")]
)
def test_a_dear_coach_goes_to_head_office(branch: Branch, price: str, kind: str):
    assert ends_at(branch, price) == kind


def test_the_matter_carries_the_price_in_fen(branch: Branch):
    case = coach(branch, "900000")
    item = AuthorityItem.objects.get(code="damage_review")

    assert matter_of(draft(case, item, branch.clerk, [])).figures["new_price"] == 90_000_000
    assert ("新车购置价", "900,000.00 元") in facts_of(case, sees_personal_data=True)


def test_the_survey_of_a_coach_asks_for_the_price(branch: Branch):
    case = coach(branch, None)
    form = SurveyForm({"liability_ratio": "100", "flags": ["coach"]}, instance=case)

    assert form.errors["new_price"] == ["高价进口车或高档客车须填写新车购置价。"]


def test_the_database_refuses_a_price_of_nothing(branch: Branch):
    with pytest.raises(IntegrityError, match="cases_case_new_price_positive"), transaction.atomic():
        ClaimCase.objects.filter(pk=coach(branch, None).pk).update(new_price=0)
