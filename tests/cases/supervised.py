"""Months of adjudications for the tests of 权限履行监督."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import time_machine
from guardian.shortcuts import assign_perm

from cases.models import Decision, SupervisionFinding, SupervisionMonth
from cases.services import supervising
from cases.supervision.making import make_month
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, say, send
from tests.factories import SHANGHAI

OCTOBER = date(2026, 10, 1)
NOON = datetime(2026, 10, 12, 12, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def supervised(branch: Branch) -> Branch:
    """The manager manages the department; the head-office reviewer sees it."""
    assign_perm("manage_unit", branch.manager, branch.department)
    assign_perm("see_people", branch.head_office_reviewer, branch.department)
    return branch


def decided(
    branch: Branch, amount: str, *, after: timedelta = HOUR, at: datetime = NOON, **fields: Any
) -> Decision:
    """An adjudication sent `at`, agreed to `after` by the adjudicator."""
    with time_machine.travel(at, tick=False) as clock:
        submission = send(adjusted_case(branch, amount, **fields), by=branch.clerk)
        clock.shift(after)
        return say(submission, "agree", by=branch.adjudicator, opinion="同意")


def october(branch: Branch) -> SupervisionMonth:
    made = make_month(branch.department, OCTOBER)
    assert made is not None
    return made


def found(month: SupervisionMonth, kind: str) -> list[SupervisionFinding]:
    return list(month.findings.filter(kind=kind))


def busy(branch: Branch) -> SupervisionMonth:
    """A month with one finding about the adjudicator, and three sampled decisions at least."""
    for number in range(4):
        decided(branch, "8000", after=timedelta(seconds=30), plate_no=f"川A{number}")
    return october(branch)


def finish(month: SupervisionMonth, by: Staff) -> None:
    for finding in month.findings.all():
        supervising.conclude_finding(finding, "explained", "集中处理简单案件，已抽看", by=by)
    for sampled in month.sample.all():
        supervising.check_sampled(sampled, "in_order", "", by=by)
