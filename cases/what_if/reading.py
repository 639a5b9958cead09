"""Every decided submission of a period once, with the matter it was decided as."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from authority.rulings import StepDone
from cases.matters import facts_of, matters_of
from cases.models import CaseStep, Step, Submission

BATCH = 5_000
REBUILT_AT_ONCE = 500

_WHERE = """
    from cases_submission submission
    join cases_claimcase claim on claim.id = submission.case_id
    join departments_orgunit unit on unit.id = claim.unit_id
    join authority_authorityitem item on item.id = submission.item_id
    {matter}
    where submission.status in ('agreed', 'refused') and starts_with(unit.path, %(path)s)
        and submission.decided_at >= %(since)s and submission.decided_at < %(until)s
"""
_MATTER = """
    left join lateral (
        select decision.matter::text as facts from cases_decision decision
        where decision.submission_id = submission.id and decision.matter is not null
        order by decision.id desc limit 1
    ) decided on true
"""
_PARTIES = "array[claim.plate_no, claim.vin, claim.insured_name]"
_COUNT = "select count(*), array_agg(distinct item.code)" + _WHERE.format(matter="")
_ROWS = "select submission.id, item.code, decided.facts, {parties}" + _WHERE.format(matter=_MATTER)


class Decided(NamedTuple):
    """One submission. `is_rebuilt`: the matter was not kept, it is what the rows of today say of it."""

    pk: int
    item_code: str
    facts: dict[str, Any]
    parties: tuple[str, ...]
    is_rebuilt: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The submissions decided from `start` to `end`, both included, in the units at and below `path`."""

    start: date
    end: date
    path: str

    def parameters(self) -> dict[str, Any]:
        until = _midnight(self.end + timedelta(days=1))
        return {"path": self.path, "since": _midnight(self.start), "until": until}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def count(period: Period) -> tuple[int, list[str]]:
    """How many there are, and of which items."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, period.parameters())
        number, codes = cursor.fetchone()
    return number, codes or []


def read(period: Period, *, with_parties: bool) -> Iterator[list[Decided]]:
    """In batches, through a cursor on the server: inside a transaction, in constant memory.

    `with_parties`: with plate, VIN and insured person, which matter only where somebody declared an interest.
    """
    statement = _ROWS.format(parties=_PARTIES if with_parties else "null")
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, period.parameters())
        for rows in iter(partial(cursor.fetchmany, BATCH), []):
            yield _decided(rows)


def _decided(rows: Sequence[tuple[int, str, str | None, list[str] | None]]) -> list[Decided]:
    loads = json.loads
    known = [
        Decided(pk, code, loads(facts), tuple(parties or ()), False)
        for pk, code, facts, parties in rows
        if facts is not None
    ]
    unknown = {pk: tuple(parties or ()) for pk, _, facts, parties in rows if facts is None}
    return [*known, *_rebuilt(unknown)] if unknown else known


def _rebuilt(parties: dict[int, tuple[str, ...]]) -> Iterator[Decided]:
    """From decisions of before matters were kept with them.

    Sums are those of the submission. Unit, lines, flags and litigation are the case's of today; of the work
    done on the case only what was finished when it was sent counts.
    """
    ids = sorted(parties)
    for start in range(0, len(ids), REBUILT_AT_ONCE):
        rows = Submission.objects.filter(pk__in=ids[start : start + REBUILT_AT_ONCE])
        submissions = list(rows.select_related("case__unit", "item"))
        steps = _steps_before(submissions)
        for submission, matter in zip(submissions, matters_of(submissions), strict=True):
            as_sent = replace(matter, steps=tuple(steps[submission.pk]))
            facts = facts_of(as_sent)
            yield Decided(submission.pk, submission.item.code, facts, parties[submission.pk], True)


def _steps_before(submissions: Sequence[Submission]) -> dict[int, list[StepDone]]:
    by_case: defaultdict[int, list[tuple[StepDone, datetime | None]]] = defaultdict(list)
    rows = CaseStep.objects.filter(case__in={one.case_id for one in submissions})
    for case_id, left_at, step, person, via in rows.values_list(
        "case", "left_at", "step", "person", "acted_for"
    ):
        by_case[case_id].append((StepDone(step, person, via), left_at))
    return {
        one.pk: [
            *(done for done, left_at in by_case[one.case_id] if left_at and left_at < one.submitted_at),
            StepDone(Step.SUBMIT, one.submitted_by_id),
        ]
        for one in submissions
    }
