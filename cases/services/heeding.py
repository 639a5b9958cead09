"""What a decision owes to the conferences of its case: the latest binding one is followed or answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from authority.rulings import Objection
from cases.conferences.rulings import DECIDING, Heeding, Proposed, binding_for, heeding_objections
from cases.models import ChainStep, Conference, ConferenceMember, ConferenceUse, Decision, Submission
from departments.models import Appointment, UnitKind

_DECIDING_STATIONS = frozenset({ChainStep.Kind.PRELIMINARY, ChainStep.Kind.FINAL})


def concluded_on(case_id: int) -> list[Conference]:
    """The latest first."""
    rows = Conference.objects.concluded().filter(case=case_id).select_related("item", "kind")
    return list(rows.order_by("-concluded_at", "-pk"))


def binding_on(submissions: Iterable[Submission]) -> dict[int, Conference]:
    """By submission, the conclusion it owes heed to; one statement. Needs their items."""
    several = list(submissions)
    rows = Conference.objects.concluded().filter(case__in=[one.case_id for one in several], is_binding=True)
    by_case: defaultdict[int, list[Conference]] = defaultdict(list)
    for conference in rows.select_related("item", "kind").order_by("-concluded_at", "-pk"):
        by_case[conference.case_id].append(conference)
    found = ((one.pk, binding_for(by_case[one.case_id], one.item.code)) for one in several)
    return {pk: conference for pk, conference in found if conference}


def owed_objections(step: ChainStep, verdict: Proposed, said: Heeding) -> Iterable[Objection]:
    """Asks the database only where the case has a conclusion: `step` is annotated with that."""
    has_conclusion: bool = getattr(step, "has_conclusion", True)
    if verdict.outcome not in DECIDING or step.kind not in _DECIDING_STATIONS:
        return []
    if not has_conclusion and said.conference_id is None:
        return []
    item_code = step.submission.item.code
    return heeding_objections(concluded_on(step.submission.case_id), item_code, verdict, said)


def concluded_with_head_office(case_id: int) -> list[Conference]:
    """Those that bind head office too: one of its people had a seat when the conclusion was reached.

    What the branch concluded among itself is before head office as advice, and binds only the branch.
    """
    return [one for one in concluded_on(case_id) if binds_head_office(one)]


def binds_head_office(conference: Conference) -> bool:
    """Had somebody a seat who held a post at head office on the day of the conclusion?"""
    if conference.concluded_at is None:
        return False
    people = ConferenceMember.objects.filter(conference=conference, staff__isnull=False).values("staff")
    held = Appointment.objects.on(timezone.localdate(conference.concluded_at))
    return held.filter(staff__in=people, post__unit__kind=UnitKind.HEAD_OFFICE).exists()


def answer_objections(submission: Submission, verdict: Proposed, said: Heeding) -> list[Objection]:
    """What head office's answer owes to a conclusion that its own people reached with the branch."""
    binding = concluded_with_head_office(submission.case_id)
    return heeding_objections(binding, submission.item.code, verdict, said)


def note_use(decision: Decision, said: Heeding) -> None:
    """In the transaction of the decision, which is refused where what is said does not hold."""
    if said.conference_id is None or decision.outcome not in DECIDING:
        return
    ConferenceUse.objects.create(
        conference_id=said.conference_id,
        decision=decision,
        heed=said.heed,
        reason=said.reason.strip() if said.heed == ConferenceUse.Heed.DEPARTED else "",
    )
