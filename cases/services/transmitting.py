"""传送: in the system, as a file in the drop folder, on paper; each way and each time is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.escalation.rulings import may_transmit
from cases.models import Escalation, Transmission
from cases.rulings import with_objections
from cases.services.transition import apply, lock_case, stay
from departments.access_log import record_export
from departments.models import Staff
from departments.outbox import promise

DROP = "escalation_drop"
Kind = Transmission.Kind


def send_first(escalation: Escalation, *, by: Staff) -> None:
    """In the transaction that opens it: in the system always, as a file where a folder is named."""
    _note(escalation, Kind.SYSTEM, by)
    if settings.ESCALATION_DROP:
        _drop(escalation, by, "")


def transmitting(escalation: Escalation, by: Staff) -> Ruling:
    return may_transmit(escalation.case, escalation, by)


@transaction.atomic
def drop_again(escalation: Escalation, reason: str, *, by: Staff) -> Transmission:
    """重发: the pack of today, under the next number; what lies in the folder already is left alone."""
    case = lock_case(escalation.case_id, None)
    objections = []
    if not settings.ESCALATION_DROP:
        objections.append(Objection("no_folder", "未设置文件投递目录"))
    if not reason.strip() and escalation.transmissions.filter(kind=Kind.FILE).exists():
        objections.append(Objection("no_reason", "重发须说明原因"))
    insist_on(with_objections(transmitting(escalation, by), objections))
    change = stay(case, "transmit").because(reason.strip()).about(escalation.submission)
    apply(case, change.with_details({"number": escalation.number, "kind": Kind.FILE}), by)
    return _drop(escalation, by, reason.strip())


@transaction.atomic
def note_printed(escalation: Escalation, *, by: Staff) -> Transmission:
    """书面报送: the printed form went up; the answer will come on paper."""
    case = lock_case(escalation.case_id, None)
    insist_on(transmitting(escalation, by))
    change = stay(case, "transmit").about(escalation.submission)
    apply(case, change.with_details({"number": escalation.number, "kind": Kind.PRINTED}), by)
    return _note(escalation, Kind.PRINTED, by)


def _drop(escalation: Escalation, by: Staff, reason: str) -> Transmission:
    number = _next(escalation, Kind.FILE)
    message = promise(DROP, {"escalation": escalation.pk, "number": number})
    record_export(by, f"上报件 {escalation.number} 文件投递", 1)
    return Transmission.objects.create(
        escalation=escalation,
        kind=Kind.FILE,
        number=number,
        sent_by=by,
        sent_at=timezone.now(),
        reason=reason[:200],
        outbox=message,
        file_name=f"{escalation.number}-{number}.zip",
    )


def _note(escalation: Escalation, kind: str, by: Staff) -> Transmission:
    return Transmission.objects.create(
        escalation=escalation,
        kind=kind,
        number=_next(escalation, kind),
        sent_by=by,
        sent_at=timezone.now(),
    )


def _next(escalation: Escalation, kind: str) -> int:
    """Under the lock of the case."""
    last = escalation.transmissions.filter(kind=kind).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
