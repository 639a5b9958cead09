"""The small company in which the random lives are led: built once per walk, and the clock with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from authority.models import AuthorityItem
from departments.models import OrgUnit, PostType, Staff
from departments.models import Post as PostRow
from departments.services import sync_everybody
from tests.authority.authority_model import SHANGHAI, Post, World
from tests.cases.test_life_model import guard
from tests.factories import AppointmentFactory, OrgUnitFactory, PostFactory, PostTypeFactory, StaffFactory

START = datetime(2031, 3, 3, 10, tzinfo=SHANGHAI)
LONG_AGO = date(2020, 1, 1)
UNITS = (
    ("hq/", "head_office"),
    ("hq/sc/", "branch"),
    ("hq/sc/motor/", "department"),
    ("hq/sc/motor/adj/", "office"),
    ("hq/sc/motor/my/", "sub_branch"),
    ("hq/sc/motor/dy/", "sub_branch"),
)
MANAGING = ["see_cases", "see_people", "manage_unit"]
KINDS = {  # kind of post: level, permissions, how far they reach, certificates demanded
    "chief": (6, MANAGING, "unit", []),
    "head": (5, MANAGING, "unit", []),
    "deputy": (5, MANAGING, "unit", []),
    "office": (4, ["see_cases"], "unit", []),
    "adj": (3, ["see_cases"], "department", ["ADJUDICATOR"]),
    "sub": (2, MANAGING, "unit", []),
    "clerk": (1, ["see_cases"], "unit", []),
    "guest": (0, ["see_cases"], "unit", []),
}
PEOPLE = {
    "chief": ("chief", "hq/"),
    "head": ("head", "hq/sc/motor/"),
    "deputy": ("deputy", "hq/sc/motor/"),
    "office": ("office", "hq/sc/motor/"),
    "ada": ("adj", "hq/sc/motor/adj/"),
    "ben": ("adj", "hq/sc/motor/adj/"),
    "sub": ("sub", "hq/sc/motor/my/"),
    "clerk": ("clerk", "hq/sc/motor/my/"),
    "guest": ("guest", "hq/sc/motor/dy/"),
    "keeper": ("keep", "hq/sc/motor/adj/"),
    "second": ("keep", "hq/sc/motor/adj/"),
}
T = TypeVar("T")


class Walk:
    def __init__(self, random: Random) -> None:
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.random, self.world, self.moments = random, World(), [START]
        self.serial = 0
        self.units = self._units()
        self.security = StaffFactory(name="security", admin_role="security")
        self.posts: dict[str, PostRow] = {}
        self.people = {name: self._person(name, *where) for name, where in PEOPLE.items()}
        self.names = {staff.pk: name for name, staff in self.people.items()}
        self.items = {item.code: item for item in AuthorityItem.objects.all()}
        sync_everybody(timezone.localdate())
        guard(on=True)

    def stop(self) -> None:
        """What happened is asked for its entries before the clock is right again."""
        try:
            guard(on=False)
        finally:
            self.clock.stop()

    def _units(self) -> dict[str, OrgUnit]:
        units: dict[str, OrgUnit] = {}
        for path, kind in UNITS:
            code = path.rstrip("/").rsplit("/", 1)[-1]
            parent = units.get(path[: -len(code) - 1])
            units[path] = OrgUnitFactory(code=code, parent=parent, kind=kind)
        return units

    def _person(self, name: str, kind: str, unit: str) -> Staff:
        staff = StaffFactory(name=name)
        if kind not in self.posts:
            self.posts[kind] = PostFactory(unit=self.units[unit], post_type=self._post_type(kind))
        held = AppointmentFactory(staff=staff, post=self.posts[kind], starts_on=LONG_AGO)
        self.world.posts.append(self.post(name, kind, unit, LONG_AGO, held.pk))
        return staff

    def _post_type(self, kind: str) -> PostType:
        if kind == "keep":
            return PostType.objects.get(code="ADMIN")
        level, permissions, scope, needs = KINDS[kind]
        values = {"level": level, "permissions": permissions, "scope": scope, "required_certificates": needs}
        return PostTypeFactory(name=kind, **values)

    def post(self, who: str, kind: str, unit: str, first: date, key: int) -> Post:
        kind_of = self.posts[kind].post_type
        needs = frozenset(kind_of.required_certificates)
        return Post(who, kind, unit, kind_of.level, first, needs=needs, key=key)

    def pass_by(self, time: timedelta) -> None:
        """As it goes by itself: what posts begin or end brings its rights with it, or takes them away."""
        self.traveller.shift(time)
        sync_everybody(timezone.localdate())

    def attempt(self, act: Callable[[], T], *, expected: bool | None) -> T | None:
        """Does it; None of `expected`: the model has no opinion. None comes back when it was refused."""
        self.traveller.shift(timedelta(minutes=1))
        try:
            with transaction.atomic():
                done, refusal = act(), ""
        except PermissionDenied as refused:
            done, refusal = None, str(refused) or "refused"
        assert expected in (None, not refusal), refusal or "allowed"
        return done

    def staff(self, name: str) -> Staff:
        """Read anew: an instance keeps what it once knew of its units."""
        return Staff.objects.get(pk=self.security.pk if name == "security" else self.people[name].pk)

    def number(self) -> str:
        self.serial += 1
        return f"M{self.serial:05}"


def one_of(random: Random, things: Sequence[T], last: int = 6) -> T | None:
    """Rather of the latest, which are those that something can still be done with."""
    return random.choice(things[-last:]) if things else None
