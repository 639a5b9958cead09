"""授权行使台账 as the audit administrator reads it: entries in words, with the grant they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from authority.chain_faults import Fault
from authority.chain_kinds import Subject, Told, subjects_of, told
from authority.models import LedgerEntry, PersonalGrant, SealedHead
from authority.seals.keys import SealError
from authority.seals.sealing import is_late, last_sealed_at
from authority.seals.verifying import verify_chains
from departments.models import Staff
from departments.models.people import AdminRole
from departments.paging import Page, keyset_page
from departments.rulings import Objection, Ruling

ORDER = ("-at", "-pk")
MOST_EXPORTED = 20_000
HEADINGS = (
    "时间", "类别", "事项", "序号", "动作", "操作人", "工号", "代何人", "原状态", "新状态", "金额(元)",
    "授权书", "条款", "限额(元)", "理由", "请求号", "地址", "详情", "摘要",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with the grant it rests on, if any."""

    told: Told
    grant: PersonalGrant | None

    @property
    def entry(self) -> LedgerEntry:
        return self.told.entry

    @property
    def details(self) -> str:
        return dumps(self.entry.details, ensure_ascii=False) if self.entry.details else ""


@dataclass(frozen=True, slots=True)
class Sealing:
    """When the ledger was sealed last, and whether that is too long ago."""

    at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class ChainReading:
    """A chain with what checking it brought; `trouble`: why it could not be checked."""

    chain: str
    subject: Subject
    lines: Sequence[Line]
    faults: Sequence[Fault]
    trouble: str
    sealed: SealedHead | None

    @property
    def is_whole(self) -> bool:
        return not self.faults and not self.trouble


def may_read_ledger(admin_role: str) -> Ruling:
    """Reading everybody's acts is the audit administrator's, and nobody else's."""
    refused = Objection("not_audit_admin", "授权行使台账由审计管理员查阅")
    return Ruling() if admin_role == AdminRole.AUDIT else Ruling((refused,))


def ledger_page(chosen: Q, cursor: str, viewer: Staff) -> tuple[list[Line], Page[LedgerEntry]]:
    page = keyset_page(_entries(chosen), ORDER, cursor)
    return lines_of(page.rows, viewer), page


def lines_of(entries: Sequence[LedgerEntry], viewer: Staff) -> list[Line]:
    grant_ids = {entry.grant_id for entry in entries if entry.grant_id}
    grants = PersonalGrant.objects.filter(pk__in=grant_ids).select_related("letter").in_bulk()
    return [Line(one, grants.get(one.entry.grant_id or 0)) for one in told(entries, viewer)]


def sealing_now() -> Sealing:
    sealed_at = last_sealed_at()
    return Sealing(sealed_at, is_late(sealed_at, timezone.now()))


def read_chain(chain: str, viewer: Staff) -> ChainReading:
    """All entries of the chain, checked against themselves and against the seals."""
    entries = list(_entries(Q(chain=chain)).order_by("sequence"))
    faults, trouble = _checked(chain)
    sealed = SealedHead.objects.filter(chain=chain).select_related("seal").order_by("-sequence").first()
    subject = subjects_of([chain], viewer)[chain]
    return ChainReading(chain, subject, lines_of(entries, viewer), faults, trouble, sealed)


def _checked(chain: str) -> tuple[list[Fault], str]:
    try:
        return verify_chains([chain]), ""
    except SealError as error:
        return [], str(error)


def exported(chosen: Q, viewer: Staff) -> Iterator[tuple[Any, ...]]:
    """The newest entries of the list, all pages, in the order of `HEADINGS`."""
    entries = list(_entries(chosen).order_by(*ORDER)[:MOST_EXPORTED])
    for line in lines_of(entries, viewer):
        yield _row(line)


def _row(line: Line) -> tuple[Any, ...]:
    entry, words, grant = line.entry, line.told, line.grant
    return (
        entry.at,
        words.kind,
        words.subject.title,
        entry.sequence,
        words.act,
        entry.actor.name if entry.actor else "系统",
        entry.actor.employee_no if entry.actor else "",
        entry.acted_for.name if entry.acted_for else "",
        words.from_state,
        words.to_state,
        entry.amount,
        grant.letter.number if grant else "",
        grant.clause if grant else "",
        grant.amount_max if grant else None,
        entry.reason,
        entry.request_id,
        entry.address,
        line.details,
        entry.hash,
    )


def _entries(chosen: Q) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(chosen).select_related("actor", "acted_for")
