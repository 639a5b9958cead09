"""The matrix unit × class × month as a page shows it, each number leading to its findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from cases.models import ProblemClass, clearing_parameter
from cases.problems import figures
from cases.problems.figures import ClassShare, Offender, UnitProblems
from cases.problems.periods import months_between
from departments.models import OrgUnit
from departments.sheets import Cell, Sheet, sheets


@dataclass(frozen=True, slots=True)
class Number:
    """A cell: how many, what they cost, and where they are listed."""

    count: int
    points: int
    url: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: OrgUnit
    classes: Sequence[Number]
    months: Sequence[Number]
    figures: UnitProblems
    url: str


@dataclass(frozen=True, slots=True)
class Board:
    first: date
    last: date
    codes: Sequence[ProblemClass]
    months: Sequence[date]
    lines: Sequence[UnitLine]
    top: Sequence[ClassShare]
    offenders: Sequence[Offender]
    least: int

    @property
    def totals(self) -> dict[str, int]:
        names = ("found", "confirmed", "points", "lifted", "due", "in_time", "uncorrected", "volume")
        return {name: sum(getattr(line.figures, name) for line in self.lines) for name in names}

    @property
    def total(self) -> UnitProblems:
        return UnitProblems(0, **self.totals)


def board_of(units: Sequence[OrgUnit], first: date, last: date) -> Board:
    """A constant number of statements."""
    ids = [unit.pk for unit in units]
    matrix, sums = figures.matrix_of(ids, first, last), figures.figures_of(ids, first, last)
    codes, months = list(ProblemClass.objects.all()), list(months_between(first, last))
    least = int(clearing_parameter("repeat_findings", last) or 0)
    lines = [
        UnitLine(
            unit,
            [_cell(matrix.by_class.get((unit.pk, one.code)), unit, problem_class=one.code) for one in codes],
            [_cell(matrix.by_month.get((unit.pk, month)), unit, period=f"{month:%Y-%m}") for month in months],
            sums[unit.pk],
            _url(unit),
        )
        for unit in units
    ]
    offenders = figures.repeat_offenders(ids, first, last, least) if least else []
    top = figures.top_classes(ids, first, last)
    return Board(first, last, codes, months, lines, top, offenders, least)


def _cell(found: tuple[int, int] | None, unit: OrgUnit, **query: str) -> Number:
    count, points = found or (0, 0)
    return Number(count, points, _url(unit, **query) if count else "")


def _url(unit: OrgUnit, **query: str) -> str:
    chosen = urlencode({"unit": str(unit.pk), "status": "confirmed", **query})
    return f"{reverse('cases:problems')}?{chosen}"


def workbook(board: Board) -> bytes:
    codes = [str(one) for one in board.codes]
    months = [f"{month:%Y-%m}" for month in board.months]
    by_class: list[Sequence[Cell]] = [
        (
            line.unit.short_name,
            *(cell.count for cell in line.classes),
            line.figures.confirmed,
            line.figures.points,
        )
        for line in board.lines
    ]
    by_month: list[Sequence[Cell]] = [
        (line.unit.short_name, *(cell.count for cell in line.months)) for line in board.lines
    ]
    return sheets(
        [
            Sheet("考核数据", _FIGURES, [_figures(line) for line in board.lines]),
            Sheet("机构与类别", ("机构", *codes, "件数", "扣分"), by_class),
            Sheet("机构与月份", ("机构", *months), by_month),
            Sheet("屡犯", ("责任人", "机构", "件数", "扣分"), _people(board)),
        ]
    )


_FIGURES = (
    "机构", "发现", "确认", "扣分", "撤销", "应答复", "按期答复", "答复率(%)", "未整改", "立案件数",
    "千件扣分",
)  # fmt: skip


def _figures(line: UnitLine) -> Sequence[Cell]:
    one = line.figures
    return (
        line.unit.short_name, one.found, one.confirmed, one.points, one.lifted, one.due, one.in_time,
        one.reply_rate, one.uncorrected, one.volume, one.points_per_thousand,
    )  # fmt: skip


def _people(board: Board) -> list[Sequence[Cell]]:
    return [(one.name, one.unit, one.count, one.points) for one in board.offenders]
