"""From rows to the plain values that a ruling is made from, in a constant number of queries.

A grant counts when it is dated today, not revoked, rests on a letter in force, and its appointment is in
force for the very person it names: whoever leaves a post leaves its authority behind.

Both time axes go through `Moment`: `at` says when it must be in force, `known_at` as of when the rows are
read. To add a fact to the holder (a stand-in, an interest, a certificate), write a module of its own that
takes the moment, reads with `moment.rows(Model)`, never with `Model.objects`, and gives one expression that
refers to the person by the name of a column; put it into `_today`. It becomes part of the one statement
here, so that a decision costs no further query, and is dated twice without more ado:

    def interests(person: str, moment: Moment) -> ArraySubquery:
        declared = moment.rows(Interest).filter(staff=OuterRef(person), ...)
        return ArraySubquery(declared.values("subject"))

The key in `_today` is the name of the field of `Holder`; JSON has no sets, tuples or decimals, so what is
none of text, number or truth is made up in `_holder`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from authority.certificates import enforced_certificates, held_certificates, with_demands
from authority.interests import declared_interests
from authority.models import PersonalGrant
from authority.models.limits import GrantQuerySet
from authority.moments import Moment
from authority.rulings import HeldLimit, Holder
from authority.terms import LIMIT, limit_from
from departments.models import Absence, Appointment, Staff

# Person, appointments and grants, always in this order; rows of grants by their key. Shared, so that deciding
# never waits for deciding; whoever revokes, relieves or disables changes one of these rows and waits for us.
# So do those who revoke a certificate (its row) or declare an interest (the row of the person).
_LOCK_GRANTS = """
    with certified as (
        select id from departments_certificate
        where staff_id = %s and revoked_at is null order by id for share
    )
    select held.id, (select count(*) from certified)
    from authority_personalgrant held
    join departments_staff person on person.id = held.holder_id
    join departments_appointment appointment on appointment.id = held.appointment_id
    where held.holder_id = %s and held.revoked_at is null
    order by held.id
    for share of person, appointment, held
"""


_PERSON = {
    "person_id": "pk",
    "name": "name",
    "is_active": "is_active",
    "admin_role": "admin_role",
    "is_employee": "is_employee",
}


def holder_for(
    staff: Staff,
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    lock: bool = False,
    loads: Mapping[int, int] | None = None,
) -> Holder:
    """This person with the limits in force, read from the database and not from `staff`: one query.

    A second one for somebody without a limit. `lock` (inside a transaction, after the case row is locked)
    keeps every grant of the person as it is until the transaction ends. `loads` is the number of chain steps
    waiting by person, known to the caller only. Raises Staff.DoesNotExist for somebody not yet known at
    `known_at`.
    """
    if lock:
        _lock_grants(staff.pk)
    moment, waiting = Moment(at, known_at), loads or {}
    for holder in _holders(_grants(moment).filter(holder=staff), moment, waiting):
        return holder
    return _without_limits(staff, moment, waiting)


def holders_of(
    item_code: str,
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    loads: Mapping[int, int] | None = None,
) -> list[Holder]:
    """Everybody with a limit in force for the item, by person id; one query. `loads`: steps waiting."""
    moment = Moment(at, known_at)
    return list(_holders(_grants(moment).filter(item__code=item_code), moment, loads or {}))


def _lock_grants(staff_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_GRANTS, [staff_id, staff_id])


def _grants(moment: Moment) -> QuerySet[PersonalGrant]:
    grants: GrantQuerySet = moment.rows(PersonalGrant)
    return grants.effective_at(moment.at) if moment.at else grants.effective(moment.day)


def _holders(grants: QuerySet[PersonalGrant], moment: Moment, loads: Mapping[int, int]) -> Iterator[Holder]:
    """By person id, each with the limits among `grants`."""
    person = {name: F(f"holder__{field}") for name, field in _PERSON.items()}
    rows = grants.annotate(holding=JSONObject(**person, **_today("holder", moment)))
    held = rows.order_by("holder", "pk").values_list("holding", *LIMIT.values())
    for holding, lines in groupby(held, key=itemgetter(0)):
        yield _holder(holding, [limit_from(line[1:]) for line in lines], loads)


def _without_limits(staff: Staff, moment: Moment, loads: Mapping[int, int]) -> Holder:
    person = {name: F(field) for name, field in _PERSON.items()}
    rows = moment.rows(Staff).annotate(holding=JSONObject(**person, **_today("pk", moment)))
    return _holder(rows.values_list("holding", flat=True).get(pk=staff.pk), [], loads)


def _today(person: str, moment: Moment) -> dict[str, Any]:
    """On leave or not, and the unit of the main post, from any row that refers to a person by `person`."""
    posts = moment.rows(Appointment).on(moment.day).filter(staff=OuterRef(person))
    first = posts.order_by("-kind", "-post__post_type__level", "pk")
    home = JSONObject(unit_path="post__unit__path", unit_name="post__unit__short_name")
    absent = moment.rows(Absence).at(moment.moment).filter(staff=OuterRef(person))
    return {
        "on_leave": Exists(absent),
        "home": Subquery(first.values(home=home)[:1]),
        "certificates": held_certificates(person, moment),
        "enforced": enforced_certificates(moment),
        "interests": declared_interests(person, moment),
    }


def _holder(holding: Mapping[str, Any], limits: list[HeldLimit], loads: Mapping[int, int]) -> Holder:
    facts = dict(holding)
    home, enforced = facts.pop("home") or {}, facts.pop("enforced")
    sets: dict[str, Any] = {name: frozenset(facts.pop(name)) for name in ("certificates", "interests")}
    held = tuple(with_demands(limit, enforced) for limit in limits)
    return Holder(**facts, **sets, **home, limits=held, load=loads.get(facts["person_id"], 0))
