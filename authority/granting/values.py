"""What a ruling on granting is made from: plain frozen values that the caller read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from authority.rulings import Ceiling, HeldLimit

DRAFT, SUBMITTED, IN_FORCE = "draft", "submitted", "in_force"
BY_INSTITUTION = "by_institution"
HEAD_OFFICE_KIND = "head_office"

PASSED_ON = {
    (HEAD_OFFICE_KIND, "branch"),
    (HEAD_OFFICE_KIND, "department"),
    ("branch", "sub_branch"),
    ("department", "sub_branch"),
}
"""From-institution letters: from head office to a branch, and from there (its department) to a sub-branch."""

STATUS_NAMES = {DRAFT: "草拟", SUBMITTED: "待批准", IN_FORCE: "生效"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to change authority: `manages` the issuing unit or is the security administrator."""

    person_id: int
    manages: bool = False
    is_security_admin: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class LetterTerms:
    """A letter as far as it matters here. `status` is `in_force` as long as anything rests on it.

    `edited_by`: everybody who drafted, changed or submitted it, by id.
    """

    status: str
    mode: str
    issuing_path: str
    issuing_kind: str
    scope_path: str
    scope_kind: str
    drafted_by_id: int
    valid_from: date
    valid_to: date | None = None
    edited_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A grant of a draft: its limit with the post it goes to, and what is true of the person on that day.

    `separated`: sentences of the rules of separated duties that the person's posts break, this one included.
    `missing`: names by code of the certificates that the post demands and the person lacks on the day;
    `lacking`: names of such that nothing enforces yet. `until`: last day in the post, if one is known.
    """

    limit: HeldLimit
    person_id: int
    name: str
    item_name: str
    is_key: bool = False
    holds_post: bool = True
    is_active: bool = True
    is_employee: bool = True
    admin_role: str = ""
    separated: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()
    until: date | None = None

    def __str__(self) -> str:
        return f"{self.limit.clause} {self.name} {self.item_name}"

    @property
    def row_id(self) -> int:
        """The id of the line, 0 while it has none."""
        return self.limit.grant_id or 0


@dataclass(frozen=True, slots=True)
class ProposedCeiling:
    """A ceiling of a draft. `row_id`: the line, 0 while it has none."""

    terms: Ceiling
    row_id: int = 0
    clause: str = ""
    item_name: str = ""

    def __str__(self) -> str:
        return " ".join(
            part for part in (self.clause, f"{self.terms.unit_name}机构授权", self.item_name) if part
        )


@dataclass(frozen=True, slots=True)
class Contents:
    """What a draft would put in force, beside the ceilings that are in force on its first day and stay so.

    `standing_until`: last day of those ceilings that have one, by the number of their letter. `now_held`:
    what people hold already below the units of the draft's ceilings, which a lower ceiling cuts.
    """

    grants: tuple[Proposal, ...] = ()
    ceilings: tuple[ProposedCeiling, ...] = ()
    standing: tuple[Ceiling, ...] = ()
    standing_until: Mapping[str, date] = field(default_factory=dict)
    now_held: tuple[Proposal, ...] = ()
