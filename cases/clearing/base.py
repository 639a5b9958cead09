"""The base list: what was open at the end of a day, with the amounts of then, frozen by one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection

from cases.models import OutstandingCampaign
from cases.models.campaigns import end_of

_OPEN = """
    select c.id as case_id, c.unit_id, c.is_injury, c.is_litigated, c.handler_id,
        c.estimate - coalesce(later.sum, 0) as estimate, c.paid - coalesce(paid_later.sum, 0) as paid,
        greatest(0, %(day)s::date - (coalesce(case when band_since.since = 'accident_at'
            then c.accident_at end, c.reported_at) at time zone 'Asia/Shanghai')::date) as age_days
    from cases_claimcase c
    join departments_orgunit u on u.id = c.unit_id
    cross join (select since from cases_ageband where scheme = %(scheme)s limit 1) band_since
    left join (
        select case_id, sum(after - before) as sum from cases_estimatechange
        where subject = 'estimate' and changed_at >= %(moment)s group by case_id
    ) later on later.case_id = c.id
    left join (
        select case_id, sum(after - before) as sum from cases_estimatechange
        where subject = 'paid' and changed_at >= %(moment)s group by case_id
    ) paid_later on paid_later.case_id = c.id
    where c.reported_at < %(moment)s and (c.closed_at is null or c.closed_at >= %(moment)s)
        and starts_with(u.path, %(path)s)
        and (%(injury)s = '' or c.is_injury = (%(injury)s = 'yes'))
"""
_CHOSEN = f"""
    select found.*, band.id as band_id from ({_OPEN}) found
    join cases_ageband band on band.scheme = %(scheme)s and found.age_days >= band.days_from
        and (band.days_to is null or found.age_days < band.days_to)
    where found.age_days >= %(least_age)s and found.estimate >= %(least_estimate)s
"""
_FREEZE = f"""
    insert into cases_campaigncase (
        campaign_id, case_id, unit_id, band_id, age_days, is_injury, is_litigated, estimate, paid,
        vehicle_estimate, property_estimate, injury_estimate, assignee_id, remark, confirmed_why)
    select %(campaign)s, chosen.case_id, chosen.unit_id, chosen.band_id, chosen.age_days, chosen.is_injury,
        chosen.is_litigated, greatest(0, chosen.estimate), greatest(0, chosen.paid),
        coalesce(split.vehicle, 0), coalesce(split.property, 0), coalesce(split.injury, 0),
        chosen.handler_id, '', ''
    from ({_CHOSEN}) chosen
    left join (
        select case_id, sum(estimate) filter (where loss_class = 'vehicle') as vehicle,
            sum(estimate) filter (where loss_class = 'property') as property,
            sum(estimate) filter (where loss_class = 'injury') as injury
        from cases_caseloss group by case_id
    ) split on split.case_id = chosen.case_id
    order by chosen.unit_id, chosen.case_id
"""
_PREVIEW = f"""
    select unit_id, band_id, count(*), sum(estimate), count(*) filter (where is_injury)
    from ({_CHOSEN}) chosen
    group by unit_id, band_id
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which open cases: below a unit's path, at the end of a day, narrowed by injury, age and estimate."""

    path: str
    base_on: date
    scheme: str
    injury: str = ""
    least_age: int = 0
    least_estimate: Decimal = Decimal(0)

    def values(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "day": self.base_on,
            "moment": end_of(self.base_on),
            "scheme": self.scheme,
            "injury": self.injury,
            "least_age": self.least_age,
            "least_estimate": self.least_estimate,
        }


@dataclass(frozen=True, slots=True)
class Portion:
    """Of the base list, one unit's one age band."""

    unit_id: int
    band_id: int
    count: int
    amount: Decimal
    injury: int


def preview(scope: Scope) -> list[Portion]:
    """What the base list would hold; nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIEW, scope.values())
        return [Portion(*row) for row in cursor.fetchall()]


def freeze(campaign: OutstandingCampaign) -> None:
    """Copies the list and writes its sums and digest on the campaign. The entry is in the ledger already."""
    scope = Scope(
        campaign.unit.path,
        campaign.base_on,
        campaign.scheme,
        campaign.injury,
        campaign.least_age,
        campaign.least_estimate,
    )
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, {**scope.values(), "campaign": campaign.pk})
        # Unaware of a hundred thousand new rows, the first pages would read and sort them all.
        cursor.execute("analyze cases_campaigncase")
    campaign.base_count, campaign.base_amount, campaign.base_digest = sums_of(campaign)


def sums_of(campaign: OutstandingCampaign) -> tuple[int, Decimal, str]:
    """Count, amount and a digest of every row: the same again as long as nobody touched the list."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select count(*), coalesce(sum(estimate), 0), coalesce(string_agg(
                case_id || ':' || unit_id || ':' || band_id || ':' || estimate || ':' || paid,
                ',' order by case_id
            ), '') from cases_campaigncase where campaign_id = %s""",
            [campaign.pk],
        )
        count, amount, text = cursor.fetchone()
    return count, amount, sha256(text.encode()).hexdigest()
