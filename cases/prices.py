"""本地价格: what the part of a line cost here lately, beside the line; one statement for all lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from cases.models import DamageItem
from cases.supervision.parameters import Parameters, parameters_on

_HISTORY = """
    select w.id, count(*), percentile_disc(0.5) within group (order by p.price), min(p.price), max(p.price),
        (array_agg(p.price order by p.priced_on desc, p.id desc))[1], max(p.priced_on)
    from unnest(%(ids)s::bigint[], %(codes)s::text[], %(names)s::text[], %(brands)s::text[])
        as w (id, code, name, brand)
    join cases_partprice p on p.priced_on >= %(since)s and p.case_id is distinct from %(case)s
        and ((w.code <> '' and p.code = w.code) or ((w.code = '' or p.code = '') and p.name_key = w.name
            and (w.brand = '' or p.brand = '' or p.brand = w.brand)))
    group by w.id
"""
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class History:
    """Yuan. `deviation`: how far the asked price lies above the median, in per cent; None with too few."""

    count: int
    median: Decimal
    least: Decimal
    most: Decimal
    last: Decimal
    last_on: date
    deviation: Decimal | None
    is_high: bool


def history_beside(items: Sequence[DamageItem]) -> dict[int, History]:
    """By line, for parts that were priced within the window before, other than on this very case."""
    parts = [one for one in items if one.kind == DamageItem.Kind.PART]
    if not parts:
        return {}
    today = timezone.localdate()
    parameters = parameters_on(today)
    since = today - timedelta(days=parameters.whole("price_window_days"))
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {**_asked(parts), "since": since, "case": parts[0].case_id})
        rows = cursor.fetchall()
    asked = {one.pk: one.price for one in parts}
    return {pk: _history(asked[pk], facts, parameters) for pk, *facts in rows}


def _asked(parts: Sequence[DamageItem]) -> dict[str, list[int] | list[str]]:
    return {
        "ids": [one.pk for one in parts],
        "codes": [one.code for one in parts],
        "names": [one.name_key for one in parts],
        "brands": [one.sheet.brand for one in parts],
    }


def _history(asked: Decimal, facts: Sequence[object], parameters: Parameters) -> History:
    count, median, least, most, last, last_on = facts
    deviation = deviation_of(asked, median, count, parameters.whole("price_count"))  # type: ignore[arg-type]
    is_high = deviation is not None and deviation > parameters.number("price_deviation")
    return History(count, median, least, most, last, last_on, deviation, is_high)  # type: ignore[arg-type]


def deviation_of(asked: Decimal, median: Decimal, count: int, enough: int) -> Decimal | None:
    """Above the median in per cent, negative below it; None where too few prices are known."""
    return (asked - median) / median * HUNDRED if count >= enough else None
