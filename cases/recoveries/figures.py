"""What the rows of the list come to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum

from cases.models import RecoveryPlaceholder
from cases.models.recoveries import RecoveryQuerySet

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """Yuan; `share`: recovered of what was to be got, in per cent."""

    amount: Decimal
    recovered: Decimal
    written_off: Decimal
    left: Decimal

    @property
    def share(self) -> Decimal | None:
        return self.recovered * 100 / self.amount if self.amount else None


def figures_of(rows: RecoveryQuerySet) -> Figures:
    """Of exactly these rows; one statement."""
    is_open = Q(status__in=RecoveryPlaceholder.OPEN)
    found = rows.order_by().aggregate(
        in_all=Sum("amount"),
        came_in=Sum("recovered"),
        given_up=Sum("written_off"),
        to_come=Sum(F("amount") - F("recovered") - F("written_off"), filter=is_open),
    )
    return Figures(*(found[name] or ZERO for name in ("in_all", "came_in", "given_up", "to_come")))
