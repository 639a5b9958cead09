"""Which heading of the file is which of our fields: guessed by name, or as a profile says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.importing.columns import BY_NAME, COLUMNS, REQUIRED

MONEY_UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
YUAN, WAN = "yuan", "wan"
PLACE = re.compile(r"\{([^{}]+)\}")
ROW = "row"
_UNIT_IN_HEADING = re.compile(r"[(（\[]\s*(元|千元|万元|亿元)\s*[)）\]]")
_NOISE = re.compile(r"[\s\-_/:：*★()（）\[\]【】、,.]+")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """`columns`: field to heading; `settings` as in ImportProfile."""

    columns: Mapping[str, str]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def missing(self) -> list[str]:
        """Labels of required fields that neither a column nor a setting gives."""
        given = {*self.columns, *self.settings.get("defaults", {}), *self.settings.get("patterns", {})}
        return [BY_NAME[name].label for name in REQUIRED if name not in given]

    def factor(self, name: str) -> int:
        """Yuan per unit of a money column: said by its heading, else by the settings."""
        said = _UNIT_IN_HEADING.search(self.columns.get(name, ""))
        if said:
            return MONEY_UNITS[said[1]]
        return MONEY_UNITS["万元"] if self.settings.get("money_unit") == WAN else 1


def plain(heading: str) -> str:
    """A heading without its unit, marks and width: 立案金额（万元）-人 → 立案金额人."""
    text = unicodedata.normalize("NFKC", _UNIT_IN_HEADING.sub("", heading)).lower()
    return _NOISE.sub("", text)


_KNOWN = {plain(heading): column.name for column in COLUMNS for heading in (*column.headings, column.label)}


def guess(headings: Sequence[str]) -> dict[str, str]:
    """Field to heading where exactly one heading of the file is known for the field."""
    found: dict[str, list[str]] = {}
    for heading in headings:
        name = _KNOWN.get(plain(re.sub(r"\(\d+\)$", "", heading)))
        if name:
            found.setdefault(name, []).append(heading)
    return {name: hits[0] for name, hits in found.items() if len(hits) == 1}


def fitting(columns: Mapping[str, str], headings: Sequence[str]) -> dict[str, str]:
    """What of a profile's columns the file has, by name without regard to width and marks."""
    have = {plain(heading): heading for heading in reversed(headings)}
    fits = {name: have.get(plain(heading)) for name, heading in columns.items()}
    return {name: heading for name, heading in fits.items() if heading}


def heading_score(cells: Iterable[str]) -> tuple[int, int]:
    """How much a row looks like headings: known names first, then filled cells."""
    names = [plain(cell) for cell in cells if cell.strip()]
    return sum(name in _KNOWN for name in names), len(set(names))


def filled_in(pattern: str, values: Mapping[str, str]) -> str:
    """`A{policy_number}-{row}` with the row's own values; an unknown place stays empty."""
    return PLACE.sub(lambda place: values.get(place[1], ""), pattern)
