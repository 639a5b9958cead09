"""临时授权 as part of a holder, and who may give, end and ratify: the rulings are pure.

Sources: two people grant (SOD-07, SOD-08); in an emergency one superior is enough, who could decide himself,
for hours, told to the security administrator and the department head, and every act is ratified afterwards
(company practice; the hours are data).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from authority.certificates import held_certificates, with_demands
from authority.models import EmergencyGrant, PersonalGrant
from authority.models.emergencies import EmergencyQuerySet
from authority.moments import Moment
from authority.rulings import ALLOWED, ANY, REFUSED, HeldLimit, Objection, Ruling, Scope, narrowed_to
from authority.stand_ins import limit_json, limit_of
from authority.terms import fen
from departments.models import Appointment

SOURCE = "emergency"


def in_force(moment: Moment) -> EmergencyQuerySet:
    """Whose holder has a post that day: whoever leaves the last one leaves what he was given behind."""
    posts = moment.rows(Appointment).on(moment.day).filter(staff=OuterRef("holder"))
    rows: EmergencyQuerySet = moment.rows(EmergencyGrant).filter(Exists(posts))
    return rows.in_force_at(moment.at) if moment.at else rows.in_force(moment.moment)


def given_to(person: str, moment: Moment, grants: QuerySet[PersonalGrant]) -> ArraySubquery:
    """What the person was given, each with the giver's grant as far as that is still among `grants`."""
    limit = grants.filter(pk=OuterRef("based_on")).values(limit=limit_json())
    return ArraySubquery(
        in_force(moment)
        .filter(holder=OuterRef(person), based_on__in=grants)
        .order_by("pk")
        .values(
            given=JSONObject(
                number=F("number"),
                lines=F("lines"),
                unit_path=F("unit__path"),
                amount_max=Cast("amount_max", TextField()),
                limit=Subquery(limit),
                certificates=held_certificates("giver", moment),
            )
        )
    )


def held_in_emergency(given: list[Mapping[str, Any]], enforced: Collection[str]) -> Iterator[HeldLimit]:
    """The limits that the rows of `given_to` come to, under the number of the emergency.

    Nothing of a grant that is frozen for want of one of the giver's certificates.
    """
    for row in given:
        scope = Scope(
            unit_path=row["unit_path"] or ANY,
            lines=frozenset(row["lines"]),
            amount_max=fen(Decimal(row["amount_max"])),
        )
        own = with_demands(limit_of(row["limit"]), enforced)
        if not own.required_certificates <= frozenset(row["certificates"]):
            continue
        limit = narrowed_to(replace(own, post_path=own.post_path or own.unit_path), scope)
        if limit is not None:
            yield replace(limit, source=SOURCE, letter_no=row["number"], clause="临时授权")


def given_for(item_code: str, moment: Moment) -> Q:
    """People with an emergency grant for the item (for any item); a condition on people."""
    rows = in_force(moment)
    if item_code:
        rows = rows.filter(based_on__item__code=item_code)
    return Q(pk__in=rows.values("holder"))


@dataclass(frozen=True, slots=True)
class Giver:
    """`holds`: the grant to be given from is his own and in force. `level`: of his highest post."""

    person_id: int
    level: int
    holds: bool
    manages: bool = False
    is_active: bool = True
    on_leave: bool = False
    is_security_admin: bool = False


@dataclass(frozen=True, slots=True)
class Receiver:
    """`holds_already`: another emergency grant for the same item is in force.

    `barred`: the rules by which the receiver's posts and the giver's exclude each other (SOD-01).
    """

    person_id: int
    name: str
    level: int | None
    is_active: bool = True
    is_employee: bool = True
    admin_role: str = ""
    sees_cases: bool = True
    holds_already: bool = False
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Hours and fen, beside the most that rule and grant allow."""

    hours: int
    most_hours: int
    amount: int
    most_amount: int
    has_reason: bool
    is_key: bool


def may_give(giver: Giver, receiver: Receiver, asked: Asked) -> Ruling:
    return _ruling([*_givers_right(giver, receiver), *_receiver(receiver, asked), *_measure(asked)])


def may_end(giver_id: int, is_open: bool, actor: Giver) -> Ruling:
    """The giver, whoever manages the holder's unit, or the security administrator."""
    objections = []
    if actor.person_id != giver_id and not (actor.manages or actor.is_security_admin):
        objections.append(Objection("no_right", "由授权人、被授权人机构的管理人或安全管理员终止"))
    if not is_open:
        objections.append(Objection("wrong_status", "该临时授权已终止"))
    return _ruling(objections)


@dataclass(frozen=True, slots=True)
class Answerer:
    """`took_part`: did something on the matter himself."""

    person_id: int
    manages: bool = False
    took_part: bool = False


def may_ratify(ratifier_id: int, acted_by_id: int, is_waiting: bool, answerer: Answerer) -> Ruling:
    """The one named or a manager of the one who acted; never himself, nor who took part in the case."""
    objections = []
    if answerer.person_id == acted_by_id:
        objections.append(Objection("oneself", "行使人不得追认本人的决定（SOD-07）"))
    elif answerer.person_id != ratifier_id and not answerer.manages:
        objections.append(Objection("no_right", "由授权人或行使人机构的管理人追认"))
    if answerer.took_part:
        objections.append(Objection("took_part", "本人经办过该案，须由他人追认"))
    if not is_waiting:
        objections.append(Objection("wrong_status", "该事项已答复"))
    return _ruling(objections)


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)


def _givers_right(giver: Giver, receiver: Receiver) -> Iterator[Objection]:
    if not giver.is_active:
        yield Objection("inactive", "账号已停用")
    if giver.person_id == receiver.person_id:
        yield Objection("oneself", "不得给本人授权（SOD-08）")
    if not giver.holds:
        yield Objection("not_own_grant", "只能从本人生效的权限中临时授权，代岗和临时所得不得再授")
    if giver.on_leave:
        yield Objection("on_leave", "休假或离岗期间不得临时授权")
    if receiver.level is not None and giver.level <= receiver.level:
        yield Objection("not_superior", "授权人的岗位级别须高于被授权人")


def _receiver(receiver: Receiver, asked: Asked) -> Iterator[Objection]:
    who = receiver.name
    if not receiver.is_active:
        yield Objection("receiver_inactive", f"{who}的账号已停用")
    if receiver.admin_role:
        yield Objection("admin_role", f"{who}是系统、安全或审计管理员，不得持有业务权限")
    if asked.is_key and not receiver.is_employee:
        yield Objection("not_employee", f"{who}不是正式员工，不得持有关键岗位权限")
    if receiver.level is None:
        yield Objection("no_post", f"{who}没有任岗")
    if not receiver.sees_cases:
        yield Objection("sees_no_cases", f"{who}看不到所授机构的赔案")
    if receiver.holds_already:
        yield Objection("overlap", f"{who}已有该事项的临时授权")
    for rule in receiver.barred:
        yield Objection("incompatible_posts", f"{who}的岗位与授权人的岗位不相容：{rule}")


def _measure(asked: Asked) -> Iterator[Objection]:
    if not asked.has_reason:
        yield Objection("no_reason", "临时授权须说明事由")
    if not 0 < asked.hours <= asked.most_hours:
        yield Objection("hours", f"临时授权须在 1 至 {asked.most_hours} 小时之间")
    if not 0 < asked.amount <= asked.most_amount:
        yield Objection("amount", "金额须大于零且不超过授权人本人的权限")
