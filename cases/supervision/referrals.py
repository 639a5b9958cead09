"""What head office said, in a month, to what people of the branch had referred up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from cases.models import Decision, Escalation, Outcome
from cases.supervision.acts import Act, acts_among, midnight
from cases.supervision.figures import Answers

_PILES = {"agreed": "upheld", "altered": "altered", "refused": "refused"}


def answers_of(path: str, since: date, until: date) -> dict[int, Answers]:
    """By the person who gave an opinion on the way up; each opinion counts for its own author."""
    answered = Escalation.objects.filter(
        answered_at__gte=midnight(since), answered_at__lt=midnight(until), case__unit__path__startswith=path
    )
    said = dict(answered.values_list("submission", "answer"))
    opinions = Decision.objects.filter(submission__in=said, outcome=Outcome.REFER_UP, taken_back=None)
    return _by_person(acts_among(opinions), said)


def _by_person(acts: Iterable[Act], said: dict[int, str]) -> dict[int, Answers]:
    found: defaultdict[int, Answers] = defaultdict(Answers)
    for act in acts:
        getattr(found[act.person_id], _PILES[said[act.submission_id]]).append(act)
    return dict(found)
