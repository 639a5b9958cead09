"""One made-up case: its facts, its course in time, its money. Plain Python, run in worker processes."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from claims_admin.demo import profile
from claims_admin.demo.names import person_name, plate_number
from claims_admin.demo.profile import LossKind

DAY = 86_400.0
STAGES = tuple(name for name, _ in profile.MILESTONES)


@dataclass(frozen=True, slots=True)
class UnitCast:
    """A sub-branch as the workers need it: ids, and the ids of its people by post."""

    id: int
    serial: int
    city: str
    letter: str
    share: float
    people: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that a worker knows. `reviewers`: ids by post of the department's offices."""

    seed: int
    now: datetime
    units: tuple[UnitCast, ...]
    reviewers: dict[str, tuple[int, ...]]


@dataclass(slots=True)
class Drawn:
    """A case while it is drawn. Money in fen; `reached` holds the moment of each stage passed."""

    id: int
    unit: UnitCast
    reported_at: datetime
    kind: LossKind = profile.VEHICLE
    ending: str = "paid"
    fen: int = 0
    registered_at: datetime | None = None
    is_forced: bool = False
    days: float = 0
    stage: str = "reported"
    stage_at: datetime | None = None
    closed_at: datetime | None = None
    reached: dict[str, datetime] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class Weighted:
    """Draws one of some values by their weights; quicker than `Random.choices`."""

    def __init__(self, pairs: Sequence[tuple[Any, float]]) -> None:
        self._values = [value for value, _ in pairs]
        self._bounds = list(accumulate(weight for _, weight in pairs))

    def draw(self, random: Random) -> Any:
        return self._values[bisect(self._bounds, random.random() * self._bounds[-1])]


KINDS = Weighted([(kind, kind.share) for kind in profile.LOSS_KINDS])
ENDINGS = Weighted(profile.ENDINGS)
CAUSES = Weighted(profile.CAUSES)
VEHICLE_CLASSES = Weighted(profile.VEHICLE_CLASSES)


def draw_case(random: Random, cast: Cast, case_id: int, unit: UnitCast, reported_at: datetime) -> Drawn:
    case = Drawn(case_id, unit, reported_at)
    _draw_loss(random, case)
    _draw_facts(random, case)
    _draw_registration(random, case)
    _draw_course(random, case, cast.now)
    return case


def _lognormal(random: Random, median: float, sigma: float) -> float:
    return math.exp(math.log(median) + sigma * random.gauss(0, 1))


def _draw_loss(random: Random, case: Drawn) -> None:
    """How it ends, how much it is, and how long it takes."""
    case.kind = kind = KINDS.draw(random)
    case.ending = ENDINGS.draw(random)
    if case.ending == "paid":
        amount = max(_lognormal(random, kind.median, kind.sigma), 80)
        slow = kind is profile.VEHICLE and amount > profile.SMALL_CLAIM
        law = profile.LARGE_VEHICLE if slow else kind
        case.days = min(max(_lognormal(random, law.days, law.days_sigma), 0.2), 700)
    else:
        case.kind = profile.VEHICLE
        median = profile.REFUSED_AMOUNT if case.ending == "refused" else profile.VEHICLE.median / 2
        amount = 0 if _never_reserved(random, case) else _lognormal(random, median, 0.8)
        case.days = min(max(_lognormal(random, profile.UNPAID_DAYS, profile.UNPAID_SIGMA), 0.05), 200)
    case.fen = round(amount * 100)


def _never_reserved(random: Random, case: Drawn) -> bool:
    return case.ending != "refused" and random.random() < profile.NEVER_RESERVED


def _draw_facts(random: Random, case: Drawn) -> None:
    unit, facts, kind = case.unit, case.facts, case.kind
    facts["insured"] = _insured(random, unit.city)
    facts["plate"] = plate_number(random, unit.letter if random.random() < 0.93 else random.choice("ABCFL"))
    facts["vin"] = f"L{random.randrange(10**8):08}{case.id % 10**8:08}"
    facts["vehicle_class"] = VEHICLE_CLASSES.draw(random)
    facts["accident_at"] = case.reported_at - timedelta(seconds=int(_lognormal(random, 2400, 1.6)))
    facts["place"] = (
        f"四川省{unit.city}{'州' if unit.city == '凉山' else '市'}"
        f"{random.choice(profile.DISTRICTS)}{random.choice(profile.ROADS)}"
    )
    facts["cause"] = CAUSES.draw(random)
    facts["ratio"] = random.choice((100, 100, 100, 70, 50, 50, 30))
    facts["is_injury"] = kind is not profile.VEHICLE
    facts["is_litigated"] = random.random() < profile.LITIGATED[kind.name]
    facts["agency"] = _agency(random.random())
    facts["flags"] = _flags(random, case)


def _insured(random: Random, city: str) -> str:
    if random.random() < 0.08:
        trade = random.choice(("物流", "商贸", "运输", "建筑"))
        return f"{city}{random.choice('顺通恒永鑫宏')}{random.choice('达安泰发源')}{trade}有限公司"
    return person_name(random)


def _agency(chance: float) -> str:
    if chance < profile.AGENCY_OUT:
        return "out"
    return "in" if chance < profile.AGENCY_OUT + profile.AGENCY_IN else ""


def _flags(random: Random, case: Drawn) -> list[str]:
    flags = []
    if case.kind is profile.GRAVE and random.random() < 0.4:
        flags.append("death")
    if case.fen >= 50_000_000 or (case.kind is profile.GRAVE and case.fen >= 30_000_000) or "death" in flags:
        flags.append("major")
    chance = random.random()
    if chance < 0.012:
        flags.append("imported_vehicle")
    elif chance < 0.016:
        flags.append("suspected_fraud")
    elif chance < 0.0168:
        flags.append("media")
    elif chance < 0.023:
        flags.append("rare_vehicle" if chance < 0.019 else "no_local_parts")
    return flags


def _draw_registration(random: Random, case: Drawn) -> None:
    chance = random.random()
    if chance < profile.SAME_DAY:
        delay = _lognormal(random, 1500, 1.0)
    elif chance < profile.WITHIN_THREE_DAYS:
        delay = random.uniform(0.7, 2.95) * DAY
    else:
        delay, case.is_forced = 3 * DAY, True
    case.registered_at = case.reported_at + timedelta(seconds=int(min(delay, 3 * DAY)))
    case.days = max(case.days, delay / DAY + 0.02)


def _draw_course(random: Random, case: Drawn, now: datetime) -> None:
    """Walk the stages up to now; a case whose time is over is closed."""
    age = (now - case.reported_at).total_seconds() / DAY
    registered = case.registered_at
    case.stage_at = case.reported_at
    if registered is None or registered > now:
        case.registered_at, case.is_forced = None, False
        return
    _reach(case, "registered", registered)
    for stage, part in profile.GRAVE_MILESTONES if case.kind is profile.GRAVE else profile.MILESTONES:
        if case.ending != "paid" and stage not in (("surveyed", "assessed") if case.fen else ("surveyed",)):
            break
        if case.days * part <= age:
            moment = case.reported_at + timedelta(seconds=int(case.days * part * DAY))
            _reach(case, stage, max(moment, registered))
    if case.days <= age:
        case.closed_at = max(case.reported_at + timedelta(seconds=int(case.days * DAY)), registered)
        case.stage, case.stage_at = "closed", case.closed_at
    else:
        _hold_up(random, case, age)


def _reach(case: Drawn, stage: str, moment: datetime) -> None:
    case.reached[stage] = moment
    case.stage, case.stage_at = stage, moment


def _hold_up(random: Random, case: Drawn, age: float) -> None:
    """Some open cases lie still: returned for mending, or suspended."""
    if case.stage not in ("assessed", "adjusted"):
        return
    chance = random.random()
    if chance < 0.03 and age > 20:
        case.stage = "suspended"
