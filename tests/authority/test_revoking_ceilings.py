"""One ceiling taken away: what it passed on is passed on no more, and nobody gets more by it."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from authority import services
from authority.ledger import verify
from authority.models import LedgerEntry, UnitCeiling
from authority.refusals import Refused
from tests.authority.test_letters import acts, codes
from tests.factories import CeilingFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mandate(branch, in_force) -> list[UnitCeiling]:
    """From head office for the branch, a line each; the adjudicator holds 100,000 yuan below it."""
    letter = branch.in_force(
        mode="by_institution", issuing_unit=branch.units["motor"], scope_unit=branch.units["motor"]
    )
    given = {"letter": letter, "item": in_force.item, "unit": branch.units["motor"]}
    return [CeilingFactory(**given, lines=[line], amount_max=200_000) for line in ("own_damage", "ctpl")]


def revoke(ceiling: UnitCeiling, by, **values) -> UnitCeiling:
    return services.revoke_ceiling(ceiling, by=by, **{"reason": "违规", "despite": "上级代办", **values})


def test_one_line_of_the_mandate_is_withdrawn(branch, mandate):
    ceiling = revoke(mandate[0], branch.head)

    mandate[1].refresh_from_db()
    assert (bool(ceiling.revoked_at), mandate[1].revoked_at) == (True, None)
    assert acts(ceiling.letter) == ["revoke_ceiling", "leave_uncovered"]
    entry = LedgerEntry.objects.get(action="revoke_ceiling")
    assert (entry.actor, entry.reason, entry.amount) == (branch.head, "违规", Decimal("200000.00"))
    assert (entry.details["id"], entry.from_state, entry.to_state) == (ceiling.pk, "in_force", "revoked")
    assert ceiling.history.first().history_user == branch.head
    assert verify() == []


def test_what_nobody_can_decide_then_needs_a_reason(branch, mandate):
    with pytest.raises(Refused) as refusal:
        revoke(mandate[0], branch.head, despite="")

    assert set(codes(refusal)) == {"last_holder"}
    assert not UnitCeiling.objects.exclude(revoked_at=None).exists()


def test_the_last_ceiling_is_not_taken_away_where_it_caps_somebody(branch, mandate):
    """Without any row the unit is not capped: the line that was never passed on would be free."""
    revoke(mandate[0], branch.head)

    with pytest.raises(Refused) as refusal:
        revoke(mandate[1], branch.security)

    assert set(codes(refusal)) == {"widens"}
    assert "核赔员" in str(refusal.value)
    mandate[1].refresh_from_db()
    assert mandate[1].revoked_at is None


def test_nor_is_the_whole_letter(branch, mandate):
    with pytest.raises(Refused) as refusal:
        services.revoke_letter(mandate[0].letter, by=branch.head, reason="x", despite="x")

    assert set(codes(refusal)) == {"widens"}


def test_a_ceiling_that_caps_nobody_may_go(branch, mandate, in_force):
    services.revoke_grant(in_force, by=branch.head, reason="x", despite="x")

    for ceiling in mandate:
        assert revoke(ceiling, branch.head).revoked_at


@pytest.mark.parametrize("who", ["clerk", "adjudicator", "sub_head"])
def test_not_by_anybody(branch, mandate, who):
    with pytest.raises(Refused) as refusal:
        revoke(mandate[0], getattr(branch, who))

    assert codes(refusal) == ["no_right"]
    assert not LedgerEntry.objects.exists()


def test_not_twice_nor_of_a_letter_that_is_over(branch, mandate):
    revoke(mandate[0], branch.head)
    with pytest.raises(Refused) as refusal:
        revoke(mandate[0], branch.head)
    assert codes(refusal) == ["wrong_status"]

    draft = CeilingFactory(letter=branch.draft(mode="by_institution"), unit=branch.units["motor"])
    with pytest.raises(Refused) as refusal:
        revoke(draft, branch.head)
    assert codes(refusal) == ["wrong_status"]


def test_a_lower_ceiling_that_leaves_sums_to_nobody_needs_a_reason(branch, in_force):
    """The ceilings bear on who covers what as the grants do."""
    hq, boss = branch.units["hq"], StaffFactory(name="总公司经理")
    assign_perm("manage_unit", boss, hq)
    letter = branch.draft(
        mode="by_institution", issuing_unit=hq, scope_unit=branch.units["sc"], status="submitted"
    )
    CeilingFactory(letter=letter, item=in_force.item, unit=branch.units["sc"], amount_max=50_000)

    with pytest.raises(Refused) as refusal:
        services.approve_letter(letter, by=boss)

    assert "核赔 50,000.01 至 100,000.00 元" in str(refusal.value)
    assert services.approve_letter(letter, by=boss, despite="上级代办").status == "in_force"


def test_on_its_page(as_head, mandate):
    url = reverse("authority:ceiling_revoke", args=[mandate[0].pk])
    letter = reverse("authority:letter", args=[mandate[0].letter_id])

    assert url in as_head.get(letter).content.decode()
    assert "撤销机构授权" in as_head.get(url).content.decode()
    assert as_head.post(url, {}).status_code == 422
    assert as_head.post(url, {"reason": "收回", "despite": "上级代办"}).status_code == 302
    text = as_head.get(letter).content.decode()
    assert "已终止" in text
    assert "撤销一项机构授权" in text


def test_who_may_not_reads_why(client, branch, mandate):
    client.force_login(branch.sub_head)
    url = reverse("authority:ceiling_revoke", args=[mandate[0].pk])

    assert client.get(url).status_code == 404

    client.force_login(branch.deputy)
    UnitCeiling.objects.filter(pk=mandate[0].pk).update(revoked_at=timezone.now())
    assert "您不能撤销" in client.get(url).content.decode()
    assert client.post(url, {"reason": "x"}).status_code == 403
