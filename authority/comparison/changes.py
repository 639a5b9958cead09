"""What one set of clauses does to another: adds, raises, lowers, removes, puts differently. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

ADDED, RAISED, LOWERED, REMOVED, RESCOPED, SAME = (
    "added", "raised", "lowered", "removed", "rescoped", "same",
)  # fmt: skip
KINDS = (ADDED, RAISED, LOWERED, RESCOPED, REMOVED, SAME)
NAMES = {
    ADDED: "新增",
    RAISED: "提高",
    LOWERED: "降低",
    RESCOPED: "范围变化",
    REMOVED: "取消",
    SAME: "不变",
}
TONES = {
    ADDED: "active",
    RAISED: "attention",
    LOWERED: "good",
    RESCOPED: "attention",
    REMOVED: "bad",
    SAME: "idle",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One dimension of the scope: what it is called, the code that counts, and the words that are shown."""

    label: str
    code: object
    words: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A line of a letter. `who`: the key of the person in a post, or of the unit; `amount` in fen."""

    who: str
    name: str
    place: str
    item: str
    item_name: str
    amount: int
    terms: tuple[Term, ...] = ()
    clause: str = ""
    row_id: int = 0

    @property
    def scope(self) -> tuple[object, ...]:
        """Equal for clauses that cover the same matters in the same way, whatever the amount."""
        return tuple(term.code for term in self.terms)


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is None for what is added, `after` for what is removed."""

    kind: str
    before: Clause | None
    after: Clause | None

    @property
    def clause(self) -> Clause:
        """The one that says whom and what it is about."""
        found = self.after or self.before
        if found is None:
            raise ValueError("没有条款的变化")
        return found

    @property
    def name(self) -> str:
        return NAMES[self.kind]

    @property
    def tone(self) -> str:
        return TONES[self.kind]

    @property
    def difference(self) -> int | None:
        """In fen, by how much the limit rises; None unless there are two limits that differ."""
        if self.before is None or self.after is None or self.before.amount == self.after.amount:
            return None
        return self.after.amount - self.before.amount

    @property
    def differing(self) -> tuple[tuple[str, str, str], ...]:
        """(dimension, words before, words after) where the scope differs."""
        if self.before is None or self.after is None:
            return ()
        pairs = zip(self.before.terms, self.after.terms, strict=True)
        return tuple((new.label, old.words, new.words) for old, new in pairs if old.code != new.code)


def compare(before: Iterable[Clause], after: Iterable[Clause]) -> tuple[Change, ...]:
    """Every clause of both sides exactly once, in the order of `after`; what was removed follows its people.

    Clauses belong together that give the same item to the same person in the same post (or to the same unit).
    Among those, equal ones are paired first, then equal scopes, then what is left as a change of scope.
    """
    olds, news = _grouped(before), _grouped(after)
    order = {who: place for place, who in enumerate(dict.fromkeys(who for who, _ in (*news, *olds)))}
    keys = sorted(dict.fromkeys((*news, *olds)), key=lambda key: order[key[0]])
    return tuple(change for key in keys for change in _paired(olds.get(key, []), news.get(key, [])))


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How many of each kind, every kind named."""
    found = dict.fromkeys(KINDS, 0)
    for change in changes:
        found[change.kind] += 1
    return found


def _grouped(clauses: Iterable[Clause]) -> dict[tuple[str, str], list[Clause]]:
    groups: defaultdict[tuple[str, str], list[Clause]] = defaultdict(list)
    for clause in clauses:
        groups[clause.who, clause.item].append(clause)
    return dict(groups)


def _paired(olds: list[Clause], news: list[Clause]) -> Iterator[Change]:
    """First what is the same, then what has the same scope, then the rest in the order of the amounts."""
    left, rest = sorted(olds, key=_order), sorted(news, key=_order)
    for alike in (_is_same, _has_same_scope):
        for new in list(rest):
            old = next((old for old in left if alike(old, new)), None)
            if old is not None:
                left.remove(old)
                rest.remove(new)
                yield Change(_kind(old, new), old, new)
    for old, new in zip_longest(left, rest):
        yield Change(_kind(old, new), old, new)


def _is_same(old: Clause, new: Clause) -> bool:
    return old.scope == new.scope and old.amount == new.amount


def _has_same_scope(old: Clause, new: Clause) -> bool:
    return old.scope == new.scope


def _kind(old: Clause | None, new: Clause | None) -> str:
    if old is None:
        return ADDED
    if new is None:
        return REMOVED
    if old.scope != new.scope:
        return RESCOPED
    return SAME if old.amount == new.amount else RAISED if new.amount > old.amount else LOWERED


def _order(clause: Clause) -> tuple[int, str, int]:
    return clause.amount, str(clause.scope), clause.row_id
