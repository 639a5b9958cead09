"""授权一览: who holds what today, person by item; the same rows on the page and in the exported file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from authority.certificates import frozen_people
from authority.models import (
    AuthorityItem,
    LedgerEntry,
    LineCode,
    Litigation,
    LossCode,
    PersonalGrant,
    SpecialCode,
    UnitCeiling,
)
from authority.models.limits import GrantQuerySet
from authority.rulings import HeldLimit
from departments.models import Appointment, Staff
from departments.paging import Page, keyset_page

ORDER = ("post__unit__path_rank", "-post__post_type__level", "pk")


REFERRED = "refer_up"
"""How the cases call an act that sends the matter up instead of deciding it."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What a grant was used for: decisions, and opinions on what it did not suffice for."""

    decided: int = 0
    referred: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """A grant as one line of a cell."""

    grant: PersonalGrant
    amount: str
    scope: str


@dataclass(frozen=True, slots=True)
class Row:
    """A person in a post, with one cell per item of the matrix. `frozen`: certificates lacking today."""

    appointment: Appointment
    cells: tuple[tuple[Limit, ...], ...]
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    items: tuple[AuthorityItem, ...]
    rows: tuple[Row, ...]
    unheld: tuple[AuthorityItem, ...]
    page: Page[Appointment]


def matrix_for(staff: Staff, chosen: Q, item: AuthorityItem | None, cursor: str) -> Matrix:
    """One page of people in posts, with what they hold of all items or of one; up to seven queries."""
    page = keyset_page(_holders(staff, chosen, item), ORDER, cursor)
    grants = _of_item(effective_grants(staff), item).filter(appointment__in=page.rows)
    grants = grants.select_related("letter", "unit")
    frozen = frozen_people(grants, timezone.localdate())
    items = list(AuthorityItem.objects.all()) if item is None else [item]
    held = {grant.item_id for grant in grants}
    shown = tuple(one for one in items if one.pk in held)
    return Matrix(
        items=shown,
        rows=tuple(_rows(page.rows, shown, grants, frozen)),
        unheld=_unheld(staff, items),
        page=page,
    )


def grants_shown(staff: Staff, chosen: Q, item: AuthorityItem | None) -> list[PersonalGrant]:
    """Every grant of the matrix, all pages, in its order."""
    people = Appointment.objects.filter(chosen).values("pk")
    grants = _of_item(effective_grants(staff), item).filter(appointment__in=people)
    return list(grants.with_terms().order_by(*(_through(field) for field in ORDER), "item__rank"))


def uses_of(grants: Sequence[PersonalGrant]) -> dict[int, Uses]:
    """How each grant was used on cases, by its id; one without an entry was never used."""
    entries = LedgerEntry.objects.filter(grant_id__in=[g.pk for g in grants], chain__startswith="case:")
    referred = Count("pk", filter=Q(details__outcome=REFERRED))
    counted = entries.values_list("grant_id").annotate(acts=Count("pk"), up=referred).order_by()
    return {grant_id: Uses(acts - up, up) for grant_id, acts, up in counted if grant_id is not None}


def effective_grants(staff: Staff, day: date | None = None) -> GrantQuerySet:
    """What this person may see of what anybody may rest a decision on today."""
    day = day or timezone.localdate()
    return PersonalGrant.objects.visible_to(staff).effective(day).order_by("amount_max", "pk")


def scope_of(row: PersonalGrant | UnitCeiling | HeldLimit) -> str:
    """Where it is narrower than everything: 车损险、三者险 · 人 · 仅非诉."""
    parts = [
        labels(LineCode, row.lines),
        labels(LossCode, row.loss_classes),
        labels(SpecialCode, row.special_kinds),
        "" if row.litigation == Litigation.ANY else str(Litigation(row.litigation).label),
    ]
    if not isinstance(row, UnitCeiling):
        least = row.amount_min / 100 if isinstance(row, HeldLimit) else row.amount_min
        parts += [
            "" if row.includes_below else "仅本机构",
            f"{least:,.0f} 元起" if least else "",
            f"{row.cosign_count} 人会签" if row.cosign_count else "",
        ]
    return " · ".join(part for part in parts if part)


def labels(names: type[LineCode | LossCode | SpecialCode], codes: Iterable[str]) -> str:
    """The codes in words; "" for everything."""
    known = dict(names.choices)
    if isinstance(codes, frozenset):
        codes = sorted(codes)
    return "" if "any" in codes else "、".join(str(known.get(code, code)) for code in codes) or "（无）"


def _holders(staff: Staff, chosen: Q, item: AuthorityItem | None) -> QuerySet[Appointment]:
    grants = _of_item(effective_grants(staff), item).order_by().values("appointment")
    return Appointment.objects.filter(chosen, pk__in=grants).select_related(
        "staff", "post__unit", "post__post_type"
    )


def _of_item(grants: GrantQuerySet, item: AuthorityItem | None) -> GrantQuerySet:
    return grants if item is None else grants.filter(item=item)


def _through(field: str) -> str:
    return f"-appointment__{field[1:]}" if field.startswith("-") else f"appointment__{field}"


def _unheld(staff: Staff, items: Iterable[AuthorityItem]) -> tuple[AuthorityItem, ...]:
    """Items that nobody in sight holds: a gap, or somebody else's business."""
    held = set(effective_grants(staff).order_by().values_list("item", flat=True).distinct())
    return tuple(item for item in items if item.pk not in held)


def _rows(
    people: Iterable[Appointment],
    items: Sequence[AuthorityItem],
    grants: Iterable[PersonalGrant],
    frozen: Mapping[int, frozenset[str]],
) -> Iterable[Row]:
    cells: defaultdict[tuple[int, int], list[Limit]] = defaultdict(list)
    for grant in grants:
        limit = Limit(grant, f"{grant.amount_max:,.2f}".removesuffix(".00"), scope_of(grant))
        cells[grant.appointment_id, grant.item_id].append(limit)
    for appointment in people:
        lacks = frozen.get(appointment.staff_id, frozenset()) & frozenset(
            appointment.post.post_type.required_certificates
        )
        shown = tuple(tuple(cells[appointment.pk, item.pk]) for item in items)
        yield Row(appointment, shown, tuple(sorted(lacks)))
