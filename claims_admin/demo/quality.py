"""Two months of files drawn and scored, doubts about the data and corrections in every state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle

from django.utils import timezone

from authority.refusals import Refused
from cases.models import DataQualityIssue, QualityDraw, QualitySample, ScoreItem
from cases.services import drawing, inspecting, mending
from cases.services.doubting import check_data
from cases.services.inspecting import Mark
from cases.services.mending import Wish
from claims_admin.demo.clock import set_to
from claims_admin.demo.past import months_before
from claims_admin.demo.people import People
from departments.models import OrgUnit, Staff

Fault = tuple[str, Mark] | None
FAULTS: tuple[Fault, ...] = (
    None,
    None,
    ("survey", Mark("bad", note="无第一现场照片，未补复勘")),
    ("submit", Mark("partial", Decimal(3), "发票抬头与定损单位不一致")),
    None,
    ("assess", Mark("partial", Decimal(2), "工时单价高于协议价，未说明")),
    ("adjust", Mark("bad", note="绝对免赔未扣")),
)
SCORED = (18, 8)
"""Of the month before last, and of last month."""
CORRECTED = 6


def make_quality(units: dict[str, OrgUnit], people: People) -> tuple[int, int]:
    """How many files were scored and how many doubts found."""
    scored = 0
    for first, most in zip(months_before(timezone.localdate(), 2), SCORED, strict=True):
        with set_to(_morning_after(first)):
            made = drawing.draw_month(units["motor"], first)
        scored += _score(made, most, people) if made else 0
    run = check_data(timezone.now())
    _correct(people)
    return scored, run.found if run else 0


def _morning_after(first: date) -> datetime:
    day = (first + timedelta(days=31)).replace(day=1)
    return timezone.make_aware(datetime.combine(day, time(7, 20)))


def _score(made: QualityDraw, most: int, people: People) -> int:
    samples = made.samples.exclude(assigned_to=None).select_related("assigned_to", "unit", "sheet")
    done: list[QualitySample | None] = []
    for sample, fault in zip(samples.order_by("number")[:most], cycle(FAULTS), strict=False):
        with set_to(made.drawn_at + timedelta(hours=3, minutes=20 * len(done))):
            done.append(_scored(sample, fault))
    with set_to(made.drawn_at + timedelta(days=1)):
        _answer([sample for sample in done if sample], people)
    return len(done)


def _scored(sample: QualitySample, fault: Fault) -> QualitySample | None:
    marks = _marks(sample.sheet.items.all(), fault)
    try:
        return inspecting.finish_score(sample, marks, "已调阅案卷核对", by=sample.assigned_to)  # type: ignore[arg-type]
    except Refused:
        return None


def _marks(items: Iterable[ScoreItem], fault: Fault) -> dict[int, Mark]:
    """All in order, but for the first question of the step."""
    marks, is_placed = {}, fault is None
    for item in items:
        marks[item.pk] = Mark("good")
        if fault and not is_placed and item.step == fault[0] and item.points:
            marks[item.pk], is_placed = fault[1], True
    return marks


def _answer(samples: list[QualitySample], people: People) -> None:
    """Some units agree, one appeals."""
    for number, sample in enumerate(samples):
        head = _head_of(sample.unit, people)
        if head is None or number % 4 == 3:
            continue
        if number == 2:
            inspecting.appeal_score(sample, "现场照片在另一报案号下，请复核", by=head)
        else:
            inspecting.accept_score(sample, by=head)


def _head_of(unit: OrgUnit, people: People) -> Staff | None:
    held = people.in_post(unit.code, "UNIT_HEAD")
    return held[0].staff if held else None


def _correct(people: People) -> None:
    """The handlers ask, the heads agree, refuse, or have not looked yet."""
    doubts = DataQualityIssue.objects.open().select_related("case__unit", "case__handler")
    for number, doubt in enumerate(doubts.exclude(case__handler=None).order_by("pk")[:CORRECTED]):
        head = _head_of(doubt.case.unit, people)
        if head is not None and head != doubt.case.handler:
            _work_on(doubt, number, head)


def _work_on(doubt: DataQualityIssue, number: int, head: Staff) -> None:
    case = doubt.case
    wish = Wish("vehicle_class", "六座以下客车" if number % 2 else "小型轿车", "行驶证照片", None)
    try:
        asked = mending.ask_correction(case, wish, by=case.handler, seen=case.version)  # type: ignore[arg-type]
        if number % 3 == 0:
            mending.apply_correction(asked, "已核对影像", by=head)
        elif number % 3 == 1:
            mending.refuse_correction(asked, "照片不清，请补传后再申请", by=head)
            mending.confirm_true(doubt, "已联系客户核实，情况属实", by=head)
    except Refused:
        return
