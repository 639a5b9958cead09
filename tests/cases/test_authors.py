"""Whose change it was stands in the history of the row, also where no request named the person."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cases import services
from cases.casefile.changes import compared_changes
from cases.models import ClaimCase, Conference, Lawsuit
from tests.cases.branch import Branch, adjusted_case, say, send
from tests.cases.meetings import concluded
from tests.cases.suits import entered, legal_officer


def authors(row) -> list[str]:
    """Of the changes, the newest first."""
    people = row.history.order_by("-history_date", "-history_id").values_list("history_user__name", flat=True)
    return [name or "" for name in people]


def test_a_case(branch: Branch):
    case = adjusted_case(branch)
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)

    assert authors(ClaimCase.objects.get(pk=case.pk))[:2] == [branch.adjudicator.name, branch.clerk.name]


def test_what_the_clock_does_is_nobodys(branch: Branch):
    now = timezone.now()
    case = adjusted_case(branch, stage="reported", reported_at=now - timedelta(days=9), registered_at=None)
    services.transition.apply(case, services.transition.stay(case, "forced"), None)

    assert authors(case)[0] == ""


def test_a_suit(branch: Branch):
    officer = legal_officer(branch)
    lawsuit = Lawsuit.objects.get(pk=entered(branch, officer).pk)

    assert authors(lawsuit) == [branch.clerk.name, officer.name, branch.clerk.name, branch.clerk.name]


def test_a_conference(branch: Branch):
    conference = Conference.objects.get(pk=concluded(branch).pk)

    assert authors(conference)[0] == branch.office_head.name
    assert next(one.by for one in compared_changes(conference)) == branch.office_head.name
