"""利害关系: what a person has declared, as a ruling reads it, and who may declare, end and confirm.

Sources: 银保监会令2020年第3号 (complaints: nobody with a direct interest, SOD-10); the rest company practice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from authority.models import Interest
from authority.moments import Moment
from authority.rulings import ALLOWED, REFUSED, Objection, Ruling


def chain_of(interest: Interest) -> str:
    return f"interest:{interest.pk}"


def declared_interests(person: str, moment: Moment) -> ArraySubquery:
    """The keys declared and not ended, of the person that an outer row refers to by `person`."""
    rows: Any = moment.rows(Interest)
    known = rows.at(moment.at) if moment.at else rows.open()
    return ArraySubquery(known.filter(staff=OuterRef(person)).order_by("key").values("key"))


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who acts. `manages`: a unit in which the person concerned holds a post."""

    person_id: int
    is_active: bool = True
    manages: bool = False
    is_security_admin: bool = False


def may_declare(person_id: int, actor: Watcher) -> Ruling:
    """By himself, or entered by his superior or the security administrator."""
    return _ruling(_strangers(person_id, actor, "申报"))


def may_end(person_id: int, declared_by_id: int, is_ended: bool, actor: Watcher) -> Ruling:
    """By a second person: neither the one concerned nor who declared it."""
    objections = list(_strangers(person_id, actor, "解除"))
    if actor.person_id == person_id:
        objections.append(Objection("oneself", "不得解除本人的利害关系，须由上级或安全管理员解除（SOD-08）"))
    elif actor.person_id == declared_by_id:
        objections.append(Objection("same_person", "申报人不得自行解除，须由另一人办理"))
    if is_ended:
        objections.append(Objection("already_ended", "该利害关系已解除"))
    return _ruling(objections)


def _strangers(person_id: int, actor: Watcher, act: str) -> Iterator[Objection]:
    if not actor.is_active:
        yield Objection("inactive", "账号已停用")
    if not (actor.person_id == person_id or actor.manages or actor.is_security_admin):
        yield Objection("not_superior", f"只有本人、其上级或安全管理员可以{act}")


def _ruling(objections: Any) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
