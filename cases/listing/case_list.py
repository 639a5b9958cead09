"""The list one person asked for: page, count and export are made from the same queryset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.urls import reverse

from cases.listing.columns import NUMBER, Column, chosen_columns
from cases.listing.criteria import condition, search_condition
from cases.listing.sorts import DEFAULT_SORT, SORTS, Sort
from cases.models import ClaimCase
from cases.models.case import ClaimCaseQuerySet
from departments.models import Staff
from departments.paging import PAGE_SIZE, Page, keyset_page

COUNT_CAP = 1000


Cell = tuple[str, str, str]  # text, css class, code of a state


@dataclass(frozen=True, slots=True)
class Row:
    pk: int
    number: str
    url: str
    cells: Sequence[Cell]


class CaseList:
    """`values` are those of a cleaned `CaseFilterForm`."""

    def __init__(self, staff: Staff, values: Mapping[str, Any]) -> None:
        self.staff = staff
        self.values = values
        self.sort: Sort = SORTS.get(values.get("sort") or "", DEFAULT_SORT)
        self.columns: list[Column] = chosen_columns(values.get("col") or ())

    @cached_property
    def cases(self) -> ClaimCaseQuerySet:
        cases = ClaimCase.objects.visible_to(self.staff)
        wanted = condition(self.values) & search_condition(self.values.get("q") or "")
        return self.sort.prepared(cases.filter(wanted, self.sort.only))

    def page(self, cursor: str, size: int = PAGE_SIZE) -> Page[Any]:
        """Rows are named tuples of the fields shown; instances would cost more than the query."""
        names = [name for column in (NUMBER, *self.columns) for name in column.fields]
        names += [name.lstrip("-") for name in self.sort.order]
        shown = self.cases.values_list(*dict.fromkeys(names), named=True)
        return keyset_page(shown, self.sort.order, cursor, size)

    def rows(self, page: Page[Any]) -> list[Row]:
        readers = [
            (
                column,
                column.reader(sees_personal_data=self.staff.sees_personal_data),
                attrgetter(*column.fields),
            )
            for column in self.columns
        ]
        before, after = reverse("cases:detail", args=[0]).rsplit("0", 1)  # looked up once, not for each row
        return [
            Row(
                case.id,
                case.claim_no or case.report_no,
                f"{before}{case.id}{after}",
                [_cell(column, read, values_of(case)) for column, read, values_of in readers],
            )
            for case in page.rows
        ]

    def capped_count(self) -> str:
        """ "873", or "1000+" when there are more: never the whole table."""
        found = self.cases.order_by()[: COUNT_CAP + 1].count()
        return f"{COUNT_CAP}+" if found > COUNT_CAP else str(found)

    def exact_count(self) -> int:
        return self.cases.order_by().count()


def _cell(column: Column, read: Callable[..., str], found: Any) -> Cell:
    """`found`: the value of the column's one field, or a tuple of several."""
    values = found if len(column.fields) > 1 else (found,)
    return read(*values), column.css, column.code(*values) if column.code else ""
