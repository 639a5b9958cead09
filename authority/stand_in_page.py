"""What the pages of 代岗 show: one stand-in with its story, and what the viewer may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from authority.delegating import may_accept, may_answer, may_recall
from authority.holders import holder_for
from authority.models import AuthorityItem, LedgerEntry, LineCode, Substitution
from authority.rulings import HeldLimit, Ruling
from authority.standing_in import chain_of, delegate_of, is_over, party_of, proposed_of, terms_of
from departments.models import Staff

_ACTS = {
    "propose": ("提出", "active"),
    "accept": ("接受", "good"),
    "decline": ("谢绝", "bad"),
    "recall": ("收回", "attention"),
    "expire": ("到期终止", "idle"),
}


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: str
    who: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class StandInPage:
    """`limits`: what the delegate holds of it right now, as a decision would find it."""

    substitution: Substitution
    items: tuple[str, ...]
    lines: tuple[str, ...]
    limits: tuple[HeldLimit, ...]
    answering: Ruling | None
    recalling: Ruling
    events: tuple[Event, ...]


def stand_in_page(substitution: Substitution, viewer: Staff) -> StandInPage:
    names = item_names(substitution)
    held = holder_for(substitution.delegate).limits if substitution.state == "in_force" else ()
    is_asked = substitution.state == Substitution.Status.PROPOSED and viewer.pk == substitution.delegate_id
    party = party_of(viewer, substitution.delegator)
    return StandInPage(
        substitution,
        names,
        tuple(LineCode(line).label for line in substitution.lines if line in LineCode.values),
        tuple(one for one in held if one.via_id == substitution.delegator_id),
        _answering(substitution, viewer) if is_asked else None,
        may_recall(substitution.delegator_id, substitution.is_open, party),
        tuple(_events(substitution)),
    )


def item_names(substitution: Substitution) -> tuple[str, ...]:
    names = dict(AuthorityItem.objects.filter(code__in=substitution.items).values_list("code", "name"))
    return tuple(names.get(code, code) for code in substitution.items)


def _answering(substitution: Substitution, viewer: Staff) -> Ruling:
    """Nothing stands in the way of an answer but what would stand in the way of accepting."""
    first = may_answer(substitution.delegate_id, substitution.status, is_over(substitution), viewer.pk)
    if not first.allowed:
        return first
    absence, terms = substitution.absence, terms_of(substitution)
    return may_accept(proposed_of(absence, terms), delegate_of(absence, terms, but=substitution.pk))


def _events(substitution: Substitution) -> list[Event]:
    entries = LedgerEntry.objects.filter(chain=chain_of(substitution)).select_related("actor")
    return [_event(entry) for entry in entries.order_by("-sequence")]


def _event(entry: LedgerEntry) -> Event:
    title, tone = _ACTS.get(entry.action, (entry.action, "idle"))
    who = entry.actor.name if entry.actor else "系统"
    return Event(timezone.localtime(entry.at), title, who, entry.reason, tone)
