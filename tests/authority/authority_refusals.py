"""What the model refuses: the same plain rules, asked before somebody changes anything of the plain world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tests.authority.authority_model import (
    LAST,
    MOST_HOURS,
    NEVER,
    STAND_IN,
    Absence,
    Certificate,
    Emergency,
    Letter,
    Post,
    Row,
    StandIn,
    World,
    day_of,
    midnight,
    overlap,
)

KEY_ITEMS = {"adjudication", "damage_review"}
KINDS = {
    "hq/": "head_office",
    "hq/sc/": "branch",
    "hq/sc/motor/": "department",
    "hq/sc/motor/adj/": "office",
    "hq/sc/motor/my/": "sub_branch",
    "hq/sc/motor/dy/": "sub_branch",
}
PASSED_ON = {
    ("head_office", "branch"),
    ("head_office", "department"),
    ("branch", "sub_branch"),
    ("department", "sub_branch"),
}
SECURITY = "security"
MANAGERS = {"chief": "hq/", "head": "hq/sc/motor/", "deputy": "hq/sc/motor/", "sub": "hq/sc/motor/my/"}
"""What each post manages, with all below it, as long as it is held."""
SEES = {"adj": "hq/sc/motor/", "keep": "hq/sc/motor/"}
"""By kind of post: an office sees the cases of its department; other posts those of their own unit."""


def manages(world: World, who: str, unit: str, now: datetime) -> bool:
    held = world.posts_of(who, day_of(now))
    return any(post.kind in MANAGERS and unit.startswith(MANAGERS[post.kind]) for post in held)


def is_above(world: World, who: str, other: str, now: datetime) -> bool:
    """Manages a unit in which the other has a post."""
    return any(manages(world, who, post.unit, now) for post in world.posts_of(other, day_of(now)))


def sees(world: World, who: str, unit: str, now: datetime) -> bool:
    held = world.posts_of(who, day_of(now))
    return any(unit.startswith(SEES.get(post.kind, post.unit)) for post in held)


# letters


def may_draft(world: World, letter: Letter, now: datetime) -> bool:
    right = letter.drafter == SECURITY or manages(world, letter.drafter, letter.issuer, now)
    units = letter.scope.startswith(letter.issuer)
    if letter.mode == "by_institution":
        units = units and (KINDS[letter.issuer], KINDS[letter.scope]) in PASSED_ON
    return right and units and all(_sound(world, letter, row, now) for row in letter.rows)


def _sound(world: World, letter: Letter, row: Row, now: datetime) -> bool:
    """As a line, whatever the sum: the person in the post and certified, the post and the unit in reach."""
    if row.post is None:
        return letter.mode == "by_institution" and row.unit.startswith(letter.scope)
    first = max(day_of(now), letter.first)
    held = {one.code for one in world.certificates if one.who == row.post.who and _certified(one, first)}
    demanded = row.post.needs if world.enforced_from <= first else frozenset()
    above = row.post.unit != letter.issuer or letter.issuer == "hq/" or row.item not in KEY_ITEMS
    reach = row.post.unit.startswith(letter.scope) and row.unit.startswith(letter.issuer)
    return letter.mode == "by_person" and row.post.on(first) and demanded <= held and reach and above


def _certified(one: Certificate, day: date) -> bool:
    return one.confirmed_at != NEVER and one.revoked_at == NEVER and one.first <= day <= one.last


def conflicts(world: World, letter: Letter, now: datetime) -> bool:
    """Nothing in it, a line no longer sound or to oneself, or more or longer than what was passed on."""
    standing = _standing(world, letter, now)
    return not letter.rows or any(
        not _sound(world, letter, row, now)
        or (row.post is not None and row.post.who in letter.hands | {letter.drafter})
        or _over(letter, row, standing)
        for row in letter.rows
    )


def to_supersede(world: World, letter: Letter, now: datetime) -> list[Letter]:
    begins = max(now, midnight(letter.first))
    return [
        one
        for one in world.letters
        if one is not letter
        and (one.issuer, one.scope, one.mode) == (letter.issuer, letter.scope, letter.mode)
        and (one.status == "in_force" or (one.status == "superseded" and one.ended_at > begins))
    ]


def _standing(world: World, letter: Letter, now: datetime) -> list[Row]:
    """The ceilings on its first day but those that it ends itself."""
    begins = max(now, midnight(letter.first))
    ending = to_supersede(world, letter, now)
    return [
        row
        for one in world.letters
        if one not in ending and one.approved_at != NEVER and one.first <= day_of(begins) <= one.last
        for row in one.rows
        if row.post is None and row.revoked_at == NEVER and one.stands(begins)
    ]


def _over(letter: Letter, row: Row, standing: Iterable[Row]) -> bool:
    above = [one for one in standing if row.place.startswith(one.unit) and one.meets(row)]
    return any(row.fen > one.fen or letter.last > one.letter.last for one in above)


def may_submit(world: World, letter: Letter, by: str, now: datetime) -> bool:
    right = by == SECURITY or manages(world, by, letter.issuer, now)
    return letter.status == "draft" and right and not conflicts(world, letter, now)


def may_approve(world: World, letter: Letter, by: str, now: datetime) -> bool:
    level = world.level(by, day_of(now)) or 0
    people = [row.post for row in letter.rows if row.post]
    second = by not in letter.hands | {letter.drafter} and manages(world, by, letter.issuer, now)
    below = all(post.who != by and post.level <= level for post in people)
    current = letter.status == "submitted" and letter.last >= day_of(now)
    return current and second and below and not conflicts(world, letter, now)


def may_send_back(world: World, letter: Letter, by: str, now: datetime) -> bool:
    return letter.status == "submitted" and (by == letter.drafter or manages(world, by, letter.issuer, now))


def may_revoke(world: World, letter: Letter, rows: Iterable[Row], by: str, now: datetime) -> bool:
    right = by == SECURITY or manages(world, by, letter.issuer, now)
    own = any(row.post and row.post.who == by and row.revoked_at == NEVER for row in rows)
    return letter.stands(now) and right and not own


# people


def may_relieve(world: World, post: Post, last: date, by: str, now: datetime) -> bool:
    today = day_of(now)
    right = (
        by != post.who and manages(world, by, post.unit, now) and post.level <= (world.level(by, today) or 0)
    )
    dated = post.first <= last <= post.last and last >= today - timedelta(days=1)
    return right and dated and post.last >= today


def may_appoint(world: World, post: Post, by: str, now: datetime) -> bool:
    right = by != post.who and manages(world, by, post.unit, now)
    again = any(
        (one.who, one.kind, one.unit) == (post.who, post.kind, post.unit) and one.last >= post.first
        for one in world.posts
    )
    return right and not again and post.level <= (world.level(by, day_of(now)) or 0)


def may_record(world: World, absence: Absence) -> bool:
    mine = [one for one in world.absences if one.who == absence.who and one.cancelled_at == NEVER]
    return not overlap(absence.first, absence.last, mine)


# stand-ins


def may_propose(world: World, one: StandIn, by: str, now: datetime) -> bool:
    right = by == one.delegator or is_above(world, by, one.delegator, now)
    return right and by != one.delegate != one.delegator and may_stand_in(world, one, now)


def may_stand_in(world: World, one: StandIn, now: datetime) -> bool:
    """Asked when it is proposed, and again when it is accepted."""
    rows = [row for row in world.grants_of(one.delegator, now) if row.item in one.items]
    level = world.level(one.delegate, day_of(now))
    able = level is not None and all(STAND_IN[item][level] for item in one.items)
    taken = [
        other
        for other in world.stand_ins
        if other is not one
        and other.delegator == one.delegator
        and other.ended_at == NEVER
        and other.items & one.items
    ]
    away = [a for a in world.absences if a.who == one.delegate and a.cancelled_at == NEVER]
    units = [one.unit] if one.unit else [row.unit for row in rows]
    return (
        one.absence.is_open(now)
        and one.absence.first <= one.first < one.last <= one.absence.last
        and {row.item for row in rows} == one.items
        and able
        and not overlap(one.first, one.last, [*taken, *away])
        and all(sees(world, one.delegate, unit, now) for unit in units)
    )


def may_answer(one: StandIn, by: str, now: datetime) -> bool:
    waits = one.accepted_at == NEVER and one.ended_at == NEVER
    return by == one.delegate and waits and one.absence.is_open(now) and one.last > now


def may_recall(world: World, one: StandIn, by: str, now: datetime) -> bool:
    return one.ended_at == NEVER and (by == one.delegator or is_above(world, by, one.delegator, now))


# emergencies


def may_give(world: World, given: Emergency, hours: int, by: str, now: datetime) -> bool:
    grant, level = given.grant, world.level(given.who, day_of(now))
    holds = grant.in_force(now) and bool(grant.post) and grant.post.who == by
    unit = given.unit or grant.unit
    below = not given.unit and any(
        sees(world, given.who, path, now) for path in KINDS if path.startswith(grant.unit)
    )
    again = any(
        other.who == given.who
        and other.grant.item == grant.item
        and other.first <= now < min(other.last, other.ended_at)
        for other in world.emergencies
    )
    return (
        holds
        and not world.frozen(by, grant, now)
        and not world.away(by, now)
        and level is not None
        and (world.level(by, day_of(now)) or 0) > level
        and (sees(world, given.who, unit, now) or below)
        and not again
        and 0 < hours <= MOST_HOURS
        and 0 < given.fen <= grant.fen
    )


def may_end(world: World, given: Emergency, by: str, now: datetime) -> bool:
    giver = given.grant.post.who if given.grant.post else ""
    right = by in (giver, SECURITY) or is_above(world, by, given.who, now)
    return right and given.ended_at == NEVER and given.last > now


# certificates


def keeps(world: World, who: str, now: datetime) -> bool:
    return any(post.kind == "keep" for post in world.posts_of(who, day_of(now)))


def may_enter(world: World, one: Certificate, now: datetime) -> bool:
    return keeps(world, one.entered_by, now) and one.entered_by != one.who


def may_confirm(world: World, one: Certificate, by: str, now: datetime) -> bool:
    open_ = one.confirmed_at == NEVER and one.revoked_at == NEVER
    return _watches(world, one, by, now) and by not in (one.who, one.entered_by) and open_


def may_strike(world: World, one: Certificate, by: str, now: datetime) -> bool:
    return _watches(world, one, by, now) and by != one.who and one.revoked_at == NEVER


def _watches(world: World, one: Certificate, by: str, now: datetime) -> bool:
    return by == SECURITY or keeps(world, by, now) or is_above(world, by, one.who, now)


def may_enforce(starts_on: date, by: str, now: datetime) -> bool:
    return by == SECURITY and (starts_on == LAST or starts_on >= day_of(now))


# letters coming and going


def approve(world: World, letter: Letter, now: datetime) -> None:
    for old in to_supersede(world, letter, now):
        old.next, old.status = letter, "superseded"
        if midnight(letter.first) <= now:
            _end(old, now)
        else:
            old.ended_at = midnight(letter.first)
    letter.status, letter.approved_at = "in_force", now


def revoke(world: World, letter: Letter, now: datetime) -> None:
    """Taken back before it began, it leaves its place to what it was to replace."""
    if midnight(letter.first) > now:
        before = [one for one in world.letters if one.next is letter and now < one.ended_at < NEVER]
        for old in before:
            old.next, old.ended_at = letter.next, letter.ended_at
            old.status = "superseded" if old.next else "in_force"
    letter.status = "revoked"
    _end(letter, now)


def _end(letter: Letter, now: datetime) -> None:
    letter.ended_at = now
    for row in letter.rows:
        row.revoked_at = min(row.revoked_at, now)
