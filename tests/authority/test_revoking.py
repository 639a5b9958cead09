"""Taking authority away: a letter whole, or one grant of it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from authority import services
from authority.holders import holder_for
from authority.models import AuthorityItem, LedgerEntry
from authority.refusals import Refused
from tests.authority.test_letters import acts, codes
from tests.factories import CeilingFactory

pytestmark = pytest.mark.django_db


def test_revoking_a_letter_ends_all_that_rests_on_it(branch):
    letter = branch.in_force()
    grant, ceiling = branch.grant(letter), CeilingFactory(letter=letter, unit=branch.units["motor"])

    letter = services.revoke_letter(letter, by=branch.head, reason="办法废止", despite="上级代办")

    assert holder_for(branch.adjudicator).limits == ()
    for row in (grant, ceiling):
        row.refresh_from_db()
    assert (letter.status, letter.revoked_by, grant.revoked_by) == ("revoked", branch.head, branch.head)
    assert grant.revoked_at == ceiling.revoked_at == letter.ended_at
    assert acts(letter) == ["revoke", "leave_uncovered"]


def test_revoking_one_grant_leaves_the_others(branch):
    letter = branch.in_force()
    grant, other = branch.grant(letter), branch.grant(letter, branch.clerk)

    services.revoke_grant(grant, by=branch.security, reason="违规", despite="上级代办")

    grant.refresh_from_db()
    assert (grant.version, grant.revoked_by) == (2, branch.security)
    assert [holder_for(one.holder).limits != () for one in (grant, other)] == [False, True]
    entry = LedgerEntry.objects.get()
    assert (entry.grant_id, entry.reason, entry.amount) == (grant.pk, "违规", Decimal("100000.00"))


@pytest.mark.parametrize(
    ("who", "code"), [("clerk", "no_right"), ("adjudicator", "no_right"), ("head", "wrong_status")]
)
def test_a_grant_is_not_revoked_by_anybody_nor_twice(branch, who, code):
    grant = branch.grant(branch.in_force(), revoked_at=timezone.now())

    with pytest.raises(Refused) as refusal:
        services.revoke_grant(grant, by=getattr(branch, who), reason="x")

    assert code in codes(refusal)
    assert not LedgerEntry.objects.exists()


def test_nobody_revokes_what_he_holds(branch):
    item = AuthorityItem.objects.get(code="assessment")
    grant = branch.grant(branch.in_force(), branch.head, item=item)

    for act in (services.revoke_grant, services.revoke_letter):
        subject = grant if act is services.revoke_grant else grant.letter
        with pytest.raises(Refused) as refusal:
            act(subject, by=branch.head, reason="x")
        assert codes(refusal) == ["own_grant"]
