"""Declaring an interest, ending one, confirming once a year. The person's row is locked first: a decision
under way holds it, so that an interest counts from the moment it was declared."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from authority.interests import Watcher, chain_of, may_declare, may_end
from authority.ledger import LedgerFacts, record
from authority.models import Interest, InterestStatement, party_key
from authority.refusals import Refused, insist_on
from authority.rulings import REFUSED, Objection, Ruling
from departments.access import MANAGE_UNIT, unit_scope_of
from departments.authorship import save_as
from departments.models import Appointment, Staff
from departments.models.people import AdminRole
from departments.outbox import notify


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared; `kind` of `Interest.Kind`."""

    kind: str
    name: str
    relation: str
    id_tail: str = ""


def watcher_of(staff: Staff, person_id: int) -> Watcher:
    """Read anew: a service decides on what holds now."""
    fresh = Staff.objects.get(pk=staff.pk)
    units = Appointment.objects.on(timezone.localdate()).filter(staff=person_id).values_list("post__unit")
    managed = unit_scope_of(staff.pk).ids(MANAGE_UNIT)
    return Watcher(
        staff.pk,
        is_active=fresh.is_active,
        manages=bool(managed & {unit for (unit,) in units}),
        is_security_admin=fresh.admin_role == AdminRole.SECURITY,
    )


@transaction.atomic
def declare_interest(person: Staff, declaration: Declaration, *, by: Staff) -> Interest:
    """Counts at once. Raises Refused, also for what is declared already."""
    person = _locked(person.pk)
    insist_on(may_declare(person.pk, watcher_of(by, person.pk)))
    key = party_key(declaration.name)
    if not key:
        _refuse("no_name", "名称或号码没有可识别的内容")
    if Interest.objects.open().filter(staff=person, kind=declaration.kind, key=key).exists():
        _refuse("declared_already", "该利害关系已申报")
    interest = Interest(
        staff=person,
        kind=declaration.kind,
        name=declaration.name.strip(),
        relation=declaration.relation,
        id_tail=declaration.id_tail,
        declared_by=by,
    )
    save_as(interest, by)
    details = {"staff": person.pk, "kind": interest.kind, "key": interest.key}
    facts = LedgerFacts(to_state="open", reason=interest.relation, details=details)
    record(chain_of(interest), by=by, action="declare", facts=facts)
    if by.pk != person.pk:
        notify(person, kind="interest", title=f"为您登记了利害关系：{interest}", url=interest_url())
    return interest


@transaction.atomic
def end_interest(interest: Interest, *, by: Staff, reason: str) -> Interest:
    """From now on the person may decide again. Raises Refused."""
    _locked(interest.staff_id)
    interest = Interest.objects.select_for_update(of=("self",)).select_related("staff").get(pk=interest.pk)
    insist_on(ruling_on_ending(interest, by=by))
    interest.ended_by, interest.ended_at, interest.end_reason = by, timezone.now(), reason
    save_as(interest, by, "key", "ended_by", "ended_at", "end_reason")
    facts = LedgerFacts(from_state="open", to_state="ended", reason=reason)
    record(chain_of(interest), by=by, action="end", facts=facts)
    notify(interest.staff, kind="interest", title=f"利害关系已解除：{interest}", url=interest_url())
    return interest


def ruling_on_ending(interest: Interest, *, by: Staff) -> Ruling:
    actor = watcher_of(by, interest.staff_id)
    return may_end(interest.staff_id, interest.declared_by_id, interest.ended_at is not None, actor)


@transaction.atomic
def confirm_interests(*, by: Staff) -> InterestStatement:
    """This year's statement: nothing to declare beside what is declared. Once a year."""
    _locked(by.pk)
    year = timezone.localdate().year
    if InterestStatement.objects.filter(staff=by, year=year).exists():
        _refuse("confirmed_already", f"{year} 年度已确认")
    declared = Interest.objects.open().filter(staff=by).count()
    statement = InterestStatement(staff=by, year=year, declared=declared)
    save_as(statement, by)
    details = {"year": year, "declared": declared}
    record(f"interest_statement:{by.pk}", by=by, action="confirm", facts=LedgerFacts(details=details))
    return statement


def interest_url() -> str:
    return reverse("authority:interests")


def _locked(person_id: int) -> Staff:
    return Staff.objects.select_for_update(no_key=True).get(pk=person_id)


def _refuse(code: str, text: str) -> None:
    raise Refused(Ruling(REFUSED, objections=(Objection(code, text),)))
