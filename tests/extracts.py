"""Made-up extracts of the core system: 报立结案清单 of any length, as CSV or workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

HEADINGS = (
    "保单号", "报案号", "赔案号", "立案号", "机构", "被保险人", "车牌号", "车架号", "出险时间", "报案时间",
    "立案时间", "已决时间", "支付时间", "状态", "是否人伤", "责任系数", "出险省", "出险市", "出险区",
    "出险原因", "现场类型", "立案金额", "立案金额-人", "立案金额-车", "立案金额-物", "立案金额-费用",
    "最近人伤立案金额",
    "已决赔款",
)  # fmt: skip
CITIES = ("成都", "绵阳", "德阳", "南充", "宜宾")
START = datetime(2026, 1, 1)  # noqa: DTZ001 - extracts write local time
DATE = "%Y-%m-%d %H:%M:%S"


def rows(count: int, units: Sequence[str] = ("成都中支", "绵阳中支"), seed: int = 1) -> Iterator[list[str]]:
    """`count` rows in the order of HEADINGS, all of them in order."""
    random = Random(seed)
    for number in range(count):
        yield _row(random, number, units, count)


def _row(random: Random, number: int, units: Sequence[str], count: int) -> list[str]:
    reported = START + timedelta(seconds=number * 25_000_000 // count)
    vehicle, injury = round(random.lognormvariate(7.6, 1), 2), 0.0
    is_injury = random.random() < 0.06
    if is_injury:
        injury = round(random.lognormvariate(9, 1), 2)
    total = round(vehicle + injury + 100, 2)
    is_closed = random.random() < 0.8
    closed = reported + timedelta(days=random.uniform(1, 20))
    paid = total if is_closed and random.random() < 0.75 else 0
    serial = f"{number:08}"
    return [
        f"P2651{serial}", f"RX26{serial}", f"AX26{serial}", f"LX26{serial}", units[number % len(units)],
        random.choice(("王伟", "李娜", "张敏", "成都顺达物流有限公司")),
        f"川A{random.randrange(100_000):05}", f"LSV{serial}", (reported - timedelta(hours=1)).strftime(DATE),
        reported.strftime(DATE), (reported + timedelta(hours=3)).strftime(DATE),
        closed.strftime(DATE) if is_closed else "",
        closed.strftime(DATE) if paid else "", "已结案" if is_closed else "已立案",
        "是" if is_injury else "否",
        random.choice(("1", "0.7", "0.5")), "四川省", random.choice(CITIES) + "市", "高新区",
        random.choice(("追尾碰撞", "刮擦", "单方事故")), "第一现场",
        f"{total:.2f}", f"{injury:.2f}", f"{vehicle:.2f}", "0.00", "100.00", f"{injury:.2f}", f"{paid:.2f}",
    ]  # fmt: skip


def write_csv(
    path: Path,
    lines: Iterable[Sequence[str]],
    *,
    headings: Sequence[str] = HEADINGS,
    encoding: str = "gb18030",
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(lines)
    return path


MONEY = frozenset(range(21, 28))


def write_xlsx(path: Path, lines: Iterable[Sequence[object]], *, headings: Sequence[str] = HEADINGS) -> Path:
    """Numbers as numbers, everything else as text, as a core system writes it."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("清单")
    sheet.write_row(0, 0, headings)
    for number, line in enumerate(lines, start=1):
        for column, cell in enumerate(line):
            if column in MONEY and isinstance(cell, str) and headings is HEADINGS:
                sheet.write_number(number, column, float(cell))
            elif cell != "":
                sheet.write(number, column, cell)
    book.close()
    return path
