"""The facts at the head of a case file."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from cases.models import FLAGS_OF_FIELDS, CaseFlag, ClaimCase, CoverageLine, LossClass
from departments.masking import mask_name, mask_plate

_MARKS = (
    ("is_injury", "人伤", "idle"),
    ("is_litigated", "涉诉", "attention"),
    ("is_major", "重大", "bad"),
    ("is_fraud_suspected", "欺诈嫌疑", "bad"),
)
_FLAGS = dict(CaseFlag.choices)
_LINES = dict(CoverageLine.choices)
_LOSSES = dict(LossClass.choices)


def facts_of(case: ClaimCase, *, sees_personal_data: bool) -> list[tuple[str, str]]:
    """Label and text, in the order of the drawing; personal data masked for strangers."""
    name = case.insured_name if sees_personal_data else mask_name(case.insured_name)
    plate = case.plate_no if sees_personal_data else mask_plate(case.plate_no)
    handler = f"{case.handler.name} · {case.unit.short_name}" if case.handler else ""
    lines = [str(_LINES.get(line, line)) for line in case.lines]
    losses = [str(_LOSSES.get(loss, loss)) for loss in case.loss_classes]
    price = [("新车购置价", f"{case.new_price:,.2f} 元")] if case.new_price is not None else []
    price += [("保险起期", f"{case.policy_from:%Y-%m-%d}")] if case.policy_from else []
    return [
        ("被保险人", name),
        ("车牌 / 车型", _joined(plate, case.vehicle_class)),
        ("出险", _joined(_moment(case.accident_at), case.accident_place, case.accident_cause, by=" ")),
        ("责任比例", f"{case.liability_ratio}%"),
        ("报案 / 立案", f"{_moment(case.reported_at)} / {_moment(case.registered_at) or '未立案'}"),
        ("材料收齐", _moment(case.papers_complete_at)),
        *_moments(case),
        ("责任人", handler),
        ("险别 / 损失", _joined(" ".join(lines), " ".join(losses))),
        ("报案号", case.report_no),
        ("立案号", case.registration_no),
        ("保单号", case.policy_no),
        ("结案", _joined(_moment(case.closed_at), case.get_closing_kind_display())),
        *price,
    ]  # fmt: skip


def _moments(case: ClaimCase) -> list[tuple[str, str]]:
    """Those noted, in pairs as they belong together."""
    service = [
        (word, moment)
        for word, moment in (
            ("派工", case.dispatched_at),
            ("联系", case.contacted_at),
            ("到场", case.arrived_at),
        )
        if moment
    ]
    claim = [
        ("索赔", case.claimed_at),
        ("告知清单", case.list_given_at),
        ("交强险核定", case.ctpl_decided_at),
        ("受托查勘完成", case.entrusted_done_at),
        ("受托材料寄回", case.papers_returned_at),
    ]
    said = [(word, _moment(moment)) for word, moment in claim if moment]
    if service:
        said.insert(0, ("查勘服务", " · ".join(f"{word} {_moment(at)}" for word, at in service)))
    return said


def marks_of(case: ClaimCase) -> list[tuple[str, str]]:
    """Text and tone of each badge beside the state."""
    said = [(text, tone) for field, text, tone in _MARKS if getattr(case, field)]
    found = [flag for flag in case.flags if flag not in FLAGS_OF_FIELDS]
    return said + [(str(_FLAGS.get(flag, flag)), "attention") for flag in found]


def _joined(*parts: str, by: str = " · ") -> str:
    return by.join(part for part in parts if part)


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
