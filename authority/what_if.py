"""The ground on which matters of an item are judged: as it is in force, and with a letter in force instead.

Neither knows who is away today, who stands in, or what an emergency grant allows: a letter is tried on what
lasts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for, holders_of
from authority.letters import ceilings_of, grants_of
from authority.models import AuthorityLetter, GrantSource, PersonalGrant
from authority.rulings import Ceiling, HeldLimit, Holder, Rules
from authority.terms import ceiling_terms, limit_terms

PASSING = frozenset({GrantSource.EMERGENCY.value, "substitution"})


@dataclass(frozen=True, slots=True)
class Ground:
    """Everybody with a limit for the item, by person id, and the rules that limit everybody."""

    holders: tuple[Holder, ...]
    rules: Rules


def ground_in_force(item_code: str) -> Ground:
    """Two queries."""
    return Ground(tuple(_lasting(holder) for holder in holders_of(item_code)), rules_for(item_code))


def ground_with(letter: AuthorityLetter, ground: Ground, item_code: str) -> Ground:
    """With `letter` in force and whatever it would supersede ended; three queries, and one per newcomer.

    With a letter that is in force already: the same ground again.
    """
    ended = {letter.number, *letter.to_supersede().values_list("number", flat=True)}
    held = {holder.person_id: holder for holder in ground.holders}
    limits: defaultdict[int, list[HeldLimit]] = defaultdict(list)
    for holder in ground.holders:
        limits[holder.person_id] += [one for one in holder.limits if one.letter_no not in ended]
    for grant in _grants(letter, item_code):
        if grant.holder_id not in held:
            held[grant.holder_id] = _lasting(holder_for(grant.holder))
        limits[grant.holder_id].append(limit_terms(grant))
    people = (replace(held[pk], limits=tuple(found)) for pk, found in sorted(limits.items()) if found)
    return Ground(tuple(people), _rules(letter, ground.rules, item_code, ended))


def replaced_by(letter: AuthorityLetter) -> str:
    """Number of the letter that approving this one would end; empty without one."""
    return "、".join(letter.to_supersede().values_list("number", flat=True))


def _lasting(holder: Holder) -> Holder:
    limits = tuple(one for one in holder.limits if one.via_id is None and one.source not in PASSING)
    return replace(holder, limits=limits, on_leave=False, load=0)


def _grants(letter: AuthorityLetter, item_code: str) -> QuerySet[PersonalGrant]:
    """Those that would count: not revoked, not run out, and the person holds the post today."""
    day = timezone.localdate()
    grants = grants_of(letter).of_appointments_on(day).filter(item__code=item_code, revoked_at=None)
    lasting = grants.filter(Q(valid_to=None) | Q(valid_to__gte=day)).exclude(source__in=PASSING)
    return lasting.order_by("holder", "pk")


def _rules(letter: AuthorityLetter, rules: Rules, item_code: str, ended: Iterable[str]) -> Rules:
    gone = frozenset(ended)
    kept = [ceiling for ceiling in rules.ceilings if ceiling.letter_no not in gone]
    return replace(rules, ceilings=(*kept, *_ceilings(letter, item_code)))


def _ceilings(letter: AuthorityLetter, item_code: str) -> list[Ceiling]:
    day = timezone.localdate()
    rows = ceilings_of(letter).filter(item__code=item_code, revoked_at=None)
    return [ceiling_terms(row) for row in rows.filter(Q(valid_to=None) | Q(valid_to__gte=day))]
