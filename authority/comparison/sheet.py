"""What the comparison shows: two letters, the changes in groups, and how many of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from authority.comparison.changes import KINDS, NAMES, SAME, TONES, Change, Clause, compare, counts
from authority.comparison.clauses import clauses_of
from authority.models import AuthorityLetter, LetterStatus
from authority.models.letters import LetterQuerySet
from departments.models import Staff

BY_PERSON, BY_ITEM = "person", "item"


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of change with its number, as the page shows it."""

    kind: str
    label: str
    count: int
    tone: str


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one person in a post (or unit), or of one item."""

    title: str
    note: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`before` is None when there is nothing to compare with: then everything is added."""

    before: AuthorityLetter | None
    after: AuthorityLetter
    changes: tuple[Change, ...]

    @property
    def counted(self) -> Mapping[str, int]:
        return counts(self.changes)

    @property
    def tallies(self) -> list[Tally]:
        return [Tally(kind, NAMES[kind], self.counted[kind], TONES[kind]) for kind in KINDS]

    @property
    def altered(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind != SAME)

    @property
    def by_person(self) -> list[Group]:
        return self.groups()

    def groups(self, by: str = BY_PERSON, *, with_same: bool = False) -> list[Group]:
        return grouped(self.changes if with_same else self.altered, by)


def compared(before: AuthorityLetter | None, after: AuthorityLetter, viewer: Staff) -> Comparison:
    """As far as the viewer may see the lines of either; two queries."""
    olds = clauses_of(before, viewer) if before else ()
    return Comparison(before, after, compare(olds, clauses_of(after, viewer)))


def baseline_of(letter: AuthorityLetter) -> AuthorityLetter | None:
    """What a letter is compared with unless somebody says otherwise: the one it replaces, or did; one query.

    For a draft the one that will be in force the day before; None for the first of its kind.
    """
    if letter.status in (LetterStatus.DRAFT, LetterStatus.SUBMITTED):
        return letter.to_supersede().with_people().first()
    return letter.supersedes.with_people().order_by("-valid_from", "-pk").first()


def comparable_with(letter: AuthorityLetter, viewer: Staff) -> LetterQuerySet:
    """Letters of the same mode between related units, latest first."""
    related = Q(scope_unit=letter.scope_unit_id) | Q(issuing_unit=letter.issuing_unit_id)
    letters = AuthorityLetter.objects.visible_to(viewer).filter(related, mode=letter.mode)
    return letters.exclude(pk=letter.pk).order_by("-valid_from", "-pk")


def grouped(changes: Iterable[Change], by: str) -> list[Group]:
    found: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        found.setdefault(_key(change.clause, by), []).append(change)
    return [Group(title, note, tuple(several)) for (_, title, note), several in found.items()]


def _key(clause: Clause, by: str) -> tuple[str, str, str]:
    if by == BY_ITEM:
        return clause.item, clause.item_name, ""
    return clause.who, clause.name, clause.place
