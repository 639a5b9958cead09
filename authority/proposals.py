"""A draft's rows as the plain values that the rulings on granting are made from; constant queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils import timezone

from authority.granting import Contents, Proposal, ProposedCeiling
from authority.letters import ceilings_of, grants_of
from authority.models import AuthorityLetter, PersonalGrant, UnitCeiling
from authority.terms import ceiling_terms, limit_terms
from departments.models import Appointment, Certificate, CertificateType
from departments.standing import clashes_of


@dataclass(frozen=True, slots=True)
class People:
    """What is true of persons on a day, by id: the rules that their posts break, their certificates.

    `enforced`: the codes of the certificates whose lack freezes grants then; `names`: what each is called.
    """

    day: date
    clashes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    certificates: Mapping[int, frozenset[str]] = field(default_factory=dict)
    enforced: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)


def first_day(letter: AuthorityLetter) -> date:
    """The day on which it is judged: its first one, or today."""
    return max(timezone.localdate(), letter.valid_from)


def people_on(day: date, people: Collection[int]) -> People:
    """Four queries, however many people."""
    kinds = {kind.code: kind for kind in CertificateType.objects.all()}
    enforced = (code for code, kind in kinds.items() if kind.enforced_from and kind.enforced_from <= day)
    held: defaultdict[int, set[str]] = defaultdict(set)
    rows = Certificate.objects.in_force(day).filter(staff__in=people)
    for staff, code in rows.values_list("staff", "type__code"):
        held[staff].add(code)
    return People(
        day,
        clashes_of(people, day),
        {staff: frozenset(codes) for staff, codes in held.items()},
        frozenset(enforced),
        {code: kind.name for code, kind in kinds.items()},
    )


def contents_of(letter: AuthorityLetter) -> Contents:
    """What a draft or submitted letter would put in force, and the ceilings that will still stand then."""
    return proposed(letter, list(grants_of(letter)), list(ceilings_of(letter)))


def proposed(
    letter: AuthorityLetter, grants: Collection[PersonalGrant], ceilings: Collection[UnitCeiling]
) -> Contents:
    """The same for lines that need not be saved yet; they need the relations that `grants_of` reads."""
    day = first_day(letter)
    people = people_on(day, {grant.holder_id for grant in grants})
    standing = _standing_ceilings(letter, day)
    return Contents(
        grants=tuple(proposal_of(grant, people) for grant in grants),
        ceilings=tuple(proposed_ceiling(row) for row in ceilings),
        standing=tuple(ceiling_terms(row) for row in standing),
        standing_until=_last_days(standing),
        now_held=_held_below(ceilings, day),
    )


def proposal_of(grant: PersonalGrant, people: People) -> Proposal:
    """Needs the relations that `grants_of` reads."""
    held, limit = grant.appointment, limit_terms(grant)
    has = people.certificates.get(grant.holder_id, frozenset())
    missing = sorted(limit.required_certificates - has)
    return Proposal(
        limit=limit,
        person_id=grant.holder_id,
        name=grant.holder.name,
        item_name=grant.item.name,
        is_key=grant.item.is_key,
        holds_post=held.staff_id == grant.holder_id and _is_held(held, people.day),
        is_active=grant.holder.is_active,
        is_employee=grant.holder.is_employee,
        admin_role=grant.holder.admin_role,
        separated=people.clashes.get(grant.holder_id, ()),
        missing={code: people.names.get(code, code) for code in missing if code in people.enforced},
        lacking=tuple(people.names.get(code, code) for code in missing if code not in people.enforced),
        until=held.ends_on,
    )


def proposed_ceiling(row: UnitCeiling) -> ProposedCeiling:
    return ProposedCeiling(ceiling_terms(row), row.pk or 0, row.clause, row.item.name)


def _is_held(appointment: Appointment, day: date) -> bool:
    return appointment.starts_on <= day <= (appointment.ends_on or date.max)


def _standing_ceilings(letter: AuthorityLetter, day: date) -> list[UnitCeiling]:
    """All in force on the day but those of the letters that this one will supersede."""
    rows = UnitCeiling.objects.in_force(day).exclude(letter__in=letter.to_supersede())
    return list(rows.select_related("letter", "item", "unit"))


def _last_days(rows: Iterable[UnitCeiling]) -> dict[str, date]:
    """The first day to come on which a letter's ceilings end, by its number."""
    ends: dict[str, date] = {}
    for row in rows:
        for end in (row.valid_to, row.letter.valid_to):
            if end:
                ends[row.letter.number] = min(end, ends.get(row.letter.number, date.max))
    return ends


def _held_below(ceilings: Collection[UnitCeiling], day: date) -> tuple[Proposal, ...]:
    """Grants in force above some of these ceilings, with posts at or below their units; at most one query."""
    if not ceilings:
        return ()
    cut = Q()
    for row in ceilings:
        below = Q(appointment__post__unit__path__startswith=row.unit.path)
        cut |= below & Q(item=row.item_id, amount_max__gt=row.amount_max)
    grants = PersonalGrant.objects.effective(day).with_terms().filter(cut).order_by("letter", "pk")
    return tuple(proposal_of(grant, People(day)) for grant in grants)
