"""Conferences for tests: convened by the adjudicator on a case of the branch, with three members."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases import services
from cases.models import ClaimCase, Conference, ConferenceKind
from cases.services import Conclusion, Invitation, Meeting
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, in_post


def legal_of(branch: Branch) -> Staff:
    staff: Staff = in_post("LEGAL", branch.department).staff
    return staff


def invitation(branch: Branch, *people: Staff, **fields: Any) -> Invitation:
    return Invitation(
        **{
            "kind": ConferenceKind.objects.get(code="hard_case"),
            "chair": branch.office_head,
            "reason": "责任认定有争议",
            "question": "是否属于保险责任？",
            "people": [branch.office_head, branch.adjudicator, *people],
            **fields,
        }
    )


def convened(branch: Branch, case: ClaimCase | None = None, **fields: Any) -> Conference:
    case = case or adjusted_case(branch)
    case.refresh_from_db()
    asked = invitation(branch, legal_of(branch), **fields)
    return services.convene(case, asked, by=branch.adjudicator, seen=case.version)


def write_all(conference: Conference) -> None:
    for member in conference.members.select_related("staff", "conference"):
        if member.staff:
            services.sign_opinion(member, "pay", f"{member.staff.name}的意见", by=member.staff)


def held(branch: Branch, case: ClaimCase | None = None, **fields: Any) -> Conference:
    conference = convened(branch, case, **fields)
    write_all(conference)
    Conference.objects.filter(pk=conference.pk).update(convened_at=timezone.now() - timedelta(hours=2))
    present = [one.pk for one in conference.members.all()]
    meeting = Meeting(timezone.now() - timedelta(hours=1), present, "三楼会议室")
    return services.hold_meeting(conference, meeting, by=branch.office_head)


def concluded(branch: Branch, case: ClaimCase | None = None, **said: Any) -> Conference:
    conference = held(branch, case)
    conclusion = Conclusion(**{"text": "同意赔付", "advice": "pay", "is_binding": True, **said})
    return services.conclude(conference, conclusion, by=branch.office_head)
