"""The result of a run as a workbook: one sheet per table of the page."""

from __future__ import annotations

from collections.abc import Sequence

from cases.what_if.page import DIRECTIONS, Moved, Result
from departments.sheets import Cell, Sheet, sheets


def workbook(result: Result) -> bytes:
    return sheets(
        [
            Sheet("说明", ("项目", "内容"), _facts(result)),
            Sheet(
                "按层级",
                ("层级", "现行件数", "现行金额", "试算件数", "试算金额", "增减件数"),
                _levels(result),
            ),
            Sheet("按机构和事项", _UNIT_HEADINGS, [_unit(row) for row in (*result.units, result.total)]),
            Sheet("变化明细", ("机构", "事项", "变化", "现行", "试算", "件数", "金额"), _lines(result)),
            Sheet("人员工作量", ("人员", "现行件数", "试算件数", "现行金额", "试算金额"), _loads(result)),
        ]
    )


_LEVEL_HEADINGS = ("层级", "现行件数", "现行金额", "试算件数", "试算金额", "增减件数")
_UNIT_HEADINGS = (
    "机构", "事项", "件数", "金额", "上移件数", "上移金额", "下移件数", "下移金额",
    "换人件数", "新增无人受理", "总公司占比(现行)", "总公司占比(试算)",
)  # fmt: skip


def _facts(result: Result) -> list[Sequence[Cell]]:
    run = result.run
    return [
        ("授权书", f"{run.letter.number} {run.letter.title}"),
        ("授权书版本", run.letter_version),
        ("替代", run.replaces or "无"),
        ("机构范围", run.unit.name),
        ("期间", f"{run.period_start:%Y-%m-%d} 至 {run.period_end:%Y-%m-%d}"),
        ("发起人", run.requested_by.name),
        ("完成时间", run.finished_at),
        ("件数", run.read),
        ("其中按现存事实重建", run.rebuilt),
        ("不同情形", run.classes),
    ]


def _levels(result: Result) -> list[Sequence[Cell]]:
    return [
        (one.name, one.before.count, one.before.amount, one.after.count, one.after.amount, one.change)
        for one in result.levels
    ]


def _unit(row: Moved) -> Sequence[Cell]:
    return (
        row.unit, row.item, row.all.count, row.all.amount, row.up.count, row.up.amount, row.down.count,
        row.down.amount, row.others.count, row.gaps.count, row.share_before, row.share_after,
    )  # fmt: skip


def _lines(result: Result) -> list[Sequence[Cell]]:
    return [
        (
            line.unit_name,
            line.item.name,
            DIRECTIONS[line.direction],
            line.place_before,
            line.place_after,
            line.count,
            line.amount,
        )
        for line in result.lines
    ]


def _loads(result: Result) -> list[Sequence[Cell]]:
    return [
        (one.person.name, one.before, one.after, one.amount_before, one.amount_after) for one in result.loads
    ]
