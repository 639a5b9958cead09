"""What is claimed and what is left of it, per line and in sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.models import CaseLoss, ClaimCase

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """`cut` is what review took off the assessment, in yuan; `cut_share` in percent of the assessment."""

    losses: Sequence[CaseLoss]
    estimate: Decimal
    assessed: Decimal
    reviewed: Decimal
    adjusted: Decimal

    @property
    def cut(self) -> Decimal | None:
        return self.assessed - self.reviewed if self.reviewed and self.assessed else None

    @property
    def cut_share(self) -> Decimal:
        return (self.cut or ZERO) / self.assessed * 100 if self.assessed else ZERO


def amounts_of(case: ClaimCase) -> Amounts:
    """One statement. A case without loss rows (imported) shows its totals alone."""
    losses = list(case.losses.select_related("reviewer").order_by("line", "loss_class", "pk"))
    return Amounts(losses, case.estimate, case.assessed, case.reviewed, case.adjusted)
