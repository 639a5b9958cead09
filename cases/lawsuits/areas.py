"""The clocks of suits, requests and judgments (cases.courses): 1/1/2/1 working days, the court's terms."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, DateTimeField, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from cases.courses import Area, Clock, register_area
from cases.models import CourtLevel, Judgment, Lawsuit, LawsuitRequest, Side

REPORT, ENTRY, DEFENCE = "litigation_report", "litigation_entry", "court_defence"
REPLY, REPLY_HQ = "litigation_reply", "litigation_reply_hq"
JUDGMENT_REPORT, APPEAL_JUDGMENT, APPEAL_RULING = "judgment_report", "appeal_judgment", "appeal_ruling"
OWNER = "owner_id"


def _since(condition: Q, start: str) -> Case:
    """The start where the clock concerns the row at all, else null."""
    return Case(When(condition, then=F(start)), default=None, output_field=DateTimeField())


def lawsuit_rows() -> QuerySet[Lawsuit]:
    """With when each duty began and ended; a suit that is over asks for nothing more."""
    return Lawsuit.objects.select_related("case").annotate(
        owner_id=Coalesce("officer", "case__handler"),
        report_end=Coalesce("reported_at", "closed_at"),
        entry_end=Coalesce("entered_at", "closed_at"),
        defence_since=_since(Q(our_side=Side.DEFENDANT), "received_at"),
        defence_end=Coalesce("defended_at", "settled_at", "performed_at", "closed_at"),
    )


def request_rows() -> QuerySet[LawsuitRequest]:
    """The branch's reply is the decision, or that it was sent up; then head office's is awaited."""
    rows = LawsuitRequest.objects.filter(submission__isnull=False).select_related("case", "lawsuit")
    return rows.annotate(
        owner_id=Coalesce("lawsuit__officer", "case__handler"),
        asked_at=F("submission__submitted_at"),
        branch_end=Coalesce("submission__escalation__sent_at", "submission__decided_at"),
        sent_up_at=F("submission__escalation__sent_at"),
        answered_at=F("submission__decided_at"),
    )


def judgment_rows() -> QuerySet[Judgment]:
    """Only what may be appealed runs; the law gives a judgment and a ruling different terms."""
    first = Q(court_level=CourtLevel.FIRST)
    return Judgment.objects.select_related("case", "lawsuit").annotate(
        owner_id=Coalesce("lawsuit__officer", "case__handler"),
        opinion_since=_since(first & Q(kind__in=["judgment", "dismissal"]), "received_at"),
        opinion_end=Coalesce("opined_at", "appeal_over_at"),
        judgment_since=_since(first & Q(kind="judgment"), "received_at"),
        ruling_since=_since(first & Q(kind="dismissal"), "received_at"),
    )


def _suits_page(row: Any) -> str:
    address: str = row.lawsuit.get_absolute_url()
    return address


LAWSUITS = Area(
    "lawsuit",
    "诉讼",
    lawsuit_rows,
    (
        Clock(REPORT, "received_at", "report_end"),
        Clock(DEFENCE, "defence_since", "defence_end", owed_by=OWNER),
        Clock(ENTRY, "replied_at", "entry_end"),
    ),
)
REQUESTS = Area(
    "lawsuit_request",
    "诉讼报批",
    request_rows,
    # Who is late with the branch's reply is told at his own station of the chain.
    (
        Clock(REPLY, "asked_at", "branch_end", owed_by=OWNER, is_told=False),
        Clock(REPLY_HQ, "sent_up_at", "answered_at", owed_by=OWNER),
    ),
    url=_suits_page,
)
JUDGMENTS = Area(
    "judgment",
    "裁判文书",
    judgment_rows,
    (
        Clock(JUDGMENT_REPORT, "opinion_since", "opinion_end"),
        Clock(APPEAL_JUDGMENT, "judgment_since", "appeal_over_at", owed_by=OWNER),
        Clock(APPEAL_RULING, "ruling_since", "appeal_over_at", owed_by=OWNER),
    ),
    title=lambda row: f"{row.lawsuit} {row.get_court_level_display()}{row.get_kind_display()}",
    url=_suits_page,
)

for _area in (LAWSUITS, REQUESTS, JUDGMENTS):
    register_area(_area)
