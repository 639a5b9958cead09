"""专项: the records that hang on a case (special requests, lawsuits, conferences …), one section per area.

An area registers its section in `cases.panels`-like modules that are imported when the app is ready:

    register_panel("case", Panel("诉讼", RELATED, lawsuits_of_case, order=40))

`lawsuits_of_case(case, viewer) -> Related | None` reads what this viewer may see, in a constant number of
queries; None leaves the section out. A template of its own may stand in for `RELATED`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from authority.rulings import Ruling
from departments.clocks import Reading

RELATED = "cases/_panel_related.html"


@dataclass(frozen=True, slots=True)
class Record:
    """One line: `state` and its code make the badge, `note` is a few words, `clock` what is due next."""

    title: str
    url: str
    state: str = ""
    code: str = ""
    note: str = ""
    amount: Decimal | None = None
    at: datetime | None = None
    clock: Reading | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The door to a new record. Closed, the ruling's reasons stand in its place."""

    label: str
    url: str
    ruling: Ruling

    @property
    def reasons(self) -> str:
        return "；".join(objection.text for objection in self.ruling.objections)


@dataclass(frozen=True, slots=True)
class Related:
    records: Sequence[Record] = ()
    starts: Sequence[Start] = ()

    @property
    def has_amounts(self) -> bool:
        return any(record.amount is not None for record in self.records)
