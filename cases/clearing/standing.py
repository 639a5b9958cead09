"""How far a campaign has come: its base list against the cases of today, summed by the database.

`STATES` is one row of the list with what has become of its case; everything else adds it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from cases.models import CampaignRound, OutstandingCampaign, clearing_parameter

STATES = """
    select r.id as row_id, r.unit_id, r.band_id, r.estimate as base_estimate, r.remark,
        coalesce(r.assignee_id, c.handler_id) as handler_id, c.estimate, c.paid,
        c.uncleared_reasons as reasons, c.expected_close_on,
        case when c.stage <> 'closed' then '' when c.closing_kind = 'refused' then '2'
            when c.closing_kind = 'cancelled' then '3' else '1' end as outcome,
        greatest(coalesce(e.at, c.registered_at, c.reported_at), r.confirmed_at) as estimate_set_at,
        case when c.stage = 'closed' then c.paid else greatest(c.estimate, c.paid) end as developed
    from cases_campaigncase r
    join cases_claimcase c on c.id = r.case_id
    left join (
        select change.case_id, max(change.changed_at) as at from cases_estimatechange change
        join cases_campaigncase listed
            on listed.case_id = change.case_id and listed.campaign_id = %(campaign)s
        where change.subject = 'estimate' group by change.case_id
    ) e on e.case_id = r.case_id
    where r.campaign_id = %(campaign)s
"""
_IS_STALE = "s.outcome = '' and s.estimate_set_at < %(stale_before)s"
_UNEXPLAINED = "s.outcome = '' and cardinality(s.reasons) = 0"
_SUMS = f"""
    count(*) as base_count, sum(s.base_estimate) as base_amount,
    count(*) filter (where s.outcome = '1') as closed,
    count(*) filter (where s.outcome = '2') as refused,
    count(*) filter (where s.outcome = '3') as cancelled,
    coalesce(sum(s.base_estimate) filter (where s.outcome <> ''), 0) as cleared_amount,
    count(*) filter (where {_IS_STALE}) as stale,
    count(*) filter (where {_UNEXPLAINED}) as without_reason
"""
_BY = {"unit": "s.unit_id", "band": "s.unit_id, s.band_id", "handler": "s.unit_id, s.handler_id"}


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts and yuan of a part of the base list; `stale`, `without_reason` of what is still open."""

    base_count: int = 0
    base_amount: Decimal = Decimal(0)
    closed: int = 0
    refused: int = 0
    cancelled: int = 0
    cleared_amount: Decimal = Decimal(0)
    stale: int = 0
    without_reason: int = 0

    @property
    def cleared(self) -> int:
        return self.closed + self.refused + self.cancelled

    @property
    def open(self) -> int:
        return self.base_count - self.cleared

    @property
    def open_amount(self) -> Decimal:
        return self.base_amount - self.cleared_amount

    @property
    def count_rate(self) -> Decimal | None:
        return per_cent(self.cleared, self.base_count)

    @property
    def amount_rate(self) -> Decimal | None:
        return per_cent(self.cleared_amount, self.base_amount)

    def __add__(self, other: Progress) -> Progress:
        names = [one.name for one in fields(self)]
        return Progress(*(getattr(self, name) + getattr(other, name) for name in names))


def per_cent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """With two places; nothing, not zero, where there is nothing to divide by."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01")) if whole > 0 else None


def total_of(parts: Sequence[Progress]) -> Progress:
    return sum(parts, Progress())


def stale_before(now: datetime) -> datetime:
    """An estimate set before this moment is stale; without the parameter none ever is."""
    days = clearing_parameter("stale_estimate_days", timezone.localdate(now))
    return now - timedelta(days=float(days)) if days is not None else datetime.min.replace(tzinfo=now.tzinfo)


def progress_by(campaign: OutstandingCampaign, by: str) -> dict[tuple[Any, ...], Progress]:
    """By (unit,) for "unit", (unit, band) for "band", (unit, person) for "handler". One statement."""
    columns = _BY[by]
    rows = _rows(f"select {columns}, {_SUMS} from ({STATES}) s group by {columns}", campaign)
    width = columns.count(",") + 1
    return {tuple(row[:width]): Progress(*row[width:]) for row in rows}


def reasons_by_unit(campaign: OutstandingCampaign) -> dict[int, dict[str, int]]:
    """How many open rows of each unit have each reason; one with several counts under each."""
    found: dict[int, dict[str, int]] = {}
    rows = _rows(
        f"""select s.unit_id, code, count(*) from ({STATES}) s cross join unnest(s.reasons) as code
        where s.outcome = '' group by s.unit_id, code""",
        campaign,
    )
    for unit, code, count in rows:
        found.setdefault(unit, {})[code] = count
    return found


@dataclass(frozen=True, slots=True)
class RunOff:
    """估损偏差 of a part of the base list: what was estimated, what has become of it so far."""

    count: int = 0
    base: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    outstanding: Decimal = Decimal(0)
    absolute: Decimal = Decimal(0)
    over: int = 0
    under: int = 0

    @property
    def developed(self) -> Decimal:
        return self.paid + self.outstanding

    @property
    def deviation(self) -> Decimal:
        """Above zero: more than was estimated."""
        return self.developed - self.base

    @property
    def net_rate(self) -> Decimal | None:
        return per_cent(self.deviation, self.base)

    @property
    def absolute_rate(self) -> Decimal | None:
        return per_cent(self.absolute, self.base)

    @property
    def adequacy(self) -> Decimal | None:
        """估损充足率 K25: what it comes to, of what was estimated."""
        return per_cent(self.developed, self.base)

    def __add__(self, other: RunOff) -> RunOff:
        names = [one.name for one in fields(self)]
        return RunOff(*(getattr(self, name) + getattr(other, name) for name in names))


def run_off_by(
    campaign: OutstandingCampaign, by: str, *, only_paid: bool = False
) -> dict[tuple[Any, ...], RunOff]:
    """`only_paid`: without what was refused or cancelled, whose estimates came to nothing."""
    columns = _BY[by]
    rows = _rows(
        f"""select {columns}, count(*), sum(s.base_estimate), sum(s.paid), sum(s.developed - s.paid),
            sum(abs(s.developed - s.base_estimate)),
            count(*) filter (where s.developed > s.base_estimate),
            count(*) filter (where s.developed < s.base_estimate)
        from ({STATES}) s where not (%(only_paid)s and s.outcome in ('2', '3')) group by {columns}""",
        campaign,
        only_paid=only_paid,
    )
    width = columns.count(",") + 1
    return {tuple(row[:width]): RunOff(*row[width:]) for row in rows}


def _rows(statement: str, campaign: OutstandingCampaign, **values: Any) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"campaign": campaign.pk, "stale_before": stale_before(timezone.now()), **values}
        )
        found: list[Sequence[Any]] = cursor.fetchall()
        return found


_TAKE = f"""
    insert into cases_roundrow (round_id, row_id, cleared_as, estimate, paid, reasons, expected_close_on,
        remark, handler_id, estimate_set_at, is_stale)
    select %(round)s, s.row_id, s.outcome, s.estimate, s.paid, s.reasons, s.expected_close_on, s.remark,
        s.handler_id, s.estimate_set_at, {_IS_STALE}
    from ({STATES}) s
    where s.outcome = '' or not exists (
        select 1 from cases_roundrow earlier
        where earlier.row_id = s.row_id and earlier.cleared_as <> '' and earlier.round_id <> %(round)s)
"""
_FIGURES = f"""
    insert into cases_roundfigure (round_id, unit_id, band_id, base_count, base_amount, closed, refused,
        cancelled, cleared_amount, stale, without_reason)
    select %(round)s, s.unit_id, s.band_id, {_SUMS} from ({STATES}) s group by s.unit_id, s.band_id
"""


def take_rows(found: CampaignRound) -> int:
    """Every row as it stands, but those an earlier round found cleared and that still are; how many."""
    values: dict[str, Any] = {
        "campaign": found.campaign_id,
        "round": found.pk,
        "stale_before": stale_before(found.taken_at),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        taken = cursor.rowcount
        cursor.execute(_FIGURES, values)
    return int(taken)
