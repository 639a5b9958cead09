"""A decision stands as it was made, and can be told again from what was known when it was made."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.models import PersonalGrant
from authority.rulings import Ruling, may_decide
from cases.matters import matter_of
from departments.models import Appointment
from tests.cases.branch import Branch, adjusted_case, current, say, send

pytestmark = pytest.mark.django_db


def correct_back(branch: Branch) -> None:
    """The adjudicator had left the post yesterday, and the grant had been revoked: entered today."""
    yesterday = timezone.now() - timedelta(days=1)
    appointment = Appointment.objects.get(staff=branch.adjudicator)
    appointment.ends_on = timezone.localdate(yesterday)
    appointment.save()
    for grant in PersonalGrant.objects.filter(holder=branch.adjudicator):
        grant.revoked_at, grant.version = yesterday, grant.version + 1
        grant.save()


def test_a_correction_dated_back_leaves_the_ruling_and_it_can_be_told_again(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    matter = matter_of(current(submission).submission)
    decision = say(submission, "agree", by=branch.adjudicator, opinion="同意")
    stored = decision.ruling
    correct_back(branch)

    decision.refresh_from_db()
    then = {"at": decision.decided_at, "known_at": decision.decided_at}
    again = may_decide(matter, holder_for(branch.adjudicator, **then), rules_for(matter.item, **then))
    today = may_decide(
        matter, holder_for(branch.adjudicator, at=decision.decided_at), rules_for(at=decision.decided_at)
    )

    assert decision.ruling == stored
    assert Ruling.from_json(stored) == again
    assert today.codes == ("no_grant",)


def test_each_opinion_leads_to_what_its_author_could_decide_then(client, branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    decision = say(submission, "agree", by=branch.adjudicator, opinion="同意")
    client.force_login(branch.manager)

    page = client.get(decision.case.get_absolute_url(), {"tab": "opinions"}).content.decode()
    start = page.index(reverse("authority:powers") + "?")
    address = page[start : page.index('"', start)].replace("&amp;", "&")
    shown = client.get(address)

    assert shown.context["found"].then.moment.known_at == decision.decided_at
    assert [power.limit.grant_id for power in shown.context["found"].then.lines].count(decision.grant_id) == 1


def test_who_may_not_ask_about_the_author_is_not_led_there(client, branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    decision = say(submission, "agree", by=branch.adjudicator, opinion="同意")
    client.force_login(branch.clerk)

    page = client.get(decision.case.get_absolute_url(), {"tab": "opinions"}).content.decode()

    assert "同意" in page
    assert f"{reverse('authority:powers')}?" not in page
