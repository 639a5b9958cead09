"""Drawing a month's random sample again, and holding it against the list."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import SampledDecision, SupervisionMonth
from cases.supervision.acts import AGREEING, decisions_of
from cases.supervision.making import next_month
from cases.supervision.parameters import Parameters
from cases.supervision.sampling import digest_of, draw


@dataclass(frozen=True, slots=True)
class Redrawn:
    """`is_same_population`: the decisions of the month are those that were there when it was drawn."""

    is_same_population: bool
    is_same_sample: bool

    @property
    def is_same(self) -> bool:
        return self.is_same_population and self.is_same_sample


def redrawn(month: SupervisionMonth) -> Redrawn:
    """Two queries."""
    decided = decisions_of(month.unit.path, month.month, next_month(month.month))
    final = decided.filter(chain_step__kind="final", outcome__in=AGREEING).order_by()
    population = sorted(final.values_list("pk", flat=True))
    listed = month.sample.filter(way=SampledDecision.Way.RANDOM).values_list("decision", flat=True)
    size = Parameters(month.parameters).whole("sample_size")
    return Redrawn(
        digest_of(population) == month.population_digest,
        set(draw(month.seed, population, size)) == set(listed),
    )
