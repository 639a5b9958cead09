"""The rows of the assessment that the injured of a case make: offered filled in, so that the sums agree."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from cases.injuries.page import OWN_ROLES
from cases.matters import fen
from cases.models import CaseLoss, ClaimCase, CoverageLine, InjuredPerson, LossClass


def with_injured(case: ClaimCase, losses: Sequence[CaseLoss]) -> list[CaseLoss]:
    """The losses with what each person's costs come to; a row more for who has none. Nothing is saved."""
    found = list(losses)
    people: Any = InjuredPerson.objects.filter(case=case, costs__isnull=False)
    for person in people.annotate(total=Sum("costs__assessed")).order_by("pk"):
        own = [one for one in found if (one.loss_class, one.label) == (LossClass.INJURY, person.label)]
        if own:
            _share(person.total, own)
        else:
            found.append(_row(case, person, person.total))
    return found


def _row(case: ClaimCase, person: InjuredPerson, total: Decimal) -> CaseLoss:
    line = CoverageLine.OCCUPANT if person.role in OWN_ROLES else CoverageLine.CTPL
    return CaseLoss(case=case, line=line, loss_class=LossClass.INJURY, label=person.label, assessed=total)


def _share(total: Decimal, losses: Sequence[CaseLoss]) -> None:
    """As it was shared before; all on the first line where nothing was assessed yet."""
    before = sum(fen(loss.assessed) for loss in losses)
    left = fen(total)
    for loss in losses[1:]:
        part = fen(total) * fen(loss.assessed) // before if before else 0
        loss.assessed, left = Decimal(part) / 100, left - part
    losses[0].assessed = Decimal(left) / 100
