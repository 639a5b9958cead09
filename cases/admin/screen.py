"""One case on one screen of the admin; the parts are those of the case file."""

from __future__ import annotations

from typing import Any

from cases.casefile.amounts import amounts_of
from cases.casefile.approval import chains_of, submissions_of
from cases.casefile.changes import changes_of
from cases.casefile.facts import facts_of, marks_of
from cases.casefile.timeline import timeline_of
from cases.models import ClaimCase, Decision
from departments.models import Staff


def case_screen(case: ClaimCase, staff: Staff) -> dict[str, Any]:
    """Facts, amounts by line, chains, opinions, papers, ledger and field history, for a template."""
    sees = staff.sees_personal_data
    opinions = Decision.objects.filter(case=case).select_related(
        "decided_by", "acted_for", "chain_step", "submission__item", "submission__escalation", "taken_back"
    )
    submissions = submissions_of(case)
    return {
        "case": case,
        "facts": facts_of(case, sees_personal_data=sees),
        "marks": marks_of(case),
        "amounts": amounts_of(case),
        "submissions": submissions,
        "chains": chains_of(submissions),
        "opinions": opinions.order_by("-decided_at"),
        "papers": case.papers.select_related("uploaded_by").order_by("kind", "pk"),
        "escalations": case.escalations.select_related("sent_by"),
        "events": timeline_of(case),
        "changes": changes_of(case, sees_personal_data=sees),
    }
