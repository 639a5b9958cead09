"""The last holder: nothing is left to nobody unawares, and whoever does it says why."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authority import services
from authority.coverage.keeping import MOST_TOLD, Cover, told
from authority.ledger import verify
from authority.models import AuthorityItem, LedgerEntry
from authority.refusals import Refused
from departments.models import Appointment, Staff
from departments.refusals import NotAllowed
from departments.services import disable_account, relieve
from tests.factories import GrantFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WHY = "人员已调离，上级代办"
LOST = "办理后不再有人有权决定：绵阳 核赔 0.00 至 100,000.00 元"


def held(branch) -> Appointment:
    return Appointment.objects.get(staff=branch.adjudicator)


def by_hand(branch, **despite):
    """The four ways to lose the last holder, with or without a reason."""
    grant = branch.adjudicator.grants.get()
    system = Staff.objects.filter(admin_role="system").first()
    return {
        "grant": lambda: services.revoke_grant(grant, by=branch.head, reason="违规", **despite),
        "letter": lambda: services.revoke_letter(grant.letter, by=branch.head, reason="废止", **despite),
        "post": lambda: relieve(held(branch), on=timezone.localdate(), by=branch.head, **despite),
        "account": lambda: disable_account(branch.adjudicator, by=system, **despite),
    }


@pytest.fixture
def system(db) -> Staff:
    return Staff.objects.create_user("990001", name="系统员", admin_role="system")


WAYS = ("grant", "letter", "post", "account")


@pytest.mark.parametrize("way", WAYS)
def test_the_last_holder_is_not_lost_unawares(branch, in_force, system, way):
    with pytest.raises((Refused, NotAllowed)) as refusal:
        by_hand(branch)[way]()

    texts = [objection.text for objection in refusal.value.ruling.objections]
    assert texts == [LOST, "仍要办理，须写明造成空缺的理由"]
    in_force.refresh_from_db()
    assert in_force.revoked_at is None
    assert held(branch).ends_on is None
    assert Staff.objects.get(pk=branch.adjudicator.pk).is_active


@pytest.mark.parametrize("way", WAYS)
def test_with_a_reason_it_is_done_and_the_reason_is_in_the_ledger(branch, in_force, system, way):
    by_hand(branch, despite=WHY)[way]()

    entry = LedgerEntry.objects.get(action="leave_uncovered")
    assert entry.reason == WHY
    assert "绵阳 核赔 0.00 至 100,000.00 元" in entry.details["uncovered"][0]
    assert verify() == []


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_asked_where_somebody_else_covers(branch, in_force, system, way):
    GrantFactory(appointment=branch.deputy.appointments.get(), unit=branch.units["motor"], amount_max=100_000)

    by_hand(branch)[way]()

    assert not LedgerEntry.objects.filter(action="leave_uncovered").exists()


def test_what_the_other_does_not_cover_is_told(branch, in_force):
    branch.grant(in_force.letter, branch.deputy, amount_max=30_000)
    OrgUnitFactory(code="dy", parent=branch.units["motor"])
    cover = Cover()
    type(in_force).objects.filter(pk=in_force.pk).update(revoked_at=timezone.now())

    assert cover.lost() == ["各机构 核赔 30,000.01 至 100,000.00 元"]


def test_leave_is_no_loss_and_no_excuse(branch, in_force):
    now = timezone.now()
    cover = Cover()
    branch.adjudicator.absences.create(
        kind="leave", starts_at=now - DAY, ends_at=now + DAY, recorded_by=branch.head
    )

    assert cover.lost() == []


def test_a_new_letter_that_drops_the_last_holder(branch, in_force):
    """Approving is what ends the old letter: it asks."""
    item = AuthorityItem.objects.get(code="refusal")
    new = branch.draft(status="submitted", submitted_at=timezone.now())
    branch.grant(new, item=item)

    with pytest.raises(Refused, match="绵阳 核赔"):
        services.approve_letter(new, by=branch.head)
    services.approve_letter(new, by=branch.head, despite=WHY)

    assert LedgerEntry.objects.get(action="leave_uncovered").chain == f"letter:{new.pk}"


def test_relieved_on_a_day_to_come_is_judged_by_the_day_after(branch, in_force):
    last = timezone.localdate() + timedelta(days=20)
    branch.grant(in_force.letter, branch.deputy, valid_to=last)

    with pytest.raises(NotAllowed, match="绵阳 核赔"):
        relieve(held(branch), on=last, by=branch.head)

    assert held(branch).ends_on is None


def test_many_losses_are_told_in_short():
    assert list(told([str(number) for number in range(MOST_TOLD + 3)]))[-2] == f"等共 {MOST_TOLD + 3} 处"


def test_the_pages_ask_for_the_reason(as_head, branch, in_force):
    url = reverse("authority:grant_revoke", args=[in_force.pk])

    refused = as_head.post(url, {"reason": "违规"})
    done = as_head.post(url, {"reason": "违规", "despite": WHY})

    assert refused.status_code == 403
    assert "须写明造成空缺的理由" in refused.content.decode()
    assert done.status_code == 302


def test_a_letter_is_revoked_on_its_page_with_the_reason(as_head, branch, in_force):
    url = reverse("authority:letter_revoke", args=[in_force.letter_id])

    assert as_head.post(url, {"reason": "废止"}).status_code == 403
    assert as_head.post(url, {"reason": "废止", "despite": WHY}).status_code == 302
