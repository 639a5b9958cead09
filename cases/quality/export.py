"""The results as a workbook: a sheet per unit, person and class."""

from __future__ import annotations

from cases.quality.results import Results
from departments.sheets import Sheet, sheets


def workbook(found: Results) -> bytes:
    units = (
        [one.name, one.count, one.average, one.lowest, one.vetoed, one.good, one.share] for one in found.units
    )
    people = ([one.name, one.count, one.lost] for one in found.people)
    classes = ([one.name, one.count, one.lost] for one in found.classes)
    return sheets(
        [
            Sheet(
                "按机构", ["机构", "已评", "平均分", "最低分", "一票否决", "优良(90分以上)", "优良率%"], units
            ),
            Sheet("按人员", ["责任人", "有扣分案卷", "扣分"], people),
            Sheet("按类别", ["问题类别", "有扣分案卷", "扣分"], classes),
        ]
    )
