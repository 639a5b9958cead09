"""A campaign's board, ranking and run-off as workbooks."""

from __future__ import annotations

from collections.abc import Sequence

from cases.clearing.board import Board, Line, RunOffLine
from cases.clearing.standing import Progress, RunOff
from cases.models import OutstandingCampaign
from departments.sheets import Cell, Sheet, sheets

_PROGRESS = (
    "基数件数", "基数金额(元)", "1结案", "2拒赔", "3注销", "已清理金额(元)", "件数清理率(%)", "金额清理率(%)",
    "未清理", "估损陈旧", "未填原因",
)  # fmt: skip
_RUN_OFF = (
    "件数", "基准估损(元)", "已付(元)", "尚未决(元)", "发展后(元)", "偏差(元)", "净偏差率(%)",
    "绝对偏差率(%)", "充足率(%)", "上升件数", "下降件数",
)  # fmt: skip


def _progress(one: Progress) -> tuple[Cell, ...]:
    return (
        one.base_count, one.base_amount, one.closed, one.refused, one.cancelled, one.cleared_amount,
        one.count_rate, one.amount_rate, one.open, one.stale, one.without_reason,
    )  # fmt: skip


def board_workbook(board: Board) -> bytes:
    facts: list[Sequence[Cell]] = [
        ("名称", board.campaign.name),
        ("范围", f"{board.campaign.unit.name}：{board.campaign.scope_words}"),
        ("基准日", board.campaign.base_on),
        ("截止日期", board.campaign.due_on),
        ("基准清单摘要", board.campaign.base_digest),
    ]
    reasons: list[Sequence[Cell]] = [(f"{code} {name}", count) for code, name, count, _ in board.reasons]
    return sheets(
        [
            Sheet("说明", ("项目", "内容"), facts),
            Sheet("机构", ("机构", "件数目标(%)", "状态", *_PROGRESS), [_unit(line) for line in board.units]),
            Sheet(
                "账龄", ("账龄", *_PROGRESS), [(line.name, *_progress(line.progress)) for line in board.bands]
            ),
            Sheet("未清理原因", ("原因", "件数"), reasons),
        ]
    )


def _unit(line: Line) -> Sequence[Cell]:
    return (line.name, line.aim.count_share, line.state[1], *_progress(line.progress))


def ranking_workbook(units: Sequence[tuple[int, Line]], people: Sequence[tuple[int, Line]]) -> bytes:
    by_unit = [(place, line.name, *_progress(line.progress)) for place, line in units]
    by_person = [(place, line.name, line.note, *_progress(line.progress)) for place, line in people]
    return sheets(
        [
            Sheet("机构排名", ("名次", "机构", *_PROGRESS), by_unit),
            Sheet("人员排名", ("名次", "责任人", "机构", *_PROGRESS), by_person),
        ]
    )


def _run_off(one: RunOff) -> tuple[Cell, ...]:
    return (
        one.count, one.base, one.paid, one.outstanding, one.developed, one.deviation, one.net_rate,
        one.absolute_rate, one.adequacy, one.over, one.under,
    )  # fmt: skip


def run_off_workbook(
    campaign: OutstandingCampaign, units: Sequence[RunOffLine], ages: Sequence[RunOffLine]
) -> bytes:
    title = f"估损偏差 {campaign.base_on:%Y-%m-%d}"
    return sheets(
        [
            Sheet(title, ("机构", *_RUN_OFF), [(line.name, *_run_off(line.found)) for line in units]),
            Sheet("按账龄", ("账龄", *_RUN_OFF), [(line.name, *_run_off(line.found)) for line in ages]),
        ]
    )
