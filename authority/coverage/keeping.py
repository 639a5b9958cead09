"""The last holder: a change after which nobody could decide what somebody could before is refused, unless
whoever makes it says why. And the other way round: nobody may decide more because something is taken away.
Compared by two surveys, before and after, in the transaction of the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import product

from django.utils import timezone

from authority.coverage.bands import LINES, LOSS_CLASSES, SPECIAL_KINDS, Band, Kind
from authority.coverage.map import covered_units, special_kind_of, survey_at
from authority.coverage.survey import Cell, Survey
from authority.ledger import LedgerFacts, record
from authority.models import AuthorityItem
from authority.refusals import insist_on
from authority.rulings import REFUSED, Objection, Ruling, yuan
from departments.keepers import Kept, register_keeper
from departments.models import OrgUnit, Staff

MOST_TOLD = 8
ASKED = "仍要办理，须写明造成空缺的理由"
WIDENS = "请先撤销或降低这些个人授权，或以新的授权书替代"


class Cover:
    """Who covers what before a change. `at` None is now; leave is left out: who is away still covers."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at
        self.before = survey_at(at)

    def lost(self) -> list[str]:
        """What nobody covers any more, in words; to be asked when the change is written."""
        after = survey_at(self.at)
        return [
            text for item, units in self._changed(after) for text in _lost(item, units, self.before, after)
        ]

    def gained(self) -> list[str]:
        """What somebody could decide only since the change, in words."""
        after = survey_at(self.at)
        return [
            text for item, units in self._changed(after) for text in _gained(item, units, self.before, after)
        ]

    def _changed(self, after: Survey) -> list[tuple[AuthorityItem, list[OrgUnit]]]:
        changed = [item for item in self.before.items if _held(self.before, item) != _held(after, item)]
        units = covered_units(timezone.localdate(self.at)) if changed else []
        return [(item, units) for item in AuthorityItem.objects.filter(code__in=changed)]

    def insist(self, despite: str, *, by: Staff, chain: str) -> None:
        """Once the change is written. Raises Refused when something is lost and `despite` does not say why;
        said, it is an entry of its own in the chain.
        """
        lost = self.lost()
        if lost and not despite:
            objections = tuple(Objection("last_holder", text) for text in told(lost))
            insist_on(Ruling(REFUSED, objections=objections))
        if lost:
            note_loss(chain, lost, by=by, despite=despite)

    def insist_nobody_gains(self) -> None:
        """Taking a ceiling away frees what it capped: that is giving, which two people do by a letter."""
        gained = self.gained()
        if gained:
            objections = [Objection("widens", f"撤销后权限反而扩大：{text}") for text in gained[:MOST_TOLD]]
            objections.append(Objection("widens", WIDENS))
            insist_on(Ruling(REFUSED, objections=tuple(objections)))


def note_loss(chain: str, lost: list[str], *, by: Staff, despite: str) -> None:
    facts = LedgerFacts(reason=despite, details={"uncovered": lost})
    record(chain, by=by, action="leave_uncovered", facts=facts)


def told(lost: list[str]) -> Iterator[str]:
    """The first few losses as objections, and what is asked for."""
    for text in lost[:MOST_TOLD]:
        yield f"办理后不再有人有权决定：{text}"
    if len(lost) > MOST_TOLD:
        yield f"等共 {len(lost)} 处"
    yield ASKED


def _held(survey: Survey, item: str) -> object:
    """The ceilings, and everything of the people and their limits but whether they are away."""
    held = [(who.person_id, who.is_active, who.admin_role, who.certificates, limit)
            for who, limit in survey.held(item)]  # fmt: skip
    return held, frozenset(survey.ceilings(item))


def _lost(item: AuthorityItem, listed: list[OrgUnit], before: Survey, after: Survey) -> Iterator[str]:
    """Where it is the same in every unit it is said once."""
    places: dict[str, list[str]] = {}
    kinds = _kinds(item, before, after)
    for unit in listed:
        spots = {
            spot
            for kind in kinds
            for spot in _between(before.cells(unit.path, kind), after.cells(unit.path, kind))
        }
        for low, high in sorted(spots):
            places.setdefault(f"{item.name} {yuan(low)} 至 {yuan(high)} 元", []).append(unit.short_name)
    return _placed(places, len(listed))


def _gained(item: AuthorityItem, units: list[OrgUnit], before: Survey, after: Survey) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    kinds = _every_kind(item, before, after)
    for unit in units:
        more = {
            text
            for kind in kinds
            for text in _more(before.cells(unit.path, kind), after.cells(unit.path, kind))
        }
        for text in sorted(more):
            places.setdefault(f"{item.name} {text}", []).append(unit.short_name)
    return _placed(places, len(units))


def _placed(places: Mapping[str, list[str]], units: int) -> Iterator[str]:
    for text, names in places.items():
        where = "各机构" if len(names) == units > 1 else "、".join(names)
        yield f"{where} {text}"


def _more(before: Iterable[Cell], after: Iterable[Cell]) -> Iterator[str]:
    """Who may decide which amounts that he could not before."""
    earlier = list(before)
    for cell in after:
        for old in earlier:
            fresh = [one.name for one in cell.people if one.person_id not in old.person_ids]
            if fresh and _meet(old.band, cell.band):
                low, high = max(old.band.low, cell.band.low), _lower(old.band.high, cell.band.high)
                upto = "以上" if high is None else f"至 {yuan(high)}"
                yield f"{yuan(low)} {upto} 元：{'、'.join(fresh)}"


def _meet(one: Band, other: Band) -> bool:
    high = _lower(one.high, other.high)
    return high is None or max(one.low, other.low) <= high


def _lower(one: int | None, other: int | None) -> int | None:
    return min((end for end in (one, other) if end is not None), default=None)


def _kinds(item: AuthorityItem, *surveys: Survey) -> list[Kind]:
    special = special_kind_of(item)
    kinds = (
        kind
        for survey in surveys
        for kind in survey.differences(item.code).kinds(item.code, item.measure, special, is_key=item.is_key)
    )
    return list(dict.fromkeys(kinds))


def _every_kind(item: AuthorityItem, *surveys: Survey) -> list[Kind]:
    """Also those that no row mentions: they are what a last ceiling kept from everybody. One of those that
    no survey tells apart."""
    special = special_kind_of(item)
    specials = (special,) if special else SPECIAL_KINDS
    told_apart: dict[tuple[Kind, ...], Kind] = {}
    for loss, line, about, suit in product(LOSS_CLASSES, LINES, specials, (False, True)):
        kind = Kind(item.code, item.measure, item.is_key, loss, line, about, suit)
        plain = tuple([survey.differences(item.code).plain(kind) for survey in surveys])
        told_apart.setdefault(plain, kind)
    return list(told_apart.values())


def _between(before: Iterable[Cell], after: Iterable[Cell]) -> Iterator[tuple[int, int]]:
    """The amounts that had somebody and have nobody; nobody covers amounts without end."""
    empty = [cell.band for cell in after if not cell.people]
    for cell in before:
        for band in empty if cell.people else ():
            ends = [end for end in (cell.band.high, band.high) if end is not None]
            low, high = max(cell.band.low, band.low), min(ends)
            if low <= high:
                yield low, high


class PostCover:
    """The same for what happens to posts and accounts, which know nothing of authority."""

    def __init__(self, on: date) -> None:
        today = timezone.localdate()
        noon = timezone.make_aware(datetime.combine(on, time(12)))
        self.cover = Cover(noon if on > today else None)

    def lost(self) -> list[str]:
        found = self.cover.lost()
        return list(told(found)) if found else []

    def note(self, lost: list[str], kept: Kept) -> None:
        note_loss(kept.subject, lost, by=kept.by, despite=kept.despite)


register_keeper(PostCover)
