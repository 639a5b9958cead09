"""Everything the page of one letter shows one person; a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.forms import Form
from django.utils import timezone

from authority.granting import may_approve, may_edit, may_revoke, may_send_back, may_submit
from authority.letter_links import LetterLink, links_for
from authority.letters import actor_for, ceilings_of, chain_of, grants_of, letter_terms
from authority.matrix import scope_of
from authority.models import AuthorityLetter, LedgerEntry, LetterStatus, PersonalGrant, UnitCeiling
from authority.proposals import contents_of
from authority.rulings import Ruling
from departments.models import Staff

ACTS = {
    "draft": ("起草", "idle"),
    "amend": ("修改抬头", "idle"),
    "add_grant": ("增加个人授权", "idle"),
    "add_ceiling": ("增加机构授权", "idle"),
    "set_amounts": ("调整金额", "idle"),
    "drop_lines": ("删除条款", "idle"),
    "submit": ("提交批准", "active"),
    "send_back": ("退回起草", "attention"),
    "approve": ("批准生效", "good"),
    "revise": ("编辑条款", "idle"),
    "file_scan": ("归档扫描件", "idle"),
    "supersede": ("被替代", "idle"),
    "reinstate": ("继续有效", "good"),
    "revoke": ("撤销", "bad"),
    "revoke_grant": ("撤销一项授权", "bad"),
}
"""What each action on a letter's chain is called, and its tone in the timeline."""


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: str
    who: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """A grant or a ceiling of the letter with its scope in words."""

    row: PersonalGrant | UnitCeiling
    scope: str


@dataclass(frozen=True, slots=True)
class LetterPage:
    letter: AuthorityLetter
    grants: tuple[Line, ...]
    ceilings: tuple[Line, ...]
    events: tuple[Event, ...]
    rulings: Mapping[str, Ruling]
    reason_form: Form | None = None
    links: tuple[LetterLink, ...] = ()

    @property
    def may_edit(self) -> bool:
        return "edit" in self.rulings and self.rulings["edit"].allowed

    @property
    def shows_ruling(self) -> bool:
        """Before it is in force: what stands in the way, or that nothing does."""
        submit = self.rulings.get("submit")
        return "approve" in self.rulings or (submit is not None and not submit.allowed)


def letter_page(letter: AuthorityLetter, staff: Staff, reason_form: Form | None = None) -> LetterPage:
    """Lines are only those whose people or units this person may see."""
    return LetterPage(
        letter=letter,
        grants=lines_of(grants_of(letter).visible_to(staff)),
        ceilings=lines_of(ceilings_of(letter).visible_to(staff)),
        events=tuple(_events(letter)),
        rulings=_rulings(letter, staff),
        reason_form=reason_form,
        links=links_for(letter, staff),
    )


def lines_of(rows: Iterable[PersonalGrant | UnitCeiling]) -> tuple[Line, ...]:
    return tuple(Line(row, scope_of(row)) for row in rows)


def _rulings(letter: AuthorityLetter, staff: Staff) -> dict[str, Ruling]:
    """What this person may do to the letter in its present state, with the reasons against."""
    terms, actor = letter_terms(letter), actor_for(staff, letter.issuing_unit)
    if letter.status == LetterStatus.DRAFT:
        return {"edit": may_edit(terms, actor), "submit": may_submit(terms, actor, contents_of(letter))}
    if letter.status == LetterStatus.SUBMITTED:
        approve = may_approve(terms, actor, contents_of(letter), timezone.localdate())
        return {"approve": approve, "send_back": may_send_back(terms, actor)}
    if letter.is_standing:
        holders = set(
            letter.personalgrants.filter(revoked_at=None, holder=staff).values_list("holder", flat=True)
        )
        return {"revoke": may_revoke(terms, actor, holders)}
    return {}


def revoking(grant: PersonalGrant, staff: Staff) -> Ruling:
    """May this person take this one grant away?"""
    actor = actor_for(staff, grant.letter.issuing_unit)
    return may_revoke(letter_terms(grant.letter), actor, [grant.holder_id])


def _events(letter: AuthorityLetter) -> list[Event]:
    entries = LedgerEntry.objects.filter(chain=chain_of(letter)).select_related("actor").order_by("sequence")
    return [_event(entry) for entry in entries]


def _event(entry: LedgerEntry) -> Event:
    title, tone = ACTS.get(entry.action, (entry.action, "idle"))
    who = entry.actor.name if entry.actor else "系统"
    return Event(entry.at, title, who, entry.reason or _what(entry.details), tone)


def _what(details: Mapping[str, Any]) -> str:
    """The change in words, as far as the entry says."""
    if "changes" in details:
        changes = details["changes"]
        return "；".join(f"{one['line']} {_yuan(one['was'])} → {_yuan(one['is'])} 元" for one in changes)
    if "supersedes" in details:
        replaced = f"，替代 {details['supersedes']}" if details["supersedes"] else ""
        return f"{len(details['lines'])} 项条款{replaced}"
    if "like" in details:
        return f"以 {details['like']} 为底稿，{len(details['lines'])} 项条款" if details["like"] else ""
    if "lines" in details:
        return "；".join(f"{line['clause']} {_yuan(line['amount_max'])} 元" for line in details["lines"])
    return f"{details['clause']} {_yuan(details['amount_max'])} 元" if "clause" in details else ""


def _yuan(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
