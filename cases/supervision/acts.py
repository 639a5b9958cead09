"""The decisions of a period as plain values: what was decided by whom, on what limit, how quickly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import CasePaper, Decision, Outcome, Payment, StationOpening

AGREEING = frozenset({Outcome.AGREE.value, Outcome.AGREE_WITH_CONDITIONS.value})
_READ_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Act:
    """One decision. `asked` is the sum that its limit is compared with, both in yuan; None without a limit.

    `seen_at`: when the person first opened the case at this station; None where he did not, or before such
    openings were recorded. `conflicts`: codes of the separation of duties that a small sum excused.
    """

    pk: int
    case_id: int
    submission_id: int
    item: str
    kind: str
    outcome: str
    person_id: int
    acted_for_id: int | None
    submitted_by_id: int
    post_name: str
    amount: Decimal
    asked: Decimal
    limit: Decimal | None
    source: str
    conflicts: tuple[str, ...]
    decided_at: datetime
    arrived_at: datetime | None
    seen_at: datetime | None
    papers: int
    plate_no: str
    policy_no: str
    accident: str
    payees: tuple[str, ...]

    @property
    def is_final_yes(self) -> bool:
        return self.kind == "final" and self.outcome in AGREEING

    @property
    def taken(self) -> timedelta | None:
        """From the opening of the page, or from the arrival, which is never less than the reading."""
        began = self.seen_at or self.arrived_at
        return self.decided_at - began if began else None

    def is_just_under(self, part: Decimal) -> bool:
        """Within that part of one below its limit, and not above it."""
        return self.limit is not None and self.limit * (1 - part) <= self.asked <= self.limit > 0

    @property
    def people(self) -> frozenset[int]:
        """Who had a hand in it: nobody of them looks at it as a supervisor."""
        return frozenset(pk for pk in (self.person_id, self.acted_for_id, self.submitted_by_id) if pk)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def decisions_of(path: str, since: date, until: date) -> QuerySet[Decision]:
    """By people of the branch, on cases of the units at and below `path`; `until` is not included.

    Without what was taken back, and without added opinions, which use no authority.
    """
    taken = Decision.objects.filter(decided_at__gte=midnight(since), decided_at__lt=midnight(until))
    taken = taken.filter(case__unit__path__startswith=path, taken_back=None)
    return taken.exclude(chain_step__kind__in=["head_office", "added"])


def acts_of(path: str, since: date, until: date) -> Iterator[Act]:
    return acts_among(decisions_of(path, since, until))


def acts_among(decisions: QuerySet[Decision]) -> Iterator[Act]:
    """Oldest first; one query read in chunks, and one for the payees of each chunk."""
    rows = _with_facts(decisions).order_by("decided_at", "pk")
    chunk: list[dict[str, Any]] = []
    for row in rows.values(*_DIRECT, *_NAMED).iterator(chunk_size=_READ_AT_ONCE):
        chunk.append(row)
        if len(chunk) == _READ_AT_ONCE:
            yield from _acts(chunk)
            chunk = []
    yield from _acts(chunk)


_DIRECT = (
    "pk", "case_id", "submission_id", "outcome", "acted_for_id", "amount", "limit", "decided_at", "matter",
)  # fmt: skip
_NAMED = (
    "item", "kind", "person_id", "submitted_by_id", "post_name", "measure", "source", "notices",
    "arrived_at", "seen_at", "papers", "plate_no", "policy_no", "accident_at", "accident_place",
)  # fmt: skip


def _with_facts(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    opened = StationOpening.objects.filter(step=OuterRef("chain_step"), person=OuterRef("decided_by"))
    papers = CasePaper.objects.filter(case=OuterRef("case"), uploaded_at__lte=OuterRef("decided_at"))
    counted = papers.order_by().values("case").annotate(number=Count("pk")).values("number")
    return decisions.annotate(
        item=F("submission__item__code"),
        kind=F("chain_step__kind"),
        person_id=F("decided_by_id"),
        submitted_by_id=F("submission__submitted_by_id"),
        post_name=F("chain_step__post_name"),
        measure=KT("ruling__basis__measure"),
        source=KT("ruling__basis__source"),
        notices=F("ruling__notices"),
        arrived_at=F("chain_step__arrived_at"),
        seen_at=Subquery(opened.values("opened_at")[:1]),
        papers=Coalesce(Subquery(counted), 0),
        plate_no=F("case__plate_no"),
        policy_no=F("case__policy_no"),
        accident_at=F("case__accident_at"),
        accident_place=F("case__accident_place"),
    )


def _acts(rows: list[dict[str, Any]]) -> Iterator[Act]:
    payees: dict[int, set[str]] = {}
    paid = Payment.objects.filter(case__in={row["case_id"] for row in rows}).exclude(payee_account="")
    for case_id, account in paid.values_list("case", "payee_account"):
        payees.setdefault(case_id, set()).add(account)
    for row in rows:
        yield _act(row, tuple(sorted(payees.get(row["case_id"], ()))))


def _act(row: dict[str, Any], payees: tuple[str, ...]) -> Act:
    measure, matter = row.pop("measure"), row.pop("matter")
    accident_at, place = row.pop("accident_at"), row.pop("accident_place")
    fen = (matter or {}).get("amounts", {}).get(measure)
    notices = row.pop("notices") or []
    codes = tuple(one["code"] for one in notices if one["code"].startswith("sampling:"))
    return Act(
        **{**row, "source": row["source"] or ""},
        asked=row["amount"] if fen is None else Decimal(fen) / 100,
        conflicts=codes,
        accident=f"{timezone.localtime(accident_at):%Y-%m-%d %H:%M} {place}" if accident_at and place else "",
        payees=payees,
    )
