"""会商 on the page of a case: opinions asked and given, and what this person may do about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cases.casefile.approval import Approval
from cases.consultations import consultations_of
from cases.models import Consultation, Submission
from cases.services import ruling_on_opinion
from departments.models import Staff

MISSING = "consult_missing:"


@dataclass(frozen=True, slots=True)
class Row:
    consultation: Consultation
    may_opine: bool


def consulting(submissions: Sequence[Submission], approval: Approval | None, viewer: Staff) -> dict[str, Any]:
    """`asks`: the submission for which opinions are missing that nobody has been asked for."""
    found = consultations_of(submissions)
    posts = {held.post.post_type.code for held in viewer.posts_today}
    rows = [Row(one, one.post in posts and _may_opine(one, viewer)) for one in found]
    return {"consultations": rows, "asks": _unasked(found, approval)}


def _may_opine(one: Consultation, viewer: Staff) -> bool:
    if one.answered_at is not None:
        return False
    return ruling_on_opinion(one, one.submission, by=viewer).allowed


def _unasked(found: Sequence[Consultation], approval: Approval | None) -> int | None:
    if approval is None or approval.is_others:
        return None
    asked = {one.rule_code for one in found if one.submission_id == approval.step.submission_id}
    codes = [code.removeprefix(MISSING) for code in approval.ruling.codes if code.startswith(MISSING)]
    return approval.step.submission_id if set(codes) - asked else None
