"""Who works in the made-up branch: everybody in one post, the administrators in none, some away today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from claims_admin.demo.names import id_number, person_names, phone_number
from claims_admin.demo.organisation import founding_moment
from departments.models import Absence, Appointment, OrgUnit, Post, Staff
from departments.services.unit_access import sync_everybody

PASSWORD = "Chuan-2026-Lipei"  # noqa: S105 - of the made-up branch, printed at start
AGENCY_WORKERS = 0.1
ADMINISTRATORS = (("system", "990001"), ("security", "990002"), ("audit", "990003"))
AWAY = (("LAR", "leave", -2, 3), ("ADJ", "sick", -1, 2), ("UNIT_HEAD", "training", -1, 4))
TOMORROW = (("INJ_REV", "travel", 3, 6), ("DEPT_DEPUTY", "leave", 7, 12), ("SURVEY", "leave", 1, 5))
LATE = ("ADJ", "travel")
PAST = (("PPR", "leave", -30, -23), ("ADJ", "travel", -12, -9), ("OFFICE_HEAD", "leave", -50, -40))


class People:
    """The staff by post, in the order of their employee numbers."""

    def __init__(self, appointments: list[Appointment], administrators: list[Staff]) -> None:
        self.appointments = appointments
        self.administrators = administrators
        self._by_post: dict[tuple[str, str], list[Appointment]] = {}
        for appointment in appointments:
            post = appointment.post
            self._by_post.setdefault((post.unit.code, post.post_type.code), []).append(appointment)

    def in_post(self, unit_code: str, post_code: str) -> list[Appointment]:
        return self._by_post.get((unit_code, post_code), [])

    def one(self, unit_code: str, post_code: str) -> Staff:
        """The first holder of a post that is filled."""
        return self._by_post[unit_code, post_code][0].staff

    def of_type(self, post_code: str) -> list[Appointment]:
        return [one for one in self.appointments if one.post.post_type.code == post_code]

    def staff_of(self, unit_code: str, *post_codes: str) -> list[Staff]:
        return [one.staff for code in post_codes for one in self.in_post(unit_code, code)]


class Hiring:
    """Draws persons: a name that nobody else has, numbers, dates; all with the one password."""

    def __init__(self, random: Random, today: date) -> None:
        self.random = random
        self.today = today
        self._names = person_names(random)
        self._password = make_password(PASSWORD)

    def staff(self, number: str, post: Post | None = None, *, admin_role: str = "") -> Staff:
        draw = self.random
        return Staff(
            employee_no=number,
            name=next(self._names),
            password=self._password,
            phone=phone_number(draw),
            id_number=id_number(draw),
            email=f"{number}@example.com",
            admin_role=admin_role,
            is_staff=bool(admin_role) or (post is not None and post.post_type.enters_admin),
            is_employee=post is None or post.post_type.employees_only or draw.random() > AGENCY_WORKERS,
            hired_on=date(draw.randint(2008, 2023), draw.randint(1, 12), draw.randint(1, 28)),
            password_changed_at=timezone.now(),
        )

    def appointment(self, number: str, post: Post) -> Appointment:
        starts_on = self.today - timedelta(days=self.random.randint(400, 2000))
        basis = f"川人任〔{starts_on.year}〕{self.random.randint(1, 60)}号"
        return Appointment(staff=self.staff(number, post), post=post, starts_on=starts_on, basis=basis)


def make_people(posts: list[Post], *, random: Random, today: date) -> People:
    """Fill every post, give the posts' unit permissions, and send some people away."""
    hiring = Hiring(random, today)
    appointments = [hiring.appointment(number, post) for number, post in _numbered(posts)]
    administrators = [hiring.staff(number, admin_role=role) for role, number in ADMINISTRATORS]
    _save(appointments, administrators)
    sync_everybody(today)
    people = People(appointments, administrators)
    _send_away(people, today)
    return people


def _numbered(posts: Iterable[Post]) -> Iterator[tuple[str, Post]]:
    """Employee numbers tell the unit: 90 head office, 51 the department, 52… the sub-branches."""
    sub_branches: list[str] = []
    taken: dict[str, int] = {}
    for post in posts:
        prefix = _prefix(post.unit, sub_branches)
        for _ in range(post.headcount):
            taken[prefix] = taken.get(prefix, 0) + 1
            yield f"{prefix}{taken[prefix]:0{6 - len(prefix)}}", post


def _prefix(unit: OrgUnit, sub_branches: list[str]) -> str:
    if unit.kind == "head_office":
        return "90"
    if unit.kind != "sub_branch":
        return "51"
    if unit.code not in sub_branches:
        sub_branches.append(unit.code)
    return f"52{len(sub_branches):02}"


def _save(appointments: list[Appointment], administrators: list[Staff]) -> None:
    everybody = [*(one.staff for one in appointments), *administrators]
    bulk_create_with_history(everybody, Staff, default_date=founding_moment())
    for appointment in appointments:
        appointment.staff = appointment.staff
    bulk_create_with_history(appointments, Appointment, default_date=founding_moment())


def _send_away(people: People, today: date) -> None:
    """Recorded two days ahead, as people should; one was entered a week late."""
    recorder = people.one("gen", "ADMIN")
    for position, (code, kind, first, last) in enumerate((*AWAY, *TOMORROW, *PAST)):
        holders = people.of_type(code)
        absence = Absence(
            staff=holders[(position * 3 + 1) % len(holders)].staff,
            kind=kind,
            starts_at=_at(today + timedelta(days=first), 9),
            ends_at=_at(today + timedelta(days=last), 18),
            recorded_by=recorder,
        )
        known_on = first + 7 if (code, kind) == LATE else min(first - 2, -1)
        bulk_create_with_history([absence], Absence, default_date=_at(today + timedelta(days=known_on), 8))


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))  # noqa: DTZ001 - made aware here
