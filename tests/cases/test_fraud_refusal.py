"""Which refusal a lead supports: linked on purpose, seen from both, and what was avoided comes from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.fraud.register import figures
from cases.models import ClaimCase, FraudLead, RefusalNotice, SpecialRequest
from cases.services import fraud
from cases.services.fraud import Conclusion, Suspicion
from departments.models import Staff
from tests.cases.branch import Branch, in_post
from tests.cases.viewers import client_of
from tests.factories import CaseFactory
from tests.vehicle_factories import FraudLeadFactory


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    return CaseFactory(unit=branch.unit, handler=branch.clerk, estimate=8000)


@pytest.fixture
def lead(branch: Branch, case: ClaimCase) -> FraudLead:
    investigator = in_post("MAJOR", branch.department).staff
    made = fraud.open_lead(case, Suspicion("survey", "不符"), by=branch.clerk, seen=case.version)
    return fraud.assign_lead(made, investigator, by=branch.manager, seen=seen(case))


@pytest.fixture
def refusal(branch: Branch, case: ClaimCase) -> SpecialRequest:
    return refused(case, branch.clerk)


def refused(case: ClaimCase, by: Staff, **fields: Any) -> SpecialRequest:
    number = f"TS{SpecialRequest.objects.count() + 1}"
    plain = {"kind": "refusal", "number": number, "amount": 8000, "requested_by": by}
    return SpecialRequest.objects.create(case=case, **{**plain, **fields})


def seen(case: ClaimCase) -> int:
    return ClaimCase.objects.values_list("version", flat=True).get(pk=case.pk)


def link(lead: FraudLead, refusal: SpecialRequest | None, by: Staff) -> FraudLead:
    return fraud.link_refusal(lead, refusal, by=by, seen=seen(lead.case))


def codes(act: Any, *args: Any, **options: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def test_it_is_linked_and_taken_away_again(branch: Branch, lead: FraudLead, refusal: SpecialRequest, guarded):
    link(lead, refusal, lead.investigator)
    guarded()
    assert list(refusal.fraud_leads.all()) == [lead]

    link(lead, None, branch.manager)
    guarded()
    assert not refusal.fraud_leads.exists()
    assert LedgerEntry.objects.filter(action="link_fraud", details__lead=lead.number).count() == 2
    assert [one.refusal_id for one in lead.history.all()[:2]] == [None, refusal.pk]


def test_who_links_what(branch: Branch, lead: FraudLead, refusal: SpecialRequest):
    elsewhere = refused(CaseFactory(unit=branch.unit, handler=branch.clerk), branch.clerk)
    prepayment = refused(lead.case, branch.clerk, kind="prepayment", basis="major")
    lapsed = refused(lead.case, branch.clerk, state="lapsed")

    assert codes(link, lead, refusal, branch.clerk) == ("not_investigating",)
    assert codes(link, lead, elsewhere, branch.manager) == ("foreign_refusal",)
    assert codes(link, lead, prepayment, branch.manager) == ("no_refusal",)
    assert codes(link, lead, lapsed, branch.manager) == ("no_refusal",)
    ended = FraudLeadFactory(case=elsewhere.case, concluded=True, status="not_confirmed")
    assert codes(link, ended, elsewhere, branch.manager) == ("ended",)


@pytest.mark.django_db
def test_the_database_keeps_both_on_one_case():
    lead, other = FraudLeadFactory(), CaseFactory()
    elsewhere = refused(other, other.handler)

    with pytest.raises(IntegrityError, match="cases_fraud_refusal_of_its_case"), transaction.atomic():
        FraudLead.objects.filter(pk=lead.pk).update(refusal=elsewhere)


def avoided(case: ClaimCase) -> Decimal:
    return figures(FraudLead.objects.filter(case=case)).loss_avoided


def test_what_was_avoided_is_what_the_refusal_was_granted_for(branch: Branch, case: ClaimCase):
    refusal = refused(case, branch.clerk)
    FraudLeadFactory(case=case, concluded=True, loss_avoided=500, refusal=refusal)
    assert avoided(case) == 500  # nobody has agreed to it yet

    SpecialRequest.objects.update(state="executed", granted=7000, decided_at=timezone.now(),
                                  executed_at=timezone.now())  # fmt: skip
    assert avoided(case) == 7000

    notice = {"number": "JP1", "addressee": "刘", "way": "mail", "sent_at": timezone.now()}
    RefusalNotice.objects.create(
        case=case, request=refusal, sent_by=branch.clerk, result="reversed", result_on=timezone.localdate(),
        **notice,
    )  # fmt: skip
    assert avoided(case) == 0


def test_a_lead_that_waits_has_avoided_nothing(branch: Branch, lead: FraudLead):
    granted = {"state": "agreed", "granted": 7000, "decided_at": timezone.now()}
    link(lead, refused(lead.case, branch.clerk, **granted), branch.manager)

    assert avoided(lead.case) == 0


def test_the_sum_is_not_filled_in_beside(branch: Branch, lead: FraudLead, refusal: SpecialRequest):
    link(lead, refusal, branch.manager)
    conclusion = Conclusion("confirmed", "属实", Decimal(9))

    found = codes(fraud.conclude_lead, lead, conclusion, by=branch.manager, seen=seen(lead.case))

    assert "from_refusal" in found


def test_both_pages_show_it_to_who_may_read_the_lead(
    branch: Branch, lead: FraudLead, refusal: SpecialRequest
):
    client = client_of(branch.manager)
    url = reverse("cases:fraud_refusal", args=[lead.pk])
    assert str(refusal.pk) in client.get(url).content.decode()
    assert client.post(url, {"refusal": refusal.pk, "seen": seen(lead.case)}).status_code == 302

    assert "本线索支持" in client.get(lead.get_absolute_url()).content.decode()
    assert lead.number in client.get(refusal.get_absolute_url()).content.decode()
    assert lead.number not in client_of(branch.adjuster).get(refusal.get_absolute_url()).content.decode()
    table = client.get(reverse("cases:fraud_leads")).content.decode()
    assert refusal.number in table
