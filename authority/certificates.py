"""证件 as a ruling reads them, and who may enter, confirm and revoke one.

A grant whose post demands a certificate rests on it: the day the certificate ends, the grant is frozen, and
the day another is confirmed, it counts again. Sources: 保监发〔2012〕15号 art. 12; two people: company
practice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from authority.moments import Moment
from authority.rulings import ALLOWED, REFUSED, HeldLimit, Objection, Ruling
from departments.models import Certificate, CertificateType

ACT_NAMES = {"enter": "录入", "confirm": "复核", "revoke": "注销", "file_scan": "归档扫描件"}
"""What can be done about one, as its chain in the ledger has it."""


def chain_of(certificate: Certificate) -> str:
    return f"certificate:{certificate.pk}"


def chain_of_type(kind: CertificateType) -> str:
    return f"certificate_type:{kind.pk}"


def held_certificates(person: str, moment: Moment) -> ArraySubquery:
    """The codes of the certificates in force, of the person that an outer row refers to by `person`."""
    rows: Any = moment.rows(Certificate)
    held = rows.in_force_at(moment.at) if moment.at else rows.in_force(moment.day)
    codes = held.filter(staff=OuterRef(person)).order_by("type__code").values("type__code")
    return ArraySubquery(codes.distinct())


def enforced_certificates(moment: Moment) -> ArraySubquery:
    """The codes of all certificates whose lack freezes grants then; refers to no outer row."""
    kinds: Any = moment.rows(CertificateType)
    return ArraySubquery(kinds.enforced_on(moment.day).order_by("code").values("code"))


def with_demands(limit: HeldLimit, enforced: Iterable[str]) -> HeldLimit:
    """The limit with those demands of its post that are enforced."""
    if not limit.required_certificates:
        return limit
    return replace(limit, required_certificates=limit.required_certificates & frozenset(enforced))


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who acts. `keeps`: certificates are his work; `watches`: security administrator or superior."""

    person_id: int
    is_active: bool = True
    keeps: bool = False
    watches: bool = False


def may_enter(person_id: int | None, actor: Clerk) -> Ruling:
    """`person_id` None: anybody's, asked before the page offers the form."""
    objections = list(_inactive(actor))
    if not actor.keeps:
        objections.append(Objection("not_keeper", "证件由综合室录入（综合行政岗、培训岗）"))
    if person_id == actor.person_id:
        objections.append(Objection("oneself", "不得录入本人的证件"))
    return _ruling(objections)


def may_confirm(found: Certificate, actor: Clerk) -> Ruling:
    objections = [*_inactive(actor), *_second_person(found, actor)]
    if found.confirmed_at:
        objections.append(Objection("already_confirmed", "该证件已复核"))
    if found.revoked_at:
        objections.append(Objection("already_revoked", "该证件已注销"))
    return _ruling(objections)


def may_revoke(found: Certificate, actor: Clerk) -> Ruling:
    objections = list(_inactive(actor))
    if not (actor.keeps or actor.watches):
        objections.append(Objection("not_keeper", "证件由综合室、持证人上级或安全管理员注销"))
    if found.staff_id == actor.person_id:
        objections.append(Objection("oneself", "不得办理本人的证件"))
    if found.revoked_at:
        objections.append(Objection("already_revoked", "该证件已注销"))
    return _ruling(objections)


def may_file(found: Certificate, actor: Clerk) -> Ruling:
    """Add the paper's scan: whose work certificates are, or who watches; nobody to his own."""
    objections = list(_inactive(actor))
    if not (actor.keeps or actor.watches):
        objections.append(Objection("not_keeper", "扫描件由综合室、持证人上级或安全管理员归档"))
    if found.staff_id == actor.person_id:
        objections.append(Objection("oneself", "不得办理本人的证件"))
    if found.revoked_at:
        objections.append(Objection("already_revoked", "该证件已注销"))
    return _ruling(objections)


def may_enforce(is_security_admin: bool, starts_on: date | None, today: date) -> Ruling:
    """From which day the lack of a certificate freezes grants; never for days gone by."""
    objections = []
    if not is_security_admin:
        objections.append(Objection("not_security_admin", "强制执行日期由安全管理员设定"))
    if starts_on is not None and starts_on < today:
        objections.append(Objection("backdated", "强制执行日期不得早于今天：已按权限作出的决定不受影响"))
    return _ruling(objections)


def _inactive(actor: Clerk) -> Iterator[Objection]:
    if not actor.is_active:
        yield Objection("inactive", "账号已停用")


def _second_person(found: Certificate, actor: Clerk) -> Iterator[Objection]:
    if not (actor.keeps or actor.watches):
        yield Objection("not_keeper", "由综合室另一人、持证人上级或安全管理员复核")
    if found.staff_id == actor.person_id:
        yield Objection("oneself", "不得复核本人的证件")
    if found.entered_by_id == actor.person_id:
        yield Objection("same_person", "录入人不得自行复核，须由另一人办理")


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)


@dataclass(frozen=True, slots=True)
class Lacking:
    """Somebody whose grants rest on a post that demands certificates he does not hold, by their codes."""

    person_id: int
    name: str
    lacks: frozenset[str]


def lacking_today(grants: Any, today: date) -> list[Lacking]:
    """Of the holders of these grants (a queryset), who lacks what their posts demand, enforced or not.

    Two queries.
    """
    demanding = "appointment__post__post_type__required_certificates"
    rows = grants.exclude(**{demanding: []}).order_by("holder__employee_no")
    demanded: dict[int, tuple[str, frozenset[str]]] = {}
    for person_id, name, codes in rows.values_list("holder", "holder__name", demanding):
        known = demanded.get(person_id, (name, frozenset()))[1]
        demanded[person_id] = (name, known | frozenset(codes))
    held = held_today(demanded, today)
    found = [Lacking(pk, name, codes - held.get(pk, frozenset())) for pk, (name, codes) in demanded.items()]
    return [one for one in found if one.lacks]


def held_today(people: Iterable[int], today: date) -> dict[int, frozenset[str]]:
    """The codes of the certificates in force, by person; one query."""
    rows = Certificate.objects.in_force(today).filter(staff__in=list(people))
    held: dict[int, frozenset[str]] = {}
    for person_id, code in rows.values_list("staff", "type__code"):
        held[person_id] = held.get(person_id, frozenset()) | {code}
    return held


def frozen_people(grants: Any, today: date) -> dict[int, frozenset[str]]:
    """Whose grants are frozen today for want of an enforced certificate, and which; three queries."""
    enforced = frozenset(CertificateType.objects.enforced_on(today).values_list("code", flat=True))
    if not enforced:
        return {}
    lacking = lacking_today(grants, today)
    return {one.person_id: one.lacks & enforced for one in lacking if one.lacks & enforced}
