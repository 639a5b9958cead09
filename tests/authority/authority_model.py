"""Who may decide what, in plain Python: written from the rules of docs/authority.md, not from the code.

Money is integer fen, a unit is its path. A set of lines or loss classes is written out: everything is all of
them. What is dated in days counts from the first to the last, what is dated in moments up to the last one.
`key` is that of the row in the database, of which the model makes no use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LINES = frozenset({"ctpl", "own_damage", "third_party"})
CLASSES = frozenset({"vehicle", "person"})
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LAST = date.max
SAME_HANDS = 200_000
"""SOD-03: up to 2,000 yuan who surveyed a loss may review it, too; SOD-02 allows him no adjudication."""
STAND_IN = {  # 公司权限表: what a post of this level may hold at most for somebody else, in yuan
    "adjudication": (0, 20_000, 100_000, 200_000, 500_000, 500_000, 500_000),
    "damage_review": (0, 20_000, 50_000, 100_000, 300_000, 500_000, 500_000),
}
MOST_HOURS = 24


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Question:
    """A sum of one item in one unit; `surveyor` went to see the damage."""

    item: str
    unit: str
    lines: frozenset[str]
    classes: frozenset[str]
    fen: int
    surveyor: str = ""


@dataclass(eq=False)
class Post:
    who: str
    kind: str
    unit: str
    level: int
    first: date
    last: date = LAST
    needs: frozenset[str] = frozenset()
    key: int = 0

    def on(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(eq=False)
class Letter:
    issuer: str
    scope: str
    mode: str
    drafter: str
    first: date
    last: date = LAST
    status: str = "draft"
    hands: set[str] = field(default_factory=set)
    approved_at: datetime = NEVER
    ended_at: datetime = NEVER
    next: Letter | None = None
    rows: list[Row] = field(default_factory=list)
    key: int = 0

    def stands(self, now: datetime) -> bool:
        return self.status == "in_force" or (self.status == "superseded" and self.ended_at > now)

    def in_force(self, moment: datetime) -> bool:
        return self.approved_at <= moment < self.ended_at and self.first <= day_of(moment) <= self.last


@dataclass(eq=False)
class Row:
    """A grant when it has a post, else a ceiling."""

    letter: Letter
    item: str
    unit: str
    lines: frozenset[str]
    classes: frozenset[str]
    fen: int
    below: bool = True
    post: Post | None = None
    revoked_at: datetime = NEVER
    key: int = 0

    def in_force(self, moment: datetime) -> bool:
        sits = self.post is None or self.post.on(day_of(moment))
        return self.letter.in_force(moment) and moment < self.revoked_at and sits

    @property
    def place(self) -> str:
        """What sits below which ceilings."""
        return self.post.unit if self.post else self.unit

    def contains(self, asked: Question) -> bool:
        inside = asked.unit.startswith(self.unit) if self.below else asked.unit == self.unit
        fits = asked.lines <= self.lines and asked.classes <= self.classes
        return self.item == asked.item and inside and fits and asked.fen <= self.fen

    def meets(self, other: Row | Question) -> bool:
        same = self.item == other.item
        return same and bool(self.lines & other.lines) and bool(self.classes & other.classes)


@dataclass(eq=False)
class Absence:
    who: str
    first: datetime
    last: datetime
    cancelled_at: datetime = NEVER
    key: int = 0

    def at(self, moment: datetime) -> bool:
        return self.first <= moment < min(self.last, self.cancelled_at)

    def is_open(self, now: datetime) -> bool:
        return self.cancelled_at == NEVER and self.last > now


@dataclass(eq=False)
class StandIn:
    absence: Absence
    delegate: str
    items: frozenset[str]
    first: datetime
    last: datetime
    unit: str = ""
    lines: frozenset[str] = LINES
    fen: int | None = None
    accepted_at: datetime = NEVER
    ended_at: datetime = NEVER
    key: int = 0

    @property
    def delegator(self) -> str:
        return self.absence.who

    def in_force(self, moment: datetime) -> bool:
        dated = self.first <= moment < self.last and self.accepted_at <= moment < self.ended_at
        return dated and self.absence.at(moment)

    def hands(self, asked: Question) -> bool:
        small = self.fen is None or asked.fen <= self.fen
        return (
            asked.item in self.items
            and asked.unit.startswith(self.unit)
            and asked.lines <= self.lines
            and small
        )


@dataclass(eq=False)
class Emergency:
    grant: Row
    who: str
    fen: int
    first: datetime
    last: datetime
    unit: str = ""
    lines: frozenset[str] = LINES
    ended_at: datetime = NEVER
    key: int = 0

    def in_force(self, moment: datetime) -> bool:
        return self.first <= moment < min(self.last, self.ended_at) and self.grant.in_force(moment)

    def hands(self, asked: Question) -> bool:
        return asked.unit.startswith(self.unit) and asked.lines <= self.lines and asked.fen <= self.fen


@dataclass(eq=False)
class Certificate:
    who: str
    code: str
    entered_by: str
    first: date
    last: date
    confirmed_at: datetime = NEVER
    revoked_at: datetime = NEVER
    key: int = 0

    def in_force(self, moment: datetime) -> bool:
        return self.confirmed_at <= moment < self.revoked_at and self.first <= day_of(moment) <= self.last


@dataclass(eq=False)
class World:
    posts: list[Post] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    stand_ins: list[StandIn] = field(default_factory=list)
    emergencies: list[Emergency] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    enforced_from: date = LAST

    def rows(self, moment: datetime) -> Iterator[Row]:
        return (row for letter in self.letters for row in letter.rows if row.in_force(moment))

    def grants_of(self, who: str, moment: datetime) -> list[Row]:
        return [row for row in self.rows(moment) if row.post and row.post.who == who]

    def posts_of(self, who: str, day: date) -> list[Post]:
        return [post for post in self.posts if post.who == who and post.on(day)]

    def level(self, who: str, day: date) -> int | None:
        return max((post.level for post in self.posts_of(who, day)), default=None)

    def away(self, who: str, moment: datetime) -> bool:
        return any(absence.who == who and absence.at(moment) for absence in self.absences)

    def frozen(self, who: str, row: Row, moment: datetime) -> bool:
        """For want of a certificate that the post behind the grant demands."""
        needs = row.post.needs if row.post and self.enforced_from <= day_of(moment) else frozenset()
        return not needs <= {one.code for one in self.certificates if one.who == who and one.in_force(moment)}

    def capped(self, row: Row, asked: Question, moment: datetime) -> bool:
        """Some unit above the post has passed on less than this, or nothing of the kind."""
        over: dict[str, list[Row]] = {}
        for one in self.rows(moment):
            if one.post is None and one.item == asked.item and row.place.startswith(one.unit):
                over.setdefault(one.unit, []).append(one)
        return any(
            not self._passed_on([one for one in rows if one.meets(asked)], asked) for rows in over.values()
        )

    def _passed_on(self, rows: list[Row], asked: Question) -> bool:
        lines = asked.lines <= frozenset().union(*(row.lines for row in rows))
        classes = asked.classes <= frozenset().union(*(row.classes for row in rows))
        return bool(rows) and lines and classes and all(asked.fen <= row.fen for row in rows)

    def may_decide(self, who: str, asked: Question, moment: datetime) -> bool:
        if self.away(who, moment) or self._took_part(who, asked):
            return False
        return any(
            row.contains(asked) and not self.frozen(who, row, moment) and not self.capped(row, asked, moment)
            for row in self._held(who, asked, moment)
        )

    def deciders(self, asked: Question, moment: datetime) -> set[str]:
        return {who for who in {post.who for post in self.posts} if self.may_decide(who, asked, moment)}

    def _held(self, who: str, asked: Question, moment: datetime) -> Iterator[Row]:
        """The grants that this person may use for it: his own, of those he stands in for, and given ones."""
        yield from self.grants_of(who, moment)
        for one in self.stand_ins:
            handed = one.delegate == who and one.in_force(moment) and one.hands(asked)
            if handed and self._reaches(who, asked, moment) and not self._took_part(one.delegator, asked):
                rows = self.grants_of(one.delegator, moment)
                yield from (row for row in rows if not self.frozen(one.delegator, row, moment))
        for given in self.emergencies:
            if given.who == who and given.in_force(moment) and given.hands(asked):
                giver = given.grant.post.who if given.grant.post else ""
                if self.posts_of(who, day_of(moment)) and not self.frozen(giver, given.grant, moment):
                    yield given.grant

    def _reaches(self, who: str, asked: Question, moment: datetime) -> bool:
        level = self.level(who, day_of(moment))
        most = 0 if level is None else STAND_IN[asked.item][level] * 100
        return most > 0 and asked.fen <= most

    @staticmethod
    def _took_part(who: str, asked: Question) -> bool:
        is_small = asked.item == "damage_review" and asked.fen <= SAME_HANDS
        return asked.surveyor == who and not is_small


def overlap(first: datetime, last: datetime, others: Iterable[Absence | StandIn]) -> bool:
    return any(other.first < last and first < other.last for other in others)


def next_day(moment: datetime, days: int) -> date:
    return day_of(moment) + timedelta(days=days)
