"""The columns of the case list: where a value comes from, how it reads, how it reads for strangers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cases.lifecycle import ClosingKind, Stage
from cases.models import CoverageLine, LossClass
from departments.masking import mask_name, mask_plate

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Column:
    """`fields` are lookups from the case; `show` gets their values, `mask` replaces it for strangers.

    `code`: of the values, which makes the text a badge in the code's colour; "" for plain text.

    `sorts`: the names of the two orders that a click on the heading switches between.
    """

    key: str
    label: str
    fields: tuple[str, ...]
    show: Callable[..., str] = str
    mask: Callable[..., str] | None = None
    css: str = ""
    is_money: bool = False
    code: Callable[..., str] | None = None
    sorts: tuple[str, ...] = ()

    def reader(self, *, sees_personal_data: bool) -> Callable[..., str]:
        return self.show if sees_personal_data or self.mask is None else self.mask


def _text(value: object) -> str:
    return str(value) if value not in (None, "") else NOTHING


def _first(claim_no: str, report_no: str) -> str:
    return claim_no or report_no


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _local(moment: datetime) -> datetime:
    """An export asks this for every row, so it goes round the look-up of the current time zone."""
    return moment.astimezone(timezone.get_default_timezone())


def _moment(moment: datetime | None) -> str:
    return _local(moment).isoformat(" ", "minutes")[:16] if moment else NOTHING


def _day(moment: datetime | None) -> str:
    return _local(moment).isoformat()[:10] if moment else NOTHING


def _days_old(reported_at: datetime, closed_at: datetime | None) -> str:
    return str(((closed_at or timezone.now()) - reported_at).days)


def _days_here(entered_at: datetime, closed_at: datetime | None) -> str:
    """How long the case has been where it is; of a closed one nobody asks."""
    return NOTHING if closed_at else str((timezone.now() - entered_at).days)


def _insured(name: str, plate: str) -> str:
    return " / ".join(part for part in (name, plate) if part) or NOTHING


def _insured_masked(name: str, plate: str) -> str:
    return _insured(mask_name(name), mask_plate(plate))


def _labels(choices: dict[str, str]) -> Callable[[Iterable[str]], str]:
    return lambda codes: " ".join(choices.get(code, code) for code in codes) or NOTHING


def _label(choices: dict[str, str]) -> Callable[[str], str]:
    return lambda code: choices.get(code, code) or NOTHING


def labelled(choices: Any) -> dict[str, str]:
    """The label of each code of a class of choices."""
    return {str(code): str(label) for code, label in choices.choices}


MARKS = {"is_injury": "人伤", "is_litigated": "涉诉", "is_major": "重大", "is_fraud_suspected": "欺诈嫌疑"}


def _marks(*raised: bool) -> str:
    return " ".join(label for label, is_raised in zip(MARKS.values(), raised, strict=True) if is_raised)


def _amount(key: str, label: str, sorts: tuple[str, ...] = ()) -> Column:
    return Column(key, f"{label}(元)", (key,), _money, css="money", is_money=True, sorts=sorts)


_DUE = ("due__due_at", "due__name", "due__warn_at")


def _due(due_at: datetime | None, name: str | None, _warn_at: datetime | None) -> str:
    if not name:
        return NOTHING
    return f"{_moment(due_at)} {name}" if due_at else f"暂停 {name}"


def _due_code(due_at: datetime | None, _name: str | None, warn_at: datetime | None) -> str:
    now = timezone.now()
    if due_at and due_at < now:
        return "overdue"
    return "due_soon" if warn_at and warn_at <= now else ""


_STAYING = ("stage_entered_at", "closed_at")
COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("report_no", "报案号", ("report_no",), _text, css="number"),
        Column("policy_no", "保单号", ("policy_no",), _text, css="number"),
        Column("unit", "机构", ("unit__short_name",), _text),
        Column("insured", "被保险人 / 车牌", ("insured_name", "plate_no"), _insured, mask=_insured_masked),
        Column("vehicle_class", "车型", ("vehicle_class",), _text),
        Column("lines", "险别", ("lines",), _labels(labelled(CoverageLine))),
        Column("losses", "损失", ("loss_classes",), _labels(labelled(LossClass))),
        Column("marks", "标识", tuple(MARKS), _marks),
        _amount("estimate", "估损", ("largest", "smallest")),
        _amount("assessed", "定损"),
        _amount("reviewed", "核损"),
        _amount("adjusted", "理算"),
        _amount("approved", "核赔"),
        _amount("paid", "已付"),
        Column("stage", "状态", ("stage",), _label(labelled(Stage)), code=str),
        Column("due", "下一时限", _DUE, _due, css="number", code=_due_code, sorts=("due",)),
        Column("waiting", "停留(天)", _STAYING, _days_here, css="money", sorts=("waiting",)),
        Column("handler", "责任人", ("handler__name",), _text),
        Column("reported_at", "报案", ("reported_at",), _moment, css="number", sorts=("newest", "oldest")),
        Column("registered_at", "立案", ("registered_at",), _day, css="number"),
        Column("age", "案龄(天)", ("reported_at", "closed_at"), _days_old, css="money"),
        Column("closed_at", "结案", ("closed_at",), _day, css="number", sorts=("closed",)),
        Column("closing_kind", "结案方式", ("closing_kind",), _label(labelled(ClosingKind))),
        Column("reasons", "未清理原因", ("uncleared_reasons",), _labels({})),
        Column("source", "来源", ("source",), _text),
    )
}  # fmt: skip
DEFAULT_COLUMNS = frozenset(
    ("unit", "insured", "lines", "marks", "estimate", "stage", "due", "waiting", "handler", "reported_at")
)
NUMBER = Column("number", "案件号", ("claim_no", "report_no"), _first, css="number")


def chosen_columns(keys: Iterable[str]) -> list[Column]:
    """The known ones of these, in the catalogue's order; the default set when none is left."""
    wanted = set(keys) & set(COLUMNS) or DEFAULT_COLUMNS
    return [column for key, column in COLUMNS.items() if key in wanted]
