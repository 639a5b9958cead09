"""A mediation that failed goes to court with what it knows; its mediator changes, also when he leaves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.forms.suing import parties_after
from cases.injuries.holdings import give_mediation, mediations_of
from cases.models import CaseStep, Lawsuit, Mediation
from cases.services import SuitFacts, mediating, register_lawsuit
from departments.holdings import Changed, Handing, work_left
from departments.services.hand_overs import holdings_of
from tests.cases.branch import in_post, say
from tests.cases.injuries.people import version
from tests.cases.injuries.test_mediation import (
    approved,
    codes,
    office,
    round_at,
    scheme,
    sent,
)
from tests.cases.suits import PARTIES, legal_officer, values
from tests.cases.test_problem_pages import client_of

__all__ = ["office"]
pytestmark = pytest.mark.django_db


def gone_to_court(office) -> Mediation:
    mediation = approved(office)
    mediating.record_round(mediation, round_at(), by=office.mediator)
    return mediating.fail_mediation(mediation, "对方坚持一万二", to_court=True, by=office.mediator)


def form_of(office, mediation: Mediation):
    client = client_of(office.branch.clerk)
    return client.get(f"{reverse('cases:lawsuit_new', args=[office.case.pk])}?mediation={mediation.pk}")


def test_the_suit_begins_with_what_the_mediation_knows(office):
    legal_officer(office.branch)
    mediation = gone_to_court(office)
    page = client_of(office.branch.clerk).get(mediation.get_absolute_url()).content.decode()
    assert f"lawsuits/new/?mediation={mediation.pk}" in page

    shown = form_of(office, mediation)
    begun = shown.context["form"].initial
    assert (begun["claimed"], begun["estimate"]) == (12000, 10000)
    assert begun["disputed"] == f"调解 {mediation.number} 未成：对方坚持一万二\n对方要求一万二"
    first = shown.context["parties"].initial[0]
    assert (first["side"], first["name"], first["relation"]) == ("plaintiff", "", "伤者")


def test_the_injured_is_named_as_plaintiff_for_who_may_read_names(office):
    mediation = gone_to_court(office)

    first = parties_after(mediation, sees_personal_data=True)[0]
    assert (first["side"], first["name"]) == ("plaintiff", office.person.name)


def as_sent(office, mediation: Mediation) -> dict[str, object]:
    """The form as it was shown, with what only the court's papers say."""
    parties = form_of(office, mediation).context["parties"].initial
    rows = {f"party-{at}-{name}": value for at, row in enumerate(parties) for name, value in row.items()}
    rows |= {"party-0-name": "周秀英", "party-1-name": "刘明"}
    rows |= {"party-TOTAL_FORMS": 3, "party-INITIAL_FORMS": 0}
    return {
        "seen": version(office.case), "mediation": mediation.pk, "court": "旌阳法院", "docket_no": "1号",
        "cause": "traffic", "our_side": "defendant", "papers": "起诉状",
        "received_at": f"{timezone.localtime() - timedelta(minutes=5):%Y-%m-%dT%H:%M}",
        "received_by": office.branch.clerk.pk, "claimed": "12000", "estimate": "10000", **rows,
    }  # fmt: skip


def test_registered_it_names_the_mediation_and_both_pages_say_so(office):
    legal_officer(office.branch)
    mediation = gone_to_court(office)
    client = client_of(office.branch.clerk)
    url = reverse("cases:lawsuit_new", args=[office.case.pk])
    response = client.post(url, as_sent(office, mediation))
    lawsuit = Lawsuit.objects.get()

    assert response.url == lawsuit.get_absolute_url()
    assert lawsuit.mediation == mediation
    assert mediation.number in client.get(lawsuit.get_absolute_url()).content.decode()
    assert lawsuit.docket_no in client.get(mediation.get_absolute_url()).content.decode()


def test_a_mediation_that_did_not_fail_or_is_of_another_case_begins_no_suit(office):
    legal_officer(office.branch)
    mediation = approved(office)
    assert form_of(office, mediation).context["mediation"] is None

    facts = SuitFacts(values(office.branch.clerk, received_at=timezone.now(), mediation=mediation), PARTIES)
    with pytest.raises(Refused) as refusal:
        register_lawsuit(office.case, facts, by=office.branch.clerk, seen=version(office.case))
    assert codes(refusal) == ["other_mediation"]


@pytest.fixture
def second(office):
    return in_post("MEDIATE", office.branch.unit).staff


def test_another_mediator_takes_the_approved_scheme_as_it_is(office, second):
    mediation = approved(office)
    mediating.appoint_mediator(mediation, second, "休假", by=office.branch.clerk)

    with pytest.raises(Refused):
        mediating.record_round(mediation, round_at(), by=office.mediator)
    assert mediating.record_round(Mediation.objects.get(), round_at(), by=second)
    assert CaseStep.objects.filter(step="mediate", person=second).exists()
    assert LedgerEntry.objects.filter(action="appoint_mediator").exists()


def test_who_may_not_be_named(office, second):
    mediation = approved(office)
    held = in_post("MEDIATE", office.branch.department)
    held.staff = office.reviewer
    held.save()
    for person, reason, found in [
        (office.mediator, "休假", ["same_mediator"]),
        (office.reviewer, "休假", ["sod:SOD-11"]),
        (office.branch.adjuster, "休假", ["no_mediator"]),
        (second, " ", ["no_reason"]),
    ]:
        with pytest.raises(Refused) as refusal:
            mediating.appoint_mediator(mediation, person, reason, by=office.branch.clerk)
        assert codes(refusal) == found


def test_a_mediation_that_is_over_keeps_its_mediator(office, second):
    mediation = gone_to_court(office)

    with pytest.raises(Refused) as refusal:
        mediating.appoint_mediator(mediation, second, "休假", by=office.branch.clerk)
    assert codes(refusal) == ["wrong_status"]


def test_it_is_done_on_the_page(office, second):
    mediation = approved(office)
    client, url = client_of(office.branch.clerk), reverse("cases:mediation_reassign", args=[mediation.pk])
    assert client.post(url, {"to": office.mediator.pk, "reason": "休假"}).status_code == 422

    assert client.post(url, {"to": second.pk, "reason": "休假"}).status_code == 302
    mediation.refresh_from_db()
    assert mediation.mediator == second


def test_a_mediator_who_leaves_hands_his_schemes_over(office, second):
    mediation = approved(office)
    (group,) = [one for one in holdings_of(office.mediator) if one.kind.code == "mediation"]
    (holding,) = group.holdings
    assert (holding.title, "已批准" in holding.detail) == (f"调解方案 {mediation.number}", True)
    handing = Handing(holding, office.mediator, office.branch.clerk, "离职", timezone.localdate())

    assert give_mediation(handing, second) == f"改派 {second.name} 调解"
    assert mediations_of(office.mediator) == []
    with pytest.raises(Changed):
        give_mediation(handing, second)


def test_nobody_is_relieved_while_he_has_schemes_to_mediate(office):
    mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    assert [one.code for one in work_left(office.mediator)] == ["work_left"]


def test_what_waits_for_approval_keeps_waiting(office, second):
    mediation = mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)
    submission = sent(office, mediation)
    mediating.appoint_mediator(mediation, second, "休假", by=office.branch.clerk)
    say(submission, "agree", by=office.reviewer)

    mediation.refresh_from_db()
    assert (mediation.status, mediation.mediator, mediation.approved_amount) == (
        "approved",
        second,
        Decimal(10000),
    )
