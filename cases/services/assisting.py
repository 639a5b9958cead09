"""非车险人伤协助: taken in with its due day, answered by a medical reviewer, withdrawn by who asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.refusals import insist_on
from authority.rulings import Objection
from cases.injuries.assistance import may_answer, may_attach, may_record, may_withdraw
from cases.models import AssistancePaper, InjuryAssistance
from cases.numbers import next_number
from cases.rulings import with_objections
from departments.models import Staff
from departments.outbox import notify
from departments.uploads import AlreadyFiled, described

ASKED_FIELDS = frozenset(
    {
        "unit",
        "line",
        "department",
        "asked_by",
        "claim_no",
        "injured_name",
        "subject",
        "claimed",
        "papers",
        "asked_at",
        "assigned_to",
    }
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """`advised` in yuan, where a sum was asked about."""

    text: str
    advised: Decimal | None = None


@transaction.atomic
def record_assistance(asked: Mapping[str, Any], *, by: Staff) -> InjuryAssistance:
    """`asked` by ASKED_FIELDS; any other name is a KeyError."""
    if unknown := set(asked) - ASKED_FIELDS:
        raise KeyError(*sorted(unknown))
    now = timezone.now()
    objections = [Objection("in_future", "请求时间不能晚于现在")] if asked["asked_at"] > now else []
    insist_on(with_objections(may_record(by, asked["unit"].pk), objections))
    made = InjuryAssistance.objects.create(number=next_number("XZ"), recorded_by=by, recorded_at=now, **asked)
    _enter(made, "record_assistance", by, to_state="open", reason=made.subject)
    if made.assigned_to_id != by.pk:
        _tell(made.assigned_to, made, f"人伤协助 {made.number} 由您承办")
    return made


@transaction.atomic
def answer_assistance(assistance: InjuryAssistance, opinion: Opinion, *, by: Staff) -> InjuryAssistance:
    found = _locked(assistance)
    objections = [] if opinion.text.strip() else [Objection("no_opinion", "须写明审核意见")]
    insist_on(with_objections(may_answer(found, by), objections))
    found.opinion, found.advised = opinion.text.strip(), opinion.advised
    found.answered_by, found.answered_at = by, timezone.now()
    found.save(update_fields=["opinion", "advised", "answered_by", "answered_at"])
    _enter(found, "answer_assistance", by, to_state="answered", reason=found.opinion[:200])
    if found.recorded_by_id != by.pk:
        _tell(found.recorded_by, found, f"人伤协助 {found.number} 已答复")
    return found


@transaction.atomic
def withdraw_assistance(assistance: InjuryAssistance, why: str, *, by: Staff) -> InjuryAssistance:
    found = _locked(assistance)
    objections = [] if why.strip() else [Objection("no_reason", "撤回须说明原因")]
    insist_on(with_objections(may_withdraw(found, by), objections))
    found.withdrawn_at, found.withdrawn_why = timezone.now(), why.strip()
    found.save(update_fields=["withdrawn_at", "withdrawn_why"])
    _enter(found, "withdraw_assistance", by, to_state="withdrawn", reason=why)
    return found


@transaction.atomic
def reassign_assistance(assistance: InjuryAssistance, to: Staff, *, by: Staff) -> InjuryAssistance:
    """转办, while nobody has answered."""
    found = _locked(assistance)
    insist_on(may_withdraw(found, by))
    found.assigned_to = to
    found.save(update_fields=["assigned_to"])
    _enter(found, "reassign_assistance", by, to_state="open", reason=to.name)
    if to != by:
        _tell(to, found, f"人伤协助 {found.number} 由您承办")
    return found


@transaction.atomic
def file_assistance_paper(
    assistance: InjuryAssistance, upload: UploadedFile[bytes], *, by: Staff
) -> AssistancePaper:
    """Files what `departments.uploads.checked` let through. Raises AlreadyFiled, or Refused."""
    found = _locked(assistance)
    insist_on(may_attach(found, by))
    facts = described(upload)
    if found.files.filter(sha256=facts.sha256).exists():
        raise AlreadyFiled
    paper = AssistancePaper(
        assistance=found,
        name=facts.name,
        content_type=facts.content_type,
        size=facts.size,
        sha256=facts.sha256,
        uploaded_by=by,
    )
    paper.file.save(facts.stored_name, upload, save=False)
    paper.save()
    _enter(found, "file_assistance_paper", by, to_state="open", reason=paper.name)
    return paper


def _locked(assistance: InjuryAssistance) -> InjuryAssistance:
    rows = InjuryAssistance.objects.select_for_update(of=("self",)).select_related(
        "assigned_to", "recorded_by", "unit"
    )
    return rows.get(pk=assistance.pk)


def _enter(assistance: InjuryAssistance, action: str, by: Staff, *, to_state: str, reason: str) -> None:
    facts = LedgerFacts(to_state=to_state, amount=assistance.advised, reason=reason)
    record(f"assistance:{assistance.pk}", by=by, action=action, facts=facts)


def _tell(recipient: Staff, assistance: InjuryAssistance, title: str) -> None:
    notify(recipient, kind="assistance", title=title, url=assistance.get_absolute_url())
