"""Who made a change, for the history of the row."""

from typing import TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def save_as(row: Row, by: Model, *fields: str) -> Row:
    """Save the row (only the named fields, if any are named) with `by` as the author in its history."""
    row._history_user = by  # type: ignore[attr-defined]  # noqa: SLF001 - the name simple-history reads
    row.save(update_fields=fields or None)
    return row
