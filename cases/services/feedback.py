"""问题件通报 R21: drafted from what was confirmed, signed by another, received by the unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from authority.ledger import LedgerFacts, record, told_by
from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.models import ClaimCase, FeedbackLetter, FeedbackLine, ProblemFinding
from cases.problems import letters
from cases.problems.periods import month_after
from cases.problems.rulings import party
from cases.rulings import with_objections
from cases.services.problems import alone_in_unit, heads_of
from departments.models import OrgUnit, Staff
from departments.outbox import notify

Status = FeedbackLetter.Status
NUMBERING = 4219
"""The advisory lock of whoever gives the next number."""


@dataclass(frozen=True, slots=True)
class Text:
    """What people write into a letter; `remarks` by the id of a line."""

    summary: str
    demands: str
    remarks: Mapping[int, str]


def drafting(unit: OrgUnit, by: Staff) -> Ruling:
    return letters.may_draft(unit, party(by))


def editing(letter: FeedbackLetter, by: Staff) -> Ruling:
    return letters.may_edit(letter, party(by))


def signing_letter(letter: FeedbackLetter, by: Staff) -> Ruling:
    return letters.may_sign(letter, party(by), letter.lines.count())


def receiving(letter: FeedbackLetter, by: Staff) -> Ruling:
    return letters.may_receive(letter, party(by), heads_of(letter.unit_id))


def correcting_letter(letter: FeedbackLetter, by: Staff) -> Ruling:
    drafts = FeedbackLetter.objects.filter(unit=letter.unit_id, month=letter.month, status=Status.DRAFT)
    return letters.may_correct_letter(letter, party(by), has_draft=drafts.exists())


@transaction.atomic
def draft_letter(unit: OrgUnit, month: date, *, by: Staff) -> FeedbackLetter:
    """The first version, with every finding that counts in the month."""
    alone_in_unit(unit.pk)
    objections = []
    if FeedbackLetter.objects.filter(unit=unit, month=month).exists():
        objections.append(Objection("already_drafted", "该机构本月的通报已经有了"))
    if month > timezone.localdate():
        objections.append(Objection("not_over", "月份还没有开始"))
    insist_on(with_objections(drafting(unit, by), objections))
    letter = FeedbackLetter.objects.create(
        unit=unit,
        month=month.replace(day=1),
        volume=_registered(unit, month),
        drafted_by=by,
        drafted_at=timezone.now(),
    )
    _read_lines(letter)
    letter.summary = letters.first_summary(list(letter.lines.all()))
    letter.save(update_fields=["summary"])
    _enter(letter, "draft_letter", by)
    return letter


def _registered(unit: OrgUnit, month: date) -> int:
    first, after = _moments(month)
    cases = ClaimCase.objects.filter(unit=unit, registered_at__gte=first, registered_at__lt=after)
    return cases.count()


def _moments(month: date) -> tuple[datetime, datetime]:
    first, after = month.replace(day=1), month_after(month.replace(day=1))
    midnight = datetime.min.time()
    return (
        timezone.make_aware(datetime.combine(first, midnight)),
        timezone.make_aware(datetime.combine(after, midnight)),
    )


def _read_lines(letter: FeedbackLetter) -> None:
    """Anew from the findings; remarks stay with theirs."""
    remarks = dict(letter.lines.values_list("finding", "remark"))
    letter.lines.all().delete()
    FeedbackLine.objects.bulk_create(letters.lines_of(letter, remarks))


@transaction.atomic
def edit_letter(letter: FeedbackLetter, text: Text, *, by: Staff) -> FeedbackLetter:
    letter = _locked(letter)
    insist_on(editing(letter, by))
    letter.summary, letter.demands = text.summary.strip(), text.demands.strip()
    letter.save(update_fields=["summary", "demands"])
    lines = list(letter.lines.filter(pk__in=text.remarks.keys()))
    for line in lines:
        line.remark = text.remarks[line.pk].strip()
    FeedbackLine.objects.bulk_update(lines, ["remark"])
    return letter


@transaction.atomic
def refresh_letter(letter: FeedbackLetter, *, by: Staff) -> FeedbackLetter:
    """What was confirmed since comes in."""
    letter = _locked(letter)
    insist_on(editing(letter, by))
    _read_lines(letter)
    letter.volume = _registered(letter.unit, letter.month)
    letter.save(update_fields=["volume"])
    return letter


@transaction.atomic
def sign_letter(letter: FeedbackLetter, *, by: Staff) -> FeedbackLetter:
    """Reads the findings a last time; from now on they count as they stand."""
    letter = _locked(letter)
    if letter.status == Status.DRAFT:
        counted = ProblemFinding.objects.counted(letter.month, letter.month).filter(unit=letter.unit_id)
        list(counted.select_for_update(of=("self",)).order_by("pk"))  # no appeal between reading and freezing
        _read_lines(letter)
    insist_on(signing_letter(letter, by))
    earlier = FeedbackLetter.objects.issued().filter(unit=letter.unit_id, month=letter.month)
    number = earlier.values_list("number", flat=True).first() or _next_number()
    for old in earlier:
        _supersede(old, by)
    letter.status, letter.number = Status.ISSUED, number
    letter.signed_by, letter.signed_at = by, timezone.now()
    letter.save(update_fields=["status", "number", "signed_by", "signed_at"])
    _enter(letter, "sign_letter", by)
    _freeze(letter, letter.signed_at)
    for head in Staff.objects.filter(pk__in=heads_of(letter.unit_id), is_active=True):
        notify(head, kind="problem", title=f"{letter}待您签收", url=letter.get_absolute_url())
    return letter


def _supersede(old: FeedbackLetter, by: Staff) -> None:
    old.status = Status.SUPERSEDED
    old.save(update_fields=["status"])
    _enter(old, "supersede_letter", by)


def _freeze(letter: FeedbackLetter, moment: datetime | None) -> None:
    """Told by the letter's own entry: one for all."""
    told_by(f"feedback:{letter.pk}")
    findings = list(ProblemFinding.objects.select_for_update().filter(lines__letter=letter).order_by("pk"))
    for finding in findings:
        finding.frozen_at = moment
    bulk_update_with_history(findings, ProblemFinding, ["frozen_at"])


def _next_number() -> str:
    """车理问通〔2026〕12号: the next of the year."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [NUMBERING])
    year = timezone.localdate().year
    issued = FeedbackLetter.objects.filter(~Q(number=""), version=1, signed_at__year=year)
    return f"车理问通〔{year}〕{issued.count() + 1}号"


@transaction.atomic
def receive_letter(letter: FeedbackLetter, note: str = "", *, by: Staff) -> FeedbackLetter:
    letter = _locked(letter)
    insist_on(receiving(letter, by))
    letter.status, letter.receipt_note = Status.RECEIVED, note.strip()
    letter.received_by, letter.received_at = by, timezone.now()
    letter.save(update_fields=["status", "receipt_note", "received_by", "received_at"])
    _enter(letter, "receive_letter", by)
    return letter


@transaction.atomic
def correct_letter(letter: FeedbackLetter, reason: str, *, by: Staff) -> FeedbackLetter:
    """A further version: its findings may change until it is signed, the letter in force stays meanwhile."""
    letter = _locked(letter)
    insist_on(with_objections(correcting_letter(letter, by), _without_reason(reason)))
    new = FeedbackLetter.objects.create(
        unit=letter.unit,
        month=letter.month,
        version=letter.version + 1,
        reason=reason.strip(),
        summary=letter.summary,
        demands=letter.demands,
        volume=letter.volume,
        drafted_by=by,
        drafted_at=timezone.now(),
    )
    remarks = dict(letter.lines.values_list("finding", "remark"))
    FeedbackLine.objects.bulk_create(letters.lines_of(new, remarks))
    _enter(new, "correct_letter", by)
    _freeze(new, None)
    return new


def _without_reason(reason: str) -> list[Objection]:
    return [] if reason.strip() else [Objection("no_reason", "更正须说明理由")]


def _locked(letter: FeedbackLetter) -> FeedbackLetter:
    """Nobody confirms a finding of the unit meanwhile."""
    alone_in_unit(letter.unit_id)
    rows = FeedbackLetter.objects.select_for_update(of=("self",)).select_related("unit", "drafted_by")
    return rows.get(pk=letter.pk)


def _enter(letter: FeedbackLetter, action: str, by: Staff) -> None:
    details = {"number": letter.number, "version": letter.version, "lines": letter.lines.count()}
    facts = LedgerFacts(to_state=letter.status, reason=letter.reason, details=details)
    record(f"feedback:{letter.pk}", by=by, action=action, facts=facts)
