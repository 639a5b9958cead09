"""A branch with one sub-branch and the people a case passes through, each with the authority of the post."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from guardian.shortcuts import assign_perm

from authority.models import AuthorityItem
from cases import services
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase, Decision, Submission
from cases.services import LossRow, Request, Verdict
from departments.models import OrgUnit, Post, PostType, Staff, UnitKind
from tests.factories import (
    AppointmentFactory,
    CaseFactory,
    CaseLossFactory,
    GrantFactory,
    OrgUnitFactory,
    StaffFactory,
)

ADJUDICATORS = {"ADJ": "100000", "OFFICE_HEAD": "200000", "DEPT_HEAD": "500000"}
REVIEWERS = {"damage_review": "LAR", "price_review": "PPR", "injury_review": "INJ_REV"}


@dataclass
class Branch:
    head_office: OrgUnit
    department: OrgUnit
    unit: OrgUnit
    clerk: Staff
    surveyor: Staff
    adjuster: Staff
    adjudicator: Staff
    office_head: Staff
    manager: Staff
    damage_reviewer: Staff
    head_office_reviewer: Staff
    statistician: Staff


def make_branch() -> Branch:
    head_office = OrgUnitFactory(code="hq")
    branch = OrgUnitFactory(code="sc", parent=head_office, kind=UnitKind.BRANCH)
    department = OrgUnitFactory(code="motor", parent=branch, kind=UnitKind.DEPARTMENT)
    unit = OrgUnitFactory(code="my", parent=department, short_name="绵阳中支")
    adjudicators = {post: in_post(post, department) for post in ADJUDICATORS}
    for post, limit in ADJUDICATORS.items():
        [grant(adjudicators[post], item, limit) for item in ("adjudication", "zero_payment")]
    reviewer = in_post("LAR", department)
    grant(reviewer, "damage_review", "50000")
    grant(adjudicators["DEPT_HEAD"], "damage_review", "300000")
    return Branch(
        head_office,
        department,
        unit,
        clerk=in_post("CASE_REG", unit).staff,
        surveyor=in_post("SURVEY", unit).staff,
        adjuster=in_post("ADJUST", unit).staff,
        adjudicator=adjudicators["ADJ"].staff,
        office_head=adjudicators["OFFICE_HEAD"].staff,
        manager=adjudicators["DEPT_HEAD"].staff,
        damage_reviewer=reviewer.staff,
        head_office_reviewer=in_post("HQ_REVIEW", head_office).staff,
        statistician=in_post("STAT", department).staff,
    )


@contextmanager
def made_up() -> Iterator[None]:
    """Rows of a factory have no history; a test that is `guarded` goes on guarded afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('claims.filling')")
        before = cursor.fetchone()[0]
        cursor.execute("select set_config('claims.filling', 'on', true)")
        yield
        cursor.execute("select set_config('claims.filling', %s, true)", [before])


@made_up()
def in_post(code: str, unit: OrgUnit) -> Any:
    """An appointment to the post, with the unit permissions it carries."""
    post_type = PostType.objects.get(code=code)
    staff = StaffFactory(name=f"{post_type.name}{unit.short_name}", is_staff=post_type.enters_admin)
    for permission in post_type.permissions:
        assign_perm(permission, staff, unit)
    post, _ = Post.objects.get_or_create(unit=unit, post_type=post_type, defaults={"headcount": 5})
    return AppointmentFactory(staff=staff, post=post)


def grant(appointment: Any, item: str, limit: str, **terms: Any) -> Any:
    return GrantFactory(
        appointment=appointment,
        item=AuthorityItem.objects.get(code=item),
        amount_max=Decimal(limit),
        **terms,
    )


def adjusted_case(branch: Branch, amount: str = "8000", **fields: Any) -> ClaimCase:
    """Calculated by the adjuster, in the clerk's charge, ready to be sent to adjudication."""
    sums = dict.fromkeys(("estimate", "assessed", "reviewed", "adjusted"), Decimal(amount))
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, **{**sums, **fields})
    CaseLossFactory(case=case, **sums)
    return case


def assessed_case(branch: Branch, amount: str = "8000", **fields: Any) -> ClaimCase:
    """Surveyed and assessed by the surveyor."""
    case = CaseFactory(
        unit=branch.unit,
        handler=branch.clerk,
        stage=Stage.SURVEYED,
        assessed=0,
        reviewed=0,
        adjusted=0,
        **fields,
    )
    rows = [LossRow("own_damage", "vehicle", "本车", Decimal(amount))]
    return services.assess(case, rows, by=branch.surveyor, seen=case.version)


def send(case: ClaimCase, item: str = "adjudication", *, by: Staff, **fields: Any) -> Submission:
    case.refresh_from_db()
    return services.submit(case, Request(item, case.version, **fields), by=by)


def current(submission: Submission, by: Staff | None = None) -> ChainStep:
    """The station whose turn it is: of several at once that person's own, or the first."""
    now = submission.chain.select_related("submission").filter(status="now").order_by("number")
    return now.filter(staff=by).first() or now[0]


def say(submission: Submission, outcome: str, *, by: Staff, **fields: Any) -> Decision:
    """Decides at the station the submission has reached, having seen the case as it is."""
    seen = ClaimCase.objects.get(pk=submission.case_id).version
    return services.decide(current(submission, by), Verdict(outcome, seen, **fields), by=by)
