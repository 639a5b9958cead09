"""A finished run as its page, its sheet and its workbook show it: three queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from authority.rulings import HEAD_OFFICE
from cases.models import WhatIfLine, WhatIfLoad, WhatIfRun
from cases.models.what_if import level_name

ZERO = Decimal(0)
DIRECTIONS = {"up": "上移", "down": "下移", "others": "换人", "same": "不变"}


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many, and how much in yuan."""

    count: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Level:
    """What is decided at one level on either side."""

    name: str
    before: Amounts
    after: Amounts

    @property
    def change(self) -> str:
        change = self.after.count - self.before.count
        return f"{change:+,}" if change else "0"


@dataclass(frozen=True, slots=True)
class Moved:
    """What changes for one unit and item, or for all of them."""

    unit: str
    item: str
    all: Amounts
    up: Amounts
    down: Amounts
    others: Amounts
    gaps: Amounts
    head_office: tuple[Amounts, Amounts]

    @property
    def share_before(self) -> str:
        return _share(self.head_office[0].count, self.all.count)

    @property
    def share_after(self) -> str:
        return _share(self.head_office[1].count, self.all.count)


@dataclass(frozen=True, slots=True)
class Result:
    run: WhatIfRun
    total: Moved
    levels: Sequence[Level]
    units: Sequence[Moved]
    lines: Sequence[WhatIfLine]
    loads: Sequence[WhatIfLoad]

    @property
    def moved_loads(self) -> list[WhatIfLoad]:
        """The greatest change first."""
        moved = [load for load in self.loads if load.before != load.after]
        return sorted(moved, key=lambda load: (-abs(load.after - load.before), load.person_id))

    @property
    def loads_unmoved(self) -> int:
        return len(self.loads) - len(self.moved_loads)

    @property
    def tallies(self) -> list[dict[str, object]]:
        total = self.total
        shown = (
            ("重新裁定", total.all),
            ("上移", total.up),
            ("下移", total.down),
            ("同级换人", total.others),
            ("新增无人受理", total.gaps),
        )
        share = f"{total.share_before} → {total.share_after}"
        return [
            *({"label": name, "count": one.count, "note": f"{one.amount:,.2f} 元"} for name, one in shown),
            {"label": "总公司占比", "count": share, "note": "按件数"},
        ]


def result_of(run: WhatIfRun) -> Result:
    """`lines`: those where something changes, the largest first. The ids behind them are not read."""
    lines = list(run.lines.select_related("item").defer("submissions"))
    changed = [line for line in lines if line.direction != "same"]
    groups: defaultdict[tuple[str, str], list[WhatIfLine]] = defaultdict(list)
    for line in lines:
        groups[line.unit_name, line.item.name].append(line)
    loads = run.loads.select_related("person").order_by("-after", "-before", "person")
    return Result(
        run=run,
        total=_moved("合计", "", lines),
        levels=_levels(lines),
        units=[_moved(unit, item, group) for (unit, item), group in groups.items()],
        lines=sorted(changed, key=lambda line: (-line.count, line.pk)),
        loads=list(loads),
    )


def _moved(unit: str, item: str, lines: Iterable[WhatIfLine]) -> Moved:
    rows = list(lines)

    def summed(wanted: Callable[[WhatIfLine], bool]) -> Amounts:
        return _sum(row for row in rows if wanted(row))

    return Moved(
        unit,
        item,
        all=_sum(rows),
        up=summed(lambda row: row.direction == "up"),
        down=summed(lambda row: row.direction == "down"),
        others=summed(lambda row: row.direction == "others"),
        gaps=summed(lambda row: row.is_new_gap),
        head_office=(
            summed(lambda row: row.before == HEAD_OFFICE),
            summed(lambda row: row.after == HEAD_OFFICE),
        ),
    )


def _levels(lines: Sequence[WhatIfLine]) -> list[Level]:
    found = sorted({line.before for line in lines} | {line.after for line in lines})
    return [
        Level(
            level_name(level),
            _sum(line for line in lines if line.before == level),
            _sum(line for line in lines if line.after == level),
        )
        for level in found
    ]


def _sum(lines: Iterable[WhatIfLine]) -> Amounts:
    rows = list(lines)
    return Amounts(sum(row.count for row in rows), sum((row.amount for row in rows), ZERO))


def _share(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}%" if whole else "—"
