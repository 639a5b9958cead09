"""The orders of the case list. Each has an index that gives it, and ends in the primary key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import F, Q

from cases.lifecycle import Stage
from cases.models.case import ClaimCaseQuerySet


@dataclass(frozen=True, slots=True)
class Sort:
    """`only`: the rows this order is for; without it the order's index could not serve it."""

    key: str
    label: str
    order: tuple[str, str]
    only: Q = field(default_factory=Q)
    computed: Mapping[str, F] = field(default_factory=dict)

    def prepared(self, cases: ClaimCaseQuerySet) -> ClaimCaseQuerySet:
        """With the columns of other tables that the order names."""
        return cases.annotate(**self.computed) if self.computed else cases

    @property
    def is_descending(self) -> bool:
        return self.order[0].startswith("-")


IS_OPEN = ~Q(stage=Stage.CLOSED)
SORTS: dict[str, Sort] = {
    sort.key: sort
    for sort in (
        Sort("newest", "最近报案在前", ("-reported_at", "-id")),
        Sort("oldest", "最早报案在前", ("reported_at", "id")),
        Sort("largest", "估损从大到小", ("-estimate", "-id")),
        Sort("smallest", "估损从小到大", ("estimate", "id")),
        Sort("waiting", "停留最久在前（未结）", ("stage_entered_at", "id"), IS_OPEN),
        Sort(
            "due",
            "最先到期在前（未结）",
            ("due_at", "id"),
            IS_OPEN & Q(due__due_at__isnull=False),
            {"due_at": F("due__due_at")},
        ),
        Sort("closed", "最近结案在前（已结）", ("-closed_at", "-id"), Q(stage=Stage.CLOSED)),
    )
}
DEFAULT_SORT = SORTS["newest"]
