"""The map as a page and a file show it: rows of units and loss classes, columns of amount bands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from authority.bounds import rules_for
from authority.coverage.bands import LOSS_CLASSES, SPECIAL_KINDS, USUAL_LINE, Kind
from authority.coverage.survey import ABOVE, AWAY, NOBODY, ONE, SEVERAL, Able, Cell, Survey
from authority.holders import holders_of
from authority.models import AuthorityItem, LossCode
from authority.rulings import Matter, yuan
from departments.models import OrgUnit, UnitKind

COVERED_KINDS = (UnitKind.SUB_BRANCH, UnitKind.DESK)
"""The units in which cases arise."""

STATE_NAMES = {NOBODY: "空缺", AWAY: "都不在岗", ONE: "单点", SEVERAL: "多人", ABOVE: "上报"}


@dataclass(frozen=True, slots=True)
class Question:
    """Which part of the map. `line` and `special_kind` empty: the usual ones of loss class and item."""

    on: date
    loss_class: str = ""
    line: str = ""
    special_kind: str = ""
    is_litigated: bool = False

    @property
    def moment(self) -> datetime | None:
        """Now for today; otherwise noon of that day."""
        if self.on == timezone.localdate():
            return None
        return timezone.make_aware(datetime.combine(self.on, time(12)))

    def kind(self, item: AuthorityItem, loss_class: str) -> Kind:
        return Kind(
            item.code,
            item.measure,
            item.is_key,
            loss_class,
            self.line or USUAL_LINE[loss_class],
            self.special_kind or special_kind_of(item),
            self.is_litigated,
        )

    @property
    def loss_classes(self) -> tuple[str, ...]:
        return (self.loss_class,) if self.loss_class else LOSS_CLASSES


def special_kind_of(item: AuthorityItem) -> str:
    """Items that are about a special treatment are asked about cases of that treatment."""
    return item.code if item.code in SPECIAL_KINDS else ""


def survey_at(at: datetime | None, known_at: datetime | None = None) -> Survey:
    """Everybody and all rules of a moment; two queries."""
    return Survey(holders_of(at=at, known_at=known_at), rules_for(at=at, known_at=known_at))


def covered_units(on: date) -> list[OrgUnit]:
    return list(OrgUnit.objects.open_on(on).filter(kind__in=COVERED_KINDS).in_order())


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell on the page: over how many columns it goes, and where it leads."""

    cell: Cell
    width: int
    url: str

    @property
    def text(self) -> str:
        if self.cell.state == SEVERAL:
            return f"{len(self.cell.present)} 人"
        if self.cell.state == ONE:
            return self.cell.present[0].name
        return STATE_NAMES[self.cell.state]

    @property
    def title(self) -> str:
        people = "、".join(f"{one.name}{'（不在岗）' if one.is_away else ''}" for one in self.cell.people)
        return f"{band_name(self.cell)}：{people or STATE_NAMES[self.cell.state]}"


@dataclass(frozen=True, slots=True)
class Row:
    """A unit with the loss classes that nothing tells apart there."""

    unit: OrgUnit
    loss_name: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the cells of an item are in a state that somebody should look at."""

    item: AuthorityItem
    counts: dict[str, int]
    is_held: bool


@dataclass(frozen=True, slots=True)
class ItemMap:
    item: AuthorityItem
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


class CoverageMap:
    """All units and items that were asked for; rulings are asked as the parts are shown, each once."""

    def __init__(self, question: Question, units: Sequence[OrgUnit], items: Sequence[AuthorityItem]) -> None:
        self.question = question
        self.units = units
        self.items = items

    @cached_property
    def survey(self) -> Survey:
        return survey_at(self.question.moment)

    def cells_of(self, item: AuthorityItem) -> Iterator[tuple[OrgUnit, str, tuple[Cell, ...]]]:
        """(unit, loss class, cells): one entry for loss classes that share the answer, with both names."""
        for unit in self.units:
            shared: dict[tuple[Cell, ...], list[str]] = {}
            for loss in self.question.loss_classes:
                shared.setdefault(self.survey.cells(unit.path, self.question.kind(item, loss)), []).append(
                    loss
                )
            for cells, losses in shared.items():
                yield unit, "·".join(losses), cells

    def tallies(self) -> list[Tally]:
        return [self._tally(item) for item in self.items]

    def item_map(self, item: AuthorityItem) -> ItemMap:
        found = list(self.cells_of(item))
        ends = sorted(
            {cell.band.high for _, _, cells in found for cell in cells if cell.band.high is not None}
        )
        heads = (*(f"至 {yuan(end).removesuffix('.00')}" for end in ends), "以上")
        rows = tuple(Row(unit, _losses(loss), self._shown(item, unit, loss, cells, ends))
                     for unit, loss, cells in found)  # fmt: skip
        return ItemMap(item, heads, rows)

    def _tally(self, item: AuthorityItem) -> Tally:
        counts = dict.fromkeys(STATE_NAMES, 0)
        for _, _, cells in self.cells_of(item):
            for cell in cells:
                counts[cell.state] += 1
        return Tally(item, counts, item.code in self.survey.items)

    def _shown(
        self, item: AuthorityItem, unit: OrgUnit, loss: str, cells: Iterable[Cell], ends: list[int]
    ) -> tuple[Shown, ...]:
        kind = self.question.kind(item, loss.split("·", maxsplit=1)[0])
        return tuple(
            Shown(
                cell,
                _width(cell, ends),
                cell_address(kind.matter(unit.path, cell.band.probe), self.question.on),
            )
            for cell in cells
        )

    def _address(self, matter: Matter) -> str:
        return cell_address(matter, self.question.on)


def cell_address(matter: Matter, on: date) -> str:
    """The people of a cell, by the matter that speaks for it."""
    query = {
        "item": matter.item,
        "unit": matter.unit_path,
        "amount": yuan(matter.amounts[matter.measure]).replace(",", ""),
        "loss_class": min(matter.loss_classes),
        "line": min(matter.lines),
        "special_kind": matter.special_kind,
        "on": on.isoformat(),
        **({"is_litigated": "on"} if matter.is_litigated else {}),
    }
    return f"{reverse('authority:coverage_cell')}?{urlencode(query)}"


def people_of(survey: Survey, matter: Matter) -> tuple[Cell, tuple[Able, ...]]:
    """The cell that holds a made-up matter, and its people: nearest unit and lowest limit first."""
    kind = Kind(
        matter.item,
        matter.measure,
        matter.is_key,
        min(matter.loss_classes),
        min(matter.lines),
        matter.special_kind,
        matter.is_litigated,
    )
    amount = matter.amounts[matter.measure]
    cell = next(one for one in survey.cells(matter.unit_path, kind) if amount in one.band)
    return cell, tuple(
        sorted(cell.people, key=lambda one: (-one.basis.unit_path.count("/"), one.basis.limit))
    )


def band_name(cell: Cell) -> str:
    """In yuan: 5,000.01 至 20,000.00 元."""
    low, high = cell.band.low, cell.band.high
    return f"{yuan(low)} 元以上" if high is None else f"{yuan(low)} 至 {yuan(high)} 元"


def _width(cell: Cell, ends: list[int]) -> int:
    inside = sum(cell.band.low <= end and (cell.band.high is None or end <= cell.band.high) for end in ends)
    return inside + (cell.band.high is None)


def _losses(codes: str) -> str:
    return "·".join(str(LossCode(code).label) for code in codes.split("·"))


def flat(cells: Iterable[tuple[OrgUnit, str, tuple[Cell, ...]]]) -> Iterator[tuple[OrgUnit, str, Cell]]:
    for unit, losses, found in cells:
        for cell in found:
            yield unit, _losses(losses), cell
