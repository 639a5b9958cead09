"""Everything the page of one letter shows one person; a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.forms import Form
from django.utils import timezone

from authority.comparison.sheet import Comparison, baseline_of, compared
from authority.granting import (
    Actor,
    Contents,
    LetterTerms,
    conflicts_of,
    may_approve,
    may_edit,
    may_file,
    may_revoke,
    may_send_back,
    may_submit,
    notices_of,
)
from authority.letter_events import Event, events_of
from authority.letter_links import LetterLink, links_for
from authority.letters import actor_for, ceilings_of, grants_of, letter_terms
from authority.matrix import scope_of
from authority.models import AuthorityLetter, LetterScan, LetterStatus, PersonalGrant, UnitCeiling
from authority.proposals import contents_of
from authority.rulings import Objection, Ruling
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class Line:
    """A grant or a ceiling of the letter with its scope in words."""

    row: PersonalGrant | UnitCeiling
    scope: str
    is_in_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """An objection or a notice; `row_id`: the line of the letter that it is about, 0 for none."""

    code: str
    text: str
    row_id: int = 0


@dataclass(frozen=True, slots=True)
class LetterPage:
    """`conflicts` and `notices` by line; `replaces`: the letters that approving this one would end."""

    letter: AuthorityLetter
    grants: tuple[Line, ...]
    ceilings: tuple[Line, ...]
    events: tuple[Event, ...]
    rulings: Mapping[str, Ruling]
    reason_form: Form | None = None
    links: tuple[LetterLink, ...] = ()
    lines_at: Mapping[Objection, int] = field(default_factory=dict)
    comparison: Comparison | None = None
    replaces: tuple[AuthorityLetter, ...] = ()
    scans: tuple[LetterScan, ...] = ()
    filing: Ruling | None = None

    @property
    def may_edit(self) -> bool:
        return "edit" in self.rulings and self.rulings["edit"].allowed

    @property
    def judged(self) -> Ruling | None:
        """The ruling on the next step, for a letter that is not in force yet."""
        return self.rulings.get("approve") or self.rulings.get("submit")

    @property
    def shows_ruling(self) -> bool:
        """Before it is in force: what stands in the way, or that nothing does."""
        ruling = self.judged
        return ruling is not None and ("approve" in self.rulings or bool(ruling.objections or ruling.notices))

    @property
    def reasons(self) -> list[Reason]:
        return self._placed(self.judged.objections if self.judged else ())

    @property
    def notices(self) -> list[Reason]:
        return self._placed(self.judged.notices if self.judged else ())

    def _placed(self, objections: Iterable[Objection]) -> list[Reason]:
        return [Reason(one.code, one.text, self.lines_at.get(one, 0)) for one in objections]


def letter_page(letter: AuthorityLetter, staff: Staff, reason_form: Form | None = None) -> LetterPage:
    """Lines are only those whose people or units this person may see."""
    terms = letter_terms(letter)
    contents = contents_of(letter) if letter.approved_at is None else Contents()
    conflicts = conflicts_of(terms, contents)
    wrong = {conflict.row_id for conflict in conflicts}
    actor = actor_for(staff, letter.issuing_unit)
    return LetterPage(
        letter=letter,
        grants=lines_of(grants_of(letter).visible_to(staff), wrong),
        ceilings=lines_of(ceilings_of(letter).visible_to(staff), wrong),
        events=tuple(events_of(letter)),
        rulings=_rulings(letter, terms, actor, contents),
        reason_form=reason_form,
        links=links_for(letter, staff),
        lines_at={one.objection: one.row_id for one in (*conflicts, *notices_of(terms, contents))},
        comparison=_comparison(letter, staff),
        replaces=tuple(letter.to_supersede()) if letter.approved_at is None else (),
        scans=tuple(letter.scans.select_related("filed_by")),
        filing=may_file(terms, actor),
    )


def lines_of(
    rows: Iterable[PersonalGrant | UnitCeiling], wrong: Collection[int] = frozenset()
) -> tuple[Line, ...]:
    return tuple(Line(row, scope_of(row), row.pk in wrong) for row in rows)


def _comparison(letter: AuthorityLetter, staff: Staff) -> Comparison | None:
    """With the letter in force, as long as there is something to decide."""
    return compared(baseline_of(letter), letter, staff) if letter.approved_at is None else None


def _rulings(
    letter: AuthorityLetter, terms: LetterTerms, actor: Actor, contents: Contents
) -> dict[str, Ruling]:
    """What this person may do to the letter in its present state, with the reasons against."""
    if letter.status == LetterStatus.DRAFT:
        return {"edit": may_edit(terms, actor), "submit": may_submit(terms, actor, contents)}
    if letter.status == LetterStatus.SUBMITTED:
        approve = may_approve(terms, actor, contents, timezone.localdate())
        return {"approve": approve, "send_back": may_send_back(terms, actor)}
    if letter.is_standing:
        own = letter.personalgrants.filter(revoked_at=None, holder=actor.person_id)
        return {"revoke": may_revoke(terms, actor, set(own.values_list("holder", flat=True)))}
    return {}


def revoking_letter(letter: AuthorityLetter, staff: Staff) -> Ruling:
    """May this person take all of it away?"""
    holders = letter.personalgrants.filter(revoked_at=None).values_list("holder", flat=True)
    return may_revoke(letter_terms(letter), actor_for(staff, letter.issuing_unit), list(holders))
