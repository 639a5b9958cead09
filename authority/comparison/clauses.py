"""Rows of a letter as the clauses that are compared."""

from __future__ import annotations

from collections.abc import Iterable

from authority.comparison.changes import Clause, Term
from authority.letters import ceilings_of, grants_of, left_in
from authority.matrix import labels
from authority.models import (
    AuthorityLetter,
    LetterMode,
    LineCode,
    Litigation,
    LossCode,
    PersonalGrant,
    SpecialCode,
    UnitCeiling,
)
from authority.terms import fen
from departments.models import Staff

NO_LIMIT = "不限"


def clauses_of(letter: AuthorityLetter, viewer: Staff) -> tuple[Clause, ...]:
    """What it gives, or gave until its end, as far as the viewer may see; one query.

    What was taken away from a person meanwhile is left out.
    """
    if letter.mode == LetterMode.BY_INSTITUTION:
        ceilings = ceilings_of(letter).visible_to(viewer).filter(left_in(letter))
        return tuple(of_ceiling(row) for row in ceilings)
    grants = grants_of(letter).visible_to(viewer).filter(left_in(letter))
    return tuple(of_grant(row) for row in grants)


def as_clauses(rows: Iterable[PersonalGrant | UnitCeiling]) -> tuple[Clause, ...]:
    return tuple(of_grant(row) if isinstance(row, PersonalGrant) else of_ceiling(row) for row in rows)


def of_grant(grant: PersonalGrant) -> Clause:
    """The person in the post is the subject, whichever appointment it rests on. Needs `with_terms`."""
    post = grant.appointment.post
    below = "含下级" if grant.includes_below else "仅本机构"
    minimum = f"{grant.amount_min:,.2f} 元起" if grant.amount_min else "无"
    return Clause(
        who=f"{grant.holder_id}:{post.pk}",
        name=grant.holder.name,
        place=f"{post.unit.short_name} · {post.post_type.name}",
        item=grant.item.code,
        item_name=grant.item.name,
        amount=fen(grant.amount_max),
        terms=(
            Term("适用机构", (grant.unit_id, grant.includes_below), f"{grant.unit.short_name}（{below}）"),
            *_shared(grant),
            Term("金额下限", fen(grant.amount_min), minimum),
            Term("会签", (grant.cosign_count, grant.cosign_post_type_id), _cosigning(grant)),
        ),
        clause=grant.clause,
        row_id=grant.pk or 0,
    )


def of_ceiling(row: UnitCeiling) -> Clause:
    """Needs `item` and `unit` at hand."""
    return Clause(
        who=f"unit:{row.unit_id}",
        name=row.unit.short_name,
        place="机构授权",
        item=row.item.code,
        item_name=row.item.name,
        amount=fen(row.amount_max),
        terms=_shared(row),
        clause=row.clause,
        row_id=row.pk or 0,
    )


def _shared(row: PersonalGrant | UnitCeiling) -> tuple[Term, ...]:
    return (
        Term("险别", tuple(sorted(row.lines)), labels(LineCode, row.lines) or NO_LIMIT),
        Term("损失类别", tuple(sorted(row.loss_classes)), labels(LossCode, row.loss_classes) or NO_LIMIT),
        Term(
            "特殊案件", tuple(sorted(row.special_kinds)), labels(SpecialCode, row.special_kinds) or NO_LIMIT
        ),
        Term("涉诉", str(row.litigation), str(Litigation(row.litigation).label)),
        Term("计量口径", str(row.measure), row.get_measure_display()),
    )


def _special(row: PersonalGrant | UnitCeiling) -> str:
    return labels(SpecialCode, row.special_kinds) or NO_LIMIT


def _cosigning(grant: PersonalGrant) -> str:
    if not grant.cosign_count or grant.cosign_post_type is None:
        return "无"
    return f"{grant.cosign_post_type.name} {grant.cosign_count} 人"
