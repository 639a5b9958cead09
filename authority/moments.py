"""A point on both time axes: what is in force `at`, as the rows said it at `known_at`.

Whoever adds a fact to a holder or to the rules writes its own module, takes a `Moment` and reads every model
through `moment.rows(Model)`. The queryset works as always, with all filters, joins and subqueries, and so a
ruling for 3 May as known on 20 May is made by the very code that makes today's. Nothing else is allowed to
read a table that bears on a ruling. Each such model keeps a history (`history = HistoricalRecords()`), and
rows are written by `save`, `bulk_create_with_history` or `bulk_update_with_history`: what leaves no record
was never known. A migration that seeds or changes rows ends with `departments.known.record_seeds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from departments.known import manager_of, rows_known


@dataclass(frozen=True, slots=True)
class Moment:
    """Aware datetimes. `at` None is now: then a revocation that another clock dates later still counts.

    `known_at` None is as the rows say today; those who decide ask nothing else.
    """

    at: datetime | None = None
    known_at: datetime | None = None

    @property
    def is_now(self) -> bool:
        return self.at is None and self.known_at is None

    @property
    def moment(self) -> datetime:
        return self.at or timezone.now()

    @property
    def day(self) -> date:
        return timezone.localdate(self.moment)

    def rows(self, model: type[Model]) -> Any:
        """The model's own queryset: over the live table, or over the rows as recorded at `known_at`."""
        if self.known_at is None:
            return manager_of(model).all()
        return rows_known(model, self.known_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Now(Moment):
    """Now, with what clock and calendar say given: what a prepared statement is built with."""

    clock: datetime
    today: date

    @property
    def moment(self) -> datetime:
        return self.clock

    @property
    def day(self) -> date:
        return self.today
