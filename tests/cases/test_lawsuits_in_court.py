"""Before the court: hearings, lawyers, judgments and appeals."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cases import services
from cases.models import Counsel, Hearing, Judgment
from cases.services import Appeal, Heard, Lawyer, Plea, Summons
from tests.cases.branch import say
from tests.cases.suits import codes, entered, judged, legal_officer, now, sued

TOMORROW = timedelta(days=1)


@pytest.fixture
def officer(branch):
    return legal_officer(branch)


def hearing_of(branch, lawsuit, **fields) -> Hearing:
    summons = Summons(
        **{"court_level": "first", "at": timezone.now() + TOMORROW, "court_room": "三庭", **fields}
    )
    return services.set_hearing(lawsuit, summons, by=branch.clerk, seen=lawsuit.version)


def test_somebody_goes_to_every_hearing(branch, officer):
    lawsuit = entered(branch, officer)
    summons = Summons("first", timezone.now() - TOMORROW, "三庭")

    assert codes(services.set_hearing, lawsuit, summons, by=branch.clerk, seen=lawsuit.version) == [
        "in_past",
        "nobody_goes",
    ]


def test_a_held_hearing_leads_the_suit_on(branch, officer):
    hearing = hearing_of(branch, entered(branch, officer), attendee=officer)
    Hearing.objects.filter(pk=hearing.pk).update(at=timezone.now() - TOMORROW)
    lawsuit = now(hearing.lawsuit)

    services.note_hearing(hearing, Heard("held", "质证完毕"), by=officer, seen=lawsuit.version)

    assert now(lawsuit).stage == "first_instance"
    again = codes(
        services.note_hearing, hearing, Heard("held", "再记"), by=officer, seen=now(lawsuit).version
    )
    assert again == ["already_noted"]


def test_a_hearing_put_off_stays_and_a_new_one_stands(branch, officer):
    hearing = hearing_of(branch, entered(branch, officer), attendee=officer)
    heard = Heard("postponed", "原告申请延期", timezone.now() + timedelta(days=9))

    services.note_hearing(hearing, heard, by=officer, seen=now(hearing.lawsuit).version)

    assert [one.status for one in hearing.lawsuit.hearings.all()] == ["postponed", "planned"]
    assert Hearing.objects.visible_to(officer).ahead(timezone.now(), timezone.now() + TOMORROW).count() == 0


def lawyer(branch, lawsuit, fee: str = "10000") -> Counsel:
    asked = Lawyer("first", "何律师", "蜀都律师事务所", Decimal(fee), "案情复杂，跨省开庭")
    return services.ask_counsel(lawsuit, asked, by=branch.clerk, seen=lawsuit.version)


def test_an_outside_lawyer_needs_the_head_of_the_department(branch, officer):
    counsel = lawyer(branch, sued(branch))

    assert "not_head" in codes(services.answer_counsel, counsel, "", consents=True, by=officer)
    assert codes(services.answer_counsel, counsel, "", consents=False, by=branch.manager) == ["no_reason"]
    services.answer_counsel(counsel, "同意", consents=True, by=branch.manager)
    counsel.refresh_from_db()
    assert (counsel.status, counsel.answered_by) == ("consented", branch.manager)
    assert "already_answered" in codes(services.answer_counsel, counsel, "", consents=True, by=branch.manager)


def test_the_head_does_not_consent_to_his_own_request(branch, officer):
    lawsuit = sued(branch)
    asked = Lawyer("first", "何律师", "蜀都所", Decimal(1), "理由")
    counsel = services.ask_counsel(lawsuit, asked, by=branch.manager, seen=lawsuit.version)

    assert "own_request" in codes(services.answer_counsel, counsel, "", consents=True, by=branch.manager)


def test_no_lawyer_goes_to_court_or_is_paid_without_consent(branch, officer):
    lawsuit = entered(branch, officer)
    counsel = lawyer(branch, lawsuit)
    lawsuit = now(lawsuit)
    summons = Summons("first", timezone.now() + TOMORROW, "三庭", None, counsel)
    cost = {
        "kind": "lawyer", "amount": Decimal(10), "incurred_on": timezone.localdate(), "payee": "蜀都所",
        "counsel": counsel,
    }  # fmt: skip

    assert codes(services.set_hearing, lawsuit, summons, by=officer, seen=lawsuit.version) == [
        "counsel_not_consented"
    ]
    assert codes(services.note_cost, lawsuit, cost, by=officer, seen=lawsuit.version) == [
        "counsel_not_consented"
    ]


def test_a_lawyer_gets_no_more_than_was_agreed(branch, officer, guarded):
    lawsuit = entered(branch, officer)
    counsel = services.answer_counsel(lawyer(branch, lawsuit), "", consents=True, by=branch.manager)
    cost = {
        "kind": "lawyer", "amount": Decimal(6000), "incurred_on": timezone.localdate(), "payee": "蜀都所",
        "counsel": counsel,
    }  # fmt: skip
    services.note_cost(now(lawsuit), cost, by=officer, seen=now(lawsuit).version)
    guarded()

    assert codes(services.note_cost, now(lawsuit), cost, by=officer, seen=now(lawsuit).version) == [
        "over_fee"
    ]


def test_we_appeal_only_where_that_was_agreed(branch, officer):
    lawsuit = judged(branch, officer)
    filed = Appeal("us", timezone.now())
    assert codes(services.appeal, lawsuit, filed, by=branch.clerk, seen=lawsuit.version) == [
        "appeal_not_agreed"
    ]
    plea = Plea("误工费无依据，建议上诉", opinion="appeal")
    judgment = lawsuit.judgments.get()
    services.opine_on_judgment(judgment, plea, by=branch.clerk, seen=lawsuit.version)
    say(judgment.requests.get().submission, "agree", by=officer, opinion="同意上诉")
    services.appeal(now(lawsuit), filed, by=branch.clerk, seen=now(lawsuit).version)

    judgment.refresh_from_db()
    assert (now(lawsuit).stage, now(lawsuit).appellant) == ("appealed", "us")
    assert judgment.appeal_over_at is not None


def test_accepting_a_judgment_ends_the_appeal_period(branch, officer, guarded):
    lawsuit = judged(branch, officer)
    judgment = lawsuit.judgments.get()
    plea = Plea("判决适当", opinion="accept")
    services.opine_on_judgment(judgment, plea, by=branch.clerk, seen=lawsuit.version)
    say(judgment.requests.get().submission, "agree", by=officer, opinion="服判")

    guarded()
    judgment.refresh_from_db()
    assert judgment.appeal_over_at is not None
    assert "appeal_over" in codes(
        services.opine_on_judgment, judgment, plea, by=branch.clerk, seen=now(lawsuit).version
    )


@pytest.mark.parametrize(("kind", "court_level"), [("mediation", "first"), ("judgment", "second")])
def test_what_is_final_is_not_appealed(kind, court_level):
    assert not Judgment(kind=kind, court_level=court_level).may_be_appealed


def test_the_other_side_appeals_without_our_opinion(branch, officer):
    lawsuit = judged(branch, officer)

    services.appeal(lawsuit, Appeal("other", timezone.now()), by=branch.clerk, seen=lawsuit.version)
    services.move_on(now(lawsuit), "try_again_suit", timezone.now(), by=officer, seen=now(lawsuit).version)

    assert now(lawsuit).stage == "second_instance"
