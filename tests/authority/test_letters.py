"""A letter's life through the services: each change once in the ledger, refusals that change nothing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from authority import ledger, services
from authority.holders import holder_for
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    LedgerEntry,
    LetterStatus,
    PersonalGrant,
    UnitCeiling,
)
from authority.refusals import Refused
from authority.services import CeilingLine, GrantLine, LetterDraft, Revision
from departments.models import OutboxMessage, PostType
from tests.factories import CeilingFactory, LetterFactory

pytestmark = pytest.mark.django_db


def acts(letter: AuthorityLetter) -> list[str]:
    entries = LedgerEntry.objects.filter(chain=f"letter:{letter.pk}").order_by("sequence")
    return list(entries.values_list("action", flat=True))


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [objection.code for objection in refusal.value.ruling.objections]


def adjudication() -> AuthorityItem:
    return AuthorityItem.objects.get(code="adjudication")


def heading(branch, **values) -> LetterDraft:
    draft = LetterDraft(
        number="川理授〔2026〕99号",
        title="人员授权书",
        mode="by_person",
        issuing_unit=branch.units["motor"],
        scope_unit=branch.units["motor"],
        basis="管理办法",
        valid_from=timezone.localdate(),
    )
    return replace(draft, **values)


def grant_line(branch, **values) -> GrantLine:
    line = GrantLine(
        clause="第1条",
        item=adjudication(),
        unit=branch.units["motor"],
        amount_max=Decimal("100000"),
        appointment=branch.adjudicator.appointments.get(),
    )
    return replace(line, **values)


def test_from_draft_to_force(branch):
    letter = services.draft_letter(heading(branch), by=branch.deputy)
    services.add_grant(letter, grant_line(branch), by=branch.deputy)
    services.submit_letter(letter, by=branch.deputy)
    assert holder_for(branch.adjudicator).limits == ()

    letter = services.approve_letter(letter, by=branch.head)

    (limit,) = holder_for(branch.adjudicator).limits
    assert limit.amount_max == 10_000_000
    assert letter.personalgrants.get().granted_by == branch.head
    assert acts(letter) == ["draft", "add_grant", "submit", "approve"]
    assert ledger.verify() == []


def test_drafting_needs_the_unit(branch):
    with pytest.raises(Refused) as refusal:
        services.draft_letter(heading(branch), by=branch.sub_head)

    assert codes(refusal) == ["no_right"]
    assert not AuthorityLetter.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_the_security_administrator_drafts_but_does_not_approve(branch):
    letter = services.draft_letter(heading(branch), by=branch.security)
    services.add_grant(letter, grant_line(branch), by=branch.security)
    services.submit_letter(letter, by=branch.security)

    with pytest.raises(Refused) as refusal:
        services.approve_letter(letter, by=branch.security)

    assert codes(refusal)[:2] == ["own_draft", "no_right"]


def test_the_drafter_does_not_approve(branch):
    letter = branch.draft(status="submitted", submitted_at=timezone.now())
    branch.grant(letter)

    with pytest.raises(Refused) as refusal:
        services.approve_letter(letter, by=branch.deputy)

    assert codes(refusal) == ["own_draft"]
    letter.refresh_from_db()
    assert letter.status == LetterStatus.SUBMITTED
    assert acts(letter) == []


def test_who_changed_the_draft_of_another_does_not_approve_it(branch):
    letter = services.draft_letter(heading(branch), by=branch.deputy)
    services.add_grant(letter, grant_line(branch), by=branch.head)
    letter = services.submit_letter(letter, by=branch.deputy)

    with pytest.raises(Refused) as refusal:
        services.approve_letter(letter, by=branch.head)

    assert codes(refusal) == ["own_edit"]
    letter.refresh_from_db()
    assert letter.status == LetterStatus.SUBMITTED


def test_who_submitted_the_draft_of_another_does_not_approve_it(branch):
    letter = services.draft_letter(heading(branch), by=branch.deputy)
    services.add_grant(letter, grant_line(branch), by=branch.deputy)
    letter = services.submit_letter(letter, by=branch.head)

    with pytest.raises(Refused) as refusal:
        services.approve_letter(letter, by=branch.head)

    assert codes(refusal) == ["own_edit"]
    assert not OutboxMessage.objects.filter(payload__recipient=branch.head.pk).exists()


def test_sending_back_is_no_hand_in_the_letter(branch):
    letter = services.draft_letter(heading(branch), by=branch.deputy)
    services.add_grant(letter, grant_line(branch), by=branch.deputy)
    services.send_back(services.submit_letter(letter, by=branch.deputy), by=branch.head, reason="再核")
    services.submit_letter(letter, by=branch.deputy)

    assert services.approve_letter(letter, by=branch.head).status == LetterStatus.IN_FORCE


def test_nobody_approves_for_himself_nor_as_a_superuser(branch):
    branch.head.is_superuser = True
    branch.head.save()
    letter = branch.draft(status="submitted")
    branch.grant(letter, branch.head, item=AuthorityItem.objects.get(code="assessment"))

    with pytest.raises(Refused) as refusal:
        services.approve_letter(letter, by=branch.head)

    assert codes(refusal) == ["own_grant"]


def test_a_superuser_without_the_right_is_refused(branch):
    branch.clerk.is_superuser = True
    branch.clerk.save()

    with pytest.raises(Refused, match="不管理授权机构"):
        services.draft_letter(heading(branch), by=branch.clerk)


def test_a_disabled_manager_is_refused(branch):
    type(branch.deputy).objects.filter(pk=branch.deputy.pk).update(is_active=False)

    with pytest.raises(Refused, match="不管理授权机构"):
        services.draft_letter(heading(branch), by=branch.deputy)


def test_approving_ends_the_letter_in_force(branch):
    old, new = branch.in_force(), branch.draft(status="submitted")
    ended, ceiling = branch.grant(old), CeilingFactory(letter=old, unit=branch.units["motor"])
    branch.grant(new, amount_max=Decimal("60000"))

    services.approve_letter(new, by=branch.head, despite="上级代办")

    for row in (old, ended, ceiling):
        row.refresh_from_db()
    assert (old.status, old.superseded_by, ended.version) == ("superseded", new, 2)
    assert old.ended_at == ended.revoked_at == ceiling.revoked_at
    assert [limit.amount_max for limit in holder_for(branch.adjudicator).limits] == [6_000_000]
    assert (acts(old), acts(new)) == (["supersede"], ["approve", "leave_uncovered"])


def test_another_letter_stays_in_force(branch):
    other = branch.in_force(scope_unit=branch.units["adj"])
    branch.grant(other)
    new = branch.draft(status="submitted")
    branch.grant(new)

    services.approve_letter(new, by=branch.head, despite="上级代办")

    assert len(holder_for(branch.adjudicator).limits) == 2


def test_a_new_letter_is_not_measured_by_the_one_it_replaces(branch):
    units = branch.units
    old = LetterFactory(
        in_force=True, mode="by_institution", issuing_unit=units["motor"], scope_unit=units["my"]
    )
    CeilingFactory(letter=old, unit=units["my"], amount_max=5)
    new = branch.draft(mode="by_institution", scope_unit=units["my"], status="submitted")
    CeilingFactory(letter=new, unit=units["my"], amount_max=9)

    assert services.approve_letter(new, by=branch.head).status == LetterStatus.IN_FORCE


def test_what_went_wrong_since_submitting_keeps_it_from_force(branch):
    letter = branch.draft(status="submitted")
    grant = branch.grant(letter)
    CeilingFactory(letter__issuing_unit=branch.units["hq"], unit=branch.units["sc"], amount_max=99_999)
    grant.appointment.ends_on = timezone.localdate() - timedelta(days=1)
    grant.appointment.save()

    with pytest.raises(Refused) as refusal:
        services.approve_letter(letter, by=branch.head)

    assert codes(refusal) == ["not_in_post", "ceiling"]


def test_an_appointment_that_ended_is_no_forged_way_in(branch):
    letter = branch.draft()
    appointment = branch.adjudicator.appointments.get()
    appointment.ends_on = timezone.localdate() - timedelta(days=1)
    appointment.save()

    with pytest.raises(Refused) as refusal:
        services.add_grant(letter, grant_line(branch, appointment=appointment), by=branch.deputy)

    assert codes(refusal) == ["not_in_post"]


def test_another_units_post_is_no_forged_way_in(branch):
    letter = branch.draft(scope_unit=branch.units["adj"])
    forged = grant_line(branch, appointment=branch.clerk.appointments.get())

    with pytest.raises(Refused) as refusal:
        services.add_grant(letter, forged, by=branch.deputy)

    assert codes(refusal) == ["not_below"]
    assert not PersonalGrant.objects.exists()


def test_the_holder_is_whoever_has_the_post(branch):
    appointment = branch.adjudicator.appointments.get()
    appointment.staff = branch.deputy

    grant = services.add_grant(branch.draft(), grant_line(branch, appointment=appointment), by=branch.deputy)

    assert grant.holder == branch.adjudicator


def test_a_ceiling_line(branch):
    letter = branch.draft(mode="by_institution", scope_unit=branch.units["my"])
    line = CeilingLine(
        clause="第1条", item=adjudication(), unit=branch.units["my"], amount_max=Decimal("20000")
    )

    ceiling = services.add_ceiling(letter, line, by=branch.deputy)

    assert (ceiling.measure, ceiling.lines, ceiling.valid_from) == ("case_total", ["any"], letter.valid_from)
    assert acts(letter) == ["add_ceiling"]


def test_amounts_change_in_one_go_with_history(branch):
    letter = branch.draft()
    first, second = branch.grant(letter), branch.grant(letter, item__code="refusal", item__name="拒赔")
    elsewhere = branch.grant(branch.draft())
    amounts = {first.pk: Decimal("1.50"), second.pk: second.amount_max, elsewhere.pk: Decimal(9)}

    with pytest.raises(Refused, match="不属于"):
        services.revise_lines(letter, Revision(amounts=amounts), by=branch.deputy)
    del amounts[elsewhere.pk]
    assert services.revise_lines(letter, Revision(amounts=amounts), by=branch.deputy) == 1

    first.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (first.amount_max, elsewhere.amount_max) == (Decimal("1.50"), Decimal("100000"))
    assert first.history.count() == 2
    (entry,) = LedgerEntry.objects.all()
    change = {"id": first.pk, "line": "第1条 核赔员 核赔", "was": "100000.00", "is": "1.50"}
    assert entry.details == {"changes": [change], "dropped": [], "added": []}


def test_nothing_changed_is_nothing_recorded(branch):
    letter = branch.draft()
    grant = branch.grant(letter)

    assert (
        services.revise_lines(letter, Revision(amounts={grant.pk: grant.amount_max}), by=branch.deputy) == 0
    )
    assert acts(letter) == []


def test_lines_are_dropped_from_a_draft_only(branch):
    letter = branch.draft()
    grant = branch.grant(letter)
    in_force = branch.grant(branch.in_force())

    with pytest.raises(Refused, match="不属于"):
        services.revise_lines(letter, Revision(dropped=[grant.pk, in_force.pk]), by=branch.deputy)
    assert services.revise_lines(letter, Revision(dropped=[grant.pk]), by=branch.deputy) == 1
    assert list(PersonalGrant.objects.all()) == [in_force]
    with pytest.raises(Refused, match="草拟"):
        services.revise_lines(in_force.letter, Revision(dropped=[in_force.pk]), by=branch.deputy)


def test_a_new_heading_reaches_the_lines(branch):
    letter = branch.draft()
    grant = branch.grant(letter)
    ends = date(2027, 12, 31)

    services.amend_letter(letter, heading(branch, title="新标题", valid_to=ends), by=branch.deputy)

    grant.refresh_from_db()
    letter.refresh_from_db()
    assert (letter.title, grant.valid_from, grant.valid_to) == ("新标题", letter.valid_from, ends)
    assert grant.history.count() == 2
    assert acts(letter) == ["amend"]


def test_a_heading_is_not_moved_to_units_one_does_not_manage(branch):
    letter = branch.draft()

    with pytest.raises(Refused, match="不管理授权机构"):
        services.amend_letter(letter, heading(branch, issuing_unit=branch.units["hq"]), by=branch.deputy)


def test_a_draft_like_the_letter_in_force_takes_who_is_still_there(branch):
    old = branch.in_force()
    kept, left, revoked = branch.grant(old), branch.grant(old, branch.clerk), branch.grant(old)
    left.appointment.ends_on = timezone.localdate() - timedelta(days=1)
    left.appointment.save()
    revoked.revoked_at = timezone.now()
    revoked.save()

    letter = services.draft_letter(heading(branch), by=branch.deputy, like=old)

    (copy,) = letter.personalgrants.all()
    assert (copy.holder, copy.amount_max, copy.granted_by) == (kept.holder, kept.amount_max, None)
    assert copy.pk not in {kept.pk, left.pk, revoked.pk}
    assert acts(letter) == ["draft"]


def test_a_draft_like_a_superseded_letter_takes_what_ended_with_it(branch):
    at = timezone.now()
    old = branch.in_force(status="superseded", ended_at=at)
    branch.grant(old, revoked_at=at, revoked_by=branch.head)
    CeilingFactory(letter=old, unit=branch.units["my"], revoked_at=at)

    letter = services.draft_letter(heading(branch), by=branch.deputy, like=old)

    copy = letter.personalgrants.get()
    assert (copy.revoked_at, copy.revoked_by) == (None, None)
    assert UnitCeiling.objects.get(letter=letter).revoked_at is None


def test_sent_back_it_is_a_draft_again(branch):
    letter = branch.draft(status="submitted", submitted_at=timezone.now())

    letter = services.send_back(letter, by=branch.head, reason="金额偏高")

    assert (letter.status, letter.submitted_at) == ("draft", None)
    assert LedgerEntry.objects.get().reason == "金额偏高"
    assert "金额偏高" in OutboxMessage.objects.get().payload["title"]


def test_the_drafter_takes_it_back_without_being_told(branch):
    letter = branch.draft(status="submitted", submitted_at=timezone.now())

    services.send_back(letter, by=branch.deputy, reason="更正")

    assert not OutboxMessage.objects.exists()


def test_those_who_may_approve_are_told(branch):
    letter = branch.draft()
    branch.grant(letter)

    services.submit_letter(letter, by=branch.deputy)

    told = [message.payload["recipient"] for message in OutboxMessage.objects.all()]
    assert told == [branch.head.pk]


def test_cosigning_is_kept_with_the_grant(branch):
    line = grant_line(branch, cosign_count=1, cosign_post_type=PostType.objects.get(code="LEGAL"))
    letter = branch.draft()

    grant = services.add_grant(letter, line, by=branch.deputy)

    assert LedgerEntry.objects.get().details["cosign"] == [1, grant.cosign_post_type_id]
