"""Lending a case: to whom, until when; the borrower sees it, either side ends it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import CaseUserPermission, ClaimCase
from tests.cases.branch import Branch, adjusted_case
from tests.cases.viewers import client_of
from tests.factories import StaffFactory


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    return adjusted_case(branch)


def lend(branch: Branch, case: ClaimCase, **fields):
    until = timezone.localdate() + timedelta(days=3)
    form = {"borrower": StaffFactory().pk, "until": until.isoformat(), "reason": "会商", **fields}
    return client_of(branch.clerk).post(reverse("cases:loans", args=[case.pk]), form)


def test_a_lent_case_is_seen_and_listed_and_called_back(branch: Branch, case: ClaimCase):
    assert lend(branch, case).status_code == 302
    loan = CaseUserPermission.objects.get()
    borrower = client_of(loan.user)
    assert borrower.get(case.get_absolute_url()).status_code == 200
    assert loan.user.name in client_of(branch.clerk).get(reverse("cases:loans", args=[case.pk])).text

    client_of(branch.clerk).post(reverse("cases:loan_return", args=[loan.pk]))
    assert borrower.get(case.get_absolute_url()).status_code == 404


def test_the_borrower_gives_it_back(branch: Branch, case: ClaimCase):
    lend(branch, case)
    loan = CaseUserPermission.objects.get()
    answer = client_of(loan.user).post(reverse("cases:loan_return", args=[loan.pk]))

    assert answer.url == reverse("cases:index")
    assert not CaseUserPermission.objects.exists()


@pytest.mark.parametrize("fields", [{"until": "2020-01-01"}, {"reason": " "}, {"borrower": ""}])
def test_what_does_not_fit_is_said_on_the_form(branch: Branch, case: ClaimCase, fields: dict):
    assert lend(branch, case, **fields).status_code == 422
    assert not CaseUserPermission.objects.exists()
