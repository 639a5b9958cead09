"""The cells of the case list as the database writes them: the same texts as `columns` gives, in SQL.

An export of many rows is written by PostgreSQL itself. A test holds the two side by side for every column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Case, Expression, F, Func, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Replace
from django.utils import timezone

from cases.lifecycle import ClosingKind, Stage
from cases.listing.columns import MARKS, NOTHING, NUMBER, Column, labelled
from cases.models import CoverageLine, LossClass

_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # what Python's strip takes off
_NOTHING = Value(NOTHING, TextField())
_OPEN, _CLOSE = "\x01", "\x02"


def cell_of(column: Column, *, sees_personal_data: bool) -> Expression | F:
    """Text, or for sums of money the number; null and "" are both an empty cell."""
    if column.is_money:
        return F(column.fields[0])
    if column.mask is not None and not sees_personal_data:
        return _MASKED[column.key](*column.fields)
    return _SHOWN[column.key](*column.fields)


class _Text(Func):
    """A call or template whose result is text."""

    output_field = TextField()


def _or_nothing(text: Any) -> Expression:
    return Coalesce(NullIf(text, Value("")), _NOTHING, output_field=TextField())


def _plain(field: str) -> Expression:
    return _or_nothing(F(field))


def _first(claim_no: str, report_no: str) -> Expression:
    return Coalesce(NullIf(F(claim_no), Value("")), F(report_no), output_field=TextField())


def _stamp(pattern: str) -> Callable[[str], Expression]:
    zone = timezone.get_default_timezone_name()
    template = f"to_char(%(expressions)s at time zone '{zone}', '{pattern}')"
    return lambda field: Coalesce(_Text(F(field), template=template), _NOTHING)


def _days(until: Any, since: str) -> Expression:
    template = "floor(extract(epoch from %(expressions)s) / 86400)::bigint::text"
    return _Text(until, F(since), template=template, arg_joiner=" - ")


def _days_old(reported_at: str, closed_at: str) -> Expression:
    return _days(Coalesce(F(closed_at), Value(timezone.now())), reported_at)


def _days_here(entered_at: str, closed_at: str) -> Expression:
    here = _days(Value(timezone.now()), entered_at)
    return Case(When(**{closed_at: None}, then=here), default=_NOTHING, output_field=TextField())


def _joined(separator: str, *texts: Expression) -> Expression:
    return _Text(Value(separator), *texts, function="concat_ws")


def _insured(name: str, plate: str) -> Expression:
    return _or_nothing(_joined(" / ", NullIf(F(name), Value("")), NullIf(F(plate), Value(""))))


def _label(choices: Any) -> Callable[[str], Expression]:
    def text(field: str) -> Expression:
        labels = [When(**{field: code}, then=Value(str(label))) for code, label in choices.choices]
        return Case(*labels, default=_or_nothing(F(field)), output_field=TextField())

    return text


def _labels(choices: Mapping[str, str]) -> Callable[[str], Expression]:
    """Every code between two marks, so that none is found inside another; then code by code its label."""

    def text(field: str) -> Expression:
        codes = _Text(F(field), Value(_CLOSE + _OPEN), function="array_to_string")
        marked: Expression = Concat(Value(_OPEN), codes, Value(_CLOSE), output_field=TextField())
        for code, label in choices.items():
            marked = Replace(marked, Value(f"{_OPEN}{code}{_CLOSE}"), Value(f"{label} "))
        spaced = Replace(Replace(marked, Value(_OPEN), Value("")), Value(_CLOSE), Value(" "))
        return _or_nothing(_Text(spaced, Value(-1), function="left"))

    return text


def _marks(*raised: str) -> Expression:
    texts = zip(raised, MARKS.values(), strict=True)
    return _joined(" ", *(Case(When(**{field: True}, then=Value(label))) for field, label in texts))


def _in_words(template: str, text: str) -> Callable[[str], Expression]:
    """`template` with what `text` makes of the column in every place."""
    template = template.replace("{text}", text).replace("{blanks}", _BLANKS)
    return lambda field: _Text(F(field), template=template)


_mask_name = _in_words(
    """(case
        when length({text}) > 4 and strpos({text}, '·') = 0 and octet_length({text}) > length({text})
            then left({text}, 2) || '**' || substr({text}, 5)
        when length({text}) > 4 then left({text}, 1) || '**'
        when {text} = '' then ''
        else left({text}, 1) || repeat('*', greatest(length({text}) - 1, 1))
    end)""",
    "btrim(%(expressions)s, '{blanks}')",
)
_mask_plate = _in_words(
    r"""(case
        when {text} ~ '^[一-鿿][A-Z][0-9A-Z一-鿿]{5,6}$' then
            left({text}, 2) || '·' || substr({text}, 3, 1) || repeat('*', length({text}) - 5)
            || right({text}, 2)
        when {text} ~ '^[一-鿿][A-Z][·•.\s-][0-9A-Z一-鿿]{5,6}$' then
            left({text}, 2) || '·' || substr({text}, 4, 1) || repeat('*', length({text}) - 6)
            || right({text}, 2)
        when length({text}) > 1 then left({text}, 1) || repeat('*', length({text}) - 1)
        else repeat('*', length({text}))
    end)""",
    "upper(btrim(%(expressions)s, '{blanks}'))",
)


def _insured_masked(name: str, plate: str) -> Expression:
    masked = (NullIf(_mask_name(name), Value("")), NullIf(_mask_plate(plate), Value("")))
    return _or_nothing(_joined(" / ", *masked))


def _due(due_at: str, name: str, _warn_at: str) -> Expression:
    stamp = _stamp("YYYY-MM-DD HH24:MI")(due_at)
    running = Concat(stamp, Value(" "), F(name), output_field=TextField())
    standing = Concat(Value("暂停 "), F(name), output_field=TextField())
    return Case(
        When(**{name: None}, then=_NOTHING),
        When(**{name: ""}, then=_NOTHING),
        When(**{due_at: None}, then=standing),
        default=running,
        output_field=TextField(),
    )


_MASKED: Mapping[str, Callable[..., Expression]] = {"insured": _insured_masked}
_SHOWN: Mapping[str, Callable[..., Expression]] = {
    NUMBER.key: _first,
    "report_no": _plain,
    "policy_no": _plain,
    "unit": _plain,
    "insured": _insured,
    "vehicle_class": _plain,
    "lines": _labels(labelled(CoverageLine)),
    "losses": _labels(labelled(LossClass)),
    "marks": _marks,
    "stage": _label(Stage),
    "due": _due,
    "waiting": _days_here,
    "handler": _plain,
    "reported_at": _stamp("YYYY-MM-DD HH24:MI"),
    "registered_at": _stamp("YYYY-MM-DD"),
    "age": _days_old,
    "closed_at": _stamp("YYYY-MM-DD"),
    "closing_kind": _label(ClosingKind),
    "reasons": _labels({}),
    "source": _plain,
}
