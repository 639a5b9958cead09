"""The columns of 授权一览表. The first fifteen are those of the filing (R25); the rest says the scope in
full, so that the file can be read back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from authority.models import LetterMode


@dataclass(frozen=True, slots=True)
class Column:
    """`required`: a row without it is faulty. `other`: other headings of it. `help`: what it takes."""

    key: str
    heading: str
    width: int = 12
    required: bool = False
    other: tuple[str, ...] = ()
    help: str = ""


PERSON = (
    Column("name", "被授权人", 10, other=("姓名",), help="姓名，可不填；填写时须与工号相符"),
    Column("employee_no", "工号", 12, required=True, help="被授权人的工号"),
)
UNIT = Column("unit", "机构", 14, required=True, help="机构简称、全称或代码")
POST = Column("post", "岗位", 16, required=True, help="被授权人在上述机构所任的岗位")
ITEM = Column("item", "环节", 14, required=True, other=("事项", "权限事项"), help="权限事项的名称或代码")
KIND = Column("kind", "类型", 30, help="范围的概述，导入时不读，以右侧各栏为准")
MEASURE = Column("measure", "计量口径", 14, help="由事项决定，可不填；填写时须相符")
AMOUNT = Column(
    "amount_max", "金额上限(元)", 16, required=True, other=("金额上限", "上限", "金额"), help="最多两位小数"
)
REACH = Column("reach", "适用机构", 18, help="管哪个机构的案件；不填为被授权机构")
DATES = (
    Column("valid_from", "起", 12, help="导入时不读，以授权书的有效期为准"),
    Column("valid_to", "止", 12, help="同上"),
)
LETTER = Column("letter", "授权书号", 22, help="导入时不读")
CLAUSE = Column("clause", "条款", 10, help="不填时按顺序编号")
USES = (
    Column("decided", "使用次数", 10, help="导入时不读"),
    Column("referred", "超权限上报数", 12, help="导入时不读"),
)
SCOPE = (
    Column("lines", "险别", 16, required=True, help="「不限」，或用顿号分开的险别"),
    Column("loss_classes", "损失类别", 12, required=True, help="「不限」，或 车、物、人"),
    Column("special_kinds", "特殊案件类型", 20, required=True, help="「不限」，或 普通案件、拒赔、零赔付 等"),
    Column("litigation", "涉诉", 10, required=True, help="不限、仅涉诉 或 仅非诉"),
)
PERSONAL = (
    Column("includes_below", "含下级机构", 10, help="是 或 否，不填为是"),
    Column("amount_min", "金额下限(元)", 14, help="不填为 0"),
    Column("cosign_count", "会签人数", 10, help="不填为不会签"),
    Column("cosign_post", "会签岗位", 14, help="会签人数大于 0 时必填"),
)

GRANT_COLUMNS = (
    *PERSON, UNIT, POST, ITEM, KIND, MEASURE, AMOUNT, REACH, *DATES, LETTER, CLAUSE, *USES, *SCOPE, *PERSONAL,
)  # fmt: skip
CEILING_COLUMNS = (UNIT, ITEM, KIND, MEASURE, AMOUNT, *DATES, LETTER, CLAUSE, *SCOPE)


def columns_for(mode: str) -> tuple[Column, ...]:
    return CEILING_COLUMNS if mode == LetterMode.BY_INSTITUTION else GRANT_COLUMNS


def found_in(headings: Iterable[str], mode: str) -> dict[str, int]:
    """Where each column stands, by key; the first of several with one heading."""
    places: dict[str, int] = {}
    keys = {name: column.key for column in columns_for(mode) for name in (column.heading, *column.other)}
    for place, heading in enumerate(headings):
        key = keys.get(heading)
        if key is not None:
            places.setdefault(key, place)
    return places


def missing_from(places: Iterable[str], mode: str) -> list[str]:
    """The headings of the required columns that are not there."""
    found = set(places)
    return [column.heading for column in columns_for(mode) if column.required and column.key not in found]
