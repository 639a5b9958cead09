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

The statements for now are built once and kept (`departments.prepared`): of the moment use `day` and `moment`
as they are, and work out in SQL what depends on them.

The key in `_today` is the name of the field of `Holder`; JSON has no sets, tuples or decimals, so what is
none of text, number or truth is made up in `_holder`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from authority.certificates import enforced_certificates, held_certificates, with_demands
from authority.emergencies import given_for, given_to, held_in_emergency
from authority.interests import declared_interests
from authority.models import PersonalGrant
from authority.models.limits import GrantQuerySet
from authority.moments import Moment, Now
from authority.rulings import Holder
from authority.stand_ins import delegates_for, held_for_others, limit_json, limit_of, stood_in_for
from departments.models import Absence, Appointment, Staff
from departments.prepared import Prepared, PreparedText

# Stand-ins, then person, appointments and grants, always in this order; rows of grants by their key. Shared,
# so that deciding never waits for deciding; whoever revokes, relieves, disables, recalls a stand-in or comes
# back from leave changes one of these rows and waits for us. So do those who revoke a certificate (its row)
# or declare an interest (the row of the person). A stand-in's own posts bound what he holds,
# and an emergency grant needs one.
_LOCK_GRANTS = PreparedText(
    """
    with stood as (
        select stand_in.delegator_id
        from authority_substitution stand_in
        join departments_absence absence on absence.id = stand_in.absence_id
        where stand_in.delegate_id = $1 and stand_in.ended_at is null
        order by stand_in.id
        for share of absence, stand_in
    ), given as (
        select based_on_id, giver_id from authority_emergencygrant held
        where held.holder_id = $1 and held.ended_at is null
        order by held.id
        for share
    ), certified as (
        select held.id from departments_certificate held
        where held.staff_id = any(
                $1 || array(select delegator_id from stood) || array(select giver_id from given)
            )
            and held.revoked_at is null
        order by held.id
        for share
    ), himself as (
        select id from departments_staff where id = $1 for share
    ), posts as (
        select held.id from departments_appointment held
        where held.staff_id = $1 and (exists (select from stood) or exists (select from given))
        order by held.id
        for share
    ), grants as (
        select held.id
        from authority_personalgrant held
        join departments_staff person on person.id = held.holder_id
        join departments_appointment appointment on appointment.id = held.appointment_id
        where held.revoked_at is null and (
            held.holder_id = any($1 || array(select delegator_id from stood))
            or held.id = any(array(select based_on_id from given))
        )
        order by held.id
        for share of person, appointment, held
    )
    select (select count(*) from certified), (select count(*) from himself), (select count(*) from posts),
        (select count(*) from grants)
    """,
    int,
)

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
    """This person with the limits in force, own and as a stand-in, read from the database: one query.

    `lock` (inside a transaction, after the case row is locked) keeps every grant of the person and every
    stand-in as it is until the transaction ends. `loads` is the number of chain steps waiting by person,
    known to the caller only. Raises Staff.DoesNotExist for somebody not yet known at `known_at`.
    """
    if lock:
        _LOCK_GRANTS(staff.pk)
    moment = Moment(at, known_at)
    rows = _now(OF_PERSON, moment, staff_id=staff.pk) if moment.is_now else _person(staff.pk, moment)
    for holding in rows:
        return _holder(holding, loads or {})
    raise Staff.DoesNotExist(f"{staff.pk}")


def holders_of(
    item_code: str = "",
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    loads: Mapping[int, int] | None = None,
) -> list[Holder]:
    """Everybody with a limit in force for the item (for any item), by person id; one query.

    `loads`: steps waiting.
    """
    moment = Moment(at, known_at)
    is_ready = item_code and moment.is_now
    rows = _now(FOR_ITEM, moment, item_code=item_code) if is_ready else _people(item_code, moment)
    holders = (_holder(holding, loads or {}) for holding in rows)
    return [holder for holder in holders if holder.limits]


def _grants(moment: Moment) -> QuerySet[PersonalGrant]:
    grants: GrantQuerySet = moment.rows(PersonalGrant)
    return grants.effective_at(moment.at) if moment.at else grants.effective(moment.day, now=moment.moment)


def _person(staff_id: int, moment: Moment) -> QuerySet[Staff, Any]:
    return _holdings(moment.rows(Staff).filter(pk=staff_id), _grants(moment), moment)


def _people(item_code: str, moment: Moment) -> QuerySet[Staff, Any]:
    grants = _grants(moment)
    if item_code:
        grants = grants.filter(item__code=item_code)
    asked = Q(pk__in=grants.values("holder")) | delegates_for(item_code, moment)
    asked |= given_for(item_code, moment)
    return _holdings(moment.rows(Staff).filter(asked), grants, moment)


def _holdings(
    people: QuerySet[Staff], grants: QuerySet[PersonalGrant], moment: Moment
) -> QuerySet[Staff, Any]:
    """By person id, each with the limits among `grants`, and among those of whoever he stands in for."""
    person = {name: F(field) for name, field in _PERSON.items()}
    own = grants.filter(holder=OuterRef("pk")).order_by("pk").values(limit=limit_json())
    limits = {
        "own": ArraySubquery(own),
        "stood_in": stood_in_for("pk", moment, grants),
        "given": given_to("pk", moment, grants),
    }
    rows = people.annotate(holding=JSONObject(**person, **_today("pk", moment), **limits)).order_by("pk")
    return rows.values_list("holding", flat=True)


# Asked at every decision and for every chain.
OF_PERSON = Prepared(
    lambda staff_id, now, today: _person(staff_id, Now(clock=now, today=today)),
    staff_id=int,
    now=datetime,
    today=date,
)
FOR_ITEM = Prepared(
    lambda item_code, now, today: _people(item_code, Now(clock=now, today=today)),
    item_code=str,
    now=datetime,
    today=date,
)


def _now(statement: Prepared, moment: Moment, **asked: Any) -> Iterable[Any]:
    return statement(now=moment.moment, today=moment.day, **asked)


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


def _holder(holding: Mapping[str, Any], loads: Mapping[int, int]) -> Holder:
    facts = dict(holding)
    home, enforced = facts.pop("home") or {}, facts.pop("enforced")
    sets: dict[str, Any] = {name: frozenset(facts.pop(name)) for name in ("certificates", "interests")}
    own = [with_demands(limit_of(values), enforced) for values in facts.pop("own")]
    given = held_in_emergency(facts.pop("given"), enforced)
    limits = (*own, *given, *held_for_others(facts.pop("stood_in"), enforced))
    return Holder(**facts, **sets, **home, limits=limits, load=loads.get(facts["person_id"], 0))
