"""The made-up branch has findings in every state, letters, and campaigns under way."""

from __future__ import annotations

from django.utils import timezone

from authority.ledger import verify
from authority.models import LedgerEntry
from cases.models import FeedbackLetter, OutstandingCampaign, ProblemFinding, RoundRow
from claims_admin.demo.cases import make_cases
from claims_admin.demo.clearing import make_clearing
from claims_admin.demo.problems import make_problems
from tests.test_demo import branch, made

__all__ = ["branch", "made"]


def test_findings_and_letters(branch):
    units, people = branch
    make_cases(units, people, reports=900, seed=7)
    found, letters = make_problems(units, people)

    states = set(ProblemFinding.objects.values_list("status", flat=True))
    assert found >= 9
    assert {"found", "replied", "appealed", "confirmed"} <= states
    assert letters == FeedbackLetter.objects.count() > 1
    assert not LedgerEntry.objects.filter(at__gt=timezone.now()).exists()
    assert verify() == []


def test_campaigns(branch):
    units, people = branch
    make_cases(units, people, reports=1500, seed=7)

    assert (
        make_clearing(units, people) == sum(one.base_count for one in OutstandingCampaign.objects.all()) > 0
    )
    assert OutstandingCampaign.objects.running().exists()
    assert RoundRow.objects.exists()
    owed = OutstandingCampaign.objects.filter(report_due_on__lt=timezone.localdate(), reported_at=None)
    assert not owed.exists()
    assert verify() == []
