"""What an extract may tell about a case: our fields, their kinds, and the headings that sources use.

The headings are those of 报立结案清单 (R02) and 未决赔案清单 (R03) with their usual variants.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

SEED = Path(__file__).resolve().parent.parent / "seeds" / "import_columns.csv"

CODE, TEXT, MOMENT, DAY, MONEY = "code", "text", "moment", "day", "money"
FLAG, RATIO, UNIT, STAFF, STAGE, AGENCY, REASONS = (
    "flag", "ratio", "unit", "staff", "stage", "agency", "reasons",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """`length`: of texts, what the database holds."""

    name: str
    label: str
    kind: str
    headings: tuple[str, ...]
    length: int = 0
    is_required: bool = False


def _read() -> tuple[Column, ...]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return tuple(
            Column(
                name=row["name"],
                label=row["label"],
                kind=row["kind"],
                headings=tuple(row["headings"].split()),
                length=int(row["length"] or 0),
                is_required=row["is_required"] == "1",
            )
            for row in csv.DictReader(file)
        )


COLUMNS = _read()
BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = tuple(column.name for column in COLUMNS if column.is_required)
