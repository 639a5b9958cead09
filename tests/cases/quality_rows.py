"""Rows of the quality of files and of data that the database's refusals need, one function per model."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cases.models import (
    DataCorrection,
    DataQualityRule,
    DrawnRule,
    QualityDraw,
    QualitySample,
    SampleAnswer,
    SampleRule,
    ScoreItem,
    ScoreSheet,
)
from tests.factories import CaseFactory, OrgUnitFactory, StaffFactory

FIRST = date(2026, 10, 1)


def draw(**fields: Any):
    values = {"kind": "monthly", "title": "抽检", "since": FIRST, "until": date(2026, 10, 31), "seed": "ab"}
    values |= {"drawn_at": timezone.now(), **fields}
    values["unit"] = values.get("unit") or OrgUnitFactory()
    return QualityDraw.objects.create(**values)


def drawn(**fields: Any):
    values = {"settings": {}, "digest": "", "rule": SampleRule.objects.get(code="RANDOM_CLOSED"), **fields}
    values["draw"] = values.get("draw") or draw()
    return DrawnRule.objects.create(**values)


def sample(**fields: Any):
    rule = fields.pop("drawn_rule", None) or drawn(**({"draw": fields["draw"]} if "draw" in fields else {}))
    case = fields.pop("case", None) or CaseFactory()
    values = {
        "draw": rule.draw, "drawn_rule": rule, "number": QualitySample.objects.count() + 1, "case": case,
        "unit": case.unit, "sheet": ScoreSheet.objects.get(code="GENERAL"), "due_on": FIRST, **fields,
    }  # fmt: skip
    return QualitySample.objects.create(**values)


def scored(**fields: Any):
    facts = {"status": "scored", "score": 90, "scored_at": timezone.now(), **fields}
    facts.setdefault("scored_by", StaffFactory())
    return sample(**facts)


def by_the_scorer(**fields: Any):
    """A second look or an appeal by whoever scored."""
    scorer = StaffFactory()
    return scored(
        scored_by=scorer, **{name: scorer if value == "scorer" else value for name, value in fields.items()}
    )


def answer(**fields: Any):
    values = {"verdict": "good", **fields}
    values["sample"] = values.get("sample") or sample()
    values["item"] = values["sample"].sheet.items.first()
    return SampleAnswer.objects.create(**values)


def sheet(**fields: Any):
    values = {"code": "X", "name": "表", "valid_from": FIRST, "source": "测试", **fields}
    return ScoreSheet.objects.create(**values)


def item(**fields: Any):
    values = {"rank": 1, "section": "查勘", "question": "问", "points": 5, "step": "survey", **fields}
    values["sheet"] = values.get("sheet") or sheet()
    return ScoreItem.objects.create(**values)


def sample_rule(**fields: Any):
    values = {"code": "X", "name": "规则", "share": 5, "sheet_code": "GENERAL", "valid_from": FIRST}
    return SampleRule.objects.create(**{**values, "source": "测试", **fields})


def data_rule(**fields: Any):
    values = {"code": "x", "name": "规则", "source": "测试", "valid_from": FIRST, **fields}
    return DataQualityRule.objects.create(**values)


def correction(**fields: Any):
    values = {"field": "plate_no", "before": "川B1", "after": "川B2", "reason": "录入错误", **fields}
    values["case"] = values.get("case") or CaseFactory()
    values.setdefault("requested_by", StaffFactory())
    return DataCorrection.objects.create(**values)


def correction_by_one(**fields: Any):
    """Asked and decided by the same person."""
    person = StaffFactory()
    return correction(requested_by=person, decided_by=person, decided_at=timezone.now(), **fields)


def a_day_before() -> date:
    return FIRST - timedelta(days=1)
