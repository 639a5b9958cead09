"""What was done to a letter, in words, as its ledger chain tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from authority.letters import chain_of
from authority.models import AuthorityLetter, LedgerEntry

ACTS = {
    "draft": ("起草", "idle"),
    "amend": ("修改抬头", "idle"),
    "add_grant": ("增加个人授权", "idle"),
    "add_ceiling": ("增加机构授权", "idle"),
    "set_amounts": ("调整金额", "idle"),
    "drop_lines": ("删除条款", "idle"),
    "discard": ("删除草稿", "bad"),
    "submit": ("提交批准", "active"),
    "send_back": ("退回起草", "attention"),
    "approve": ("批准生效", "good"),
    "revise": ("编辑条款", "idle"),
    "file_scan": ("归档扫描件", "idle"),
    "supersede": ("被替代", "idle"),
    "reinstate": ("继续有效", "good"),
    "revoke": ("撤销", "bad"),
    "leave_uncovered": ("明知空缺仍办理", "bad"),
    "revoke_grant": ("撤销一项授权", "bad"),
    "revoke_ceiling": ("撤销一项机构授权", "bad"),
}
"""What each action on a letter's chain is called, and its tone in the timeline."""
FEW = 3


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: str
    who: str
    text: str
    tone: str


def events_of(letter: AuthorityLetter) -> list[Event]:
    entries = LedgerEntry.objects.filter(chain=chain_of(letter)).select_related("actor").order_by("sequence")
    return [_event(entry) for entry in entries]


def _event(entry: LedgerEntry) -> Event:
    title, tone = ACTS.get(entry.action, (entry.action, "idle"))
    who = entry.actor.name if entry.actor else "系统"
    return Event(entry.at, title, who, entry.reason or _what(entry.details), tone)


def _what(details: Mapping[str, Any]) -> str:
    """The change in words, as far as the entry says."""
    if "added" in details:
        return _revision(details)
    if "changes" in details:
        return "；".join(_risen(one) for one in details["changes"])
    if "supersedes" in details:
        replaced = f"，替代 {details['supersedes']}" if details["supersedes"] else ""
        return f"{len(details['lines'])} 项条款{replaced}"
    if "like" in details:
        return f"以 {details['like']} 为底稿，{len(details['lines'])} 项条款" if details["like"] else ""
    if "lines" in details:
        return "；".join(_line(line) for line in details["lines"])
    return _line(details) if "clause" in details else ""


def _revision(details: Mapping[str, Any]) -> str:
    """A few changes in full, many by their number."""
    parts = [
        _some("调整", [_risen(one) for one in details["changes"]]),
        _some("增加", [_line(one) for one in details["added"]]),
        _some("删除", [_line(one) for one in details["dropped"]]),
    ]
    return "；".join(part for part in parts if part)


def _some(word: str, texts: list[str]) -> str:
    if len(texts) > FEW:
        return f"{word} {len(texts)} 项"
    return "；".join(f"{word} {text}" for text in texts)


def _risen(one: Mapping[str, str]) -> str:
    return f"{one['line']} {_yuan(one['was'])} → {_yuan(one['is'])} 元"


def _line(one: Mapping[str, str]) -> str:
    return f"{one['clause']} {_yuan(one['amount_max'])} 元"


def _yuan(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
