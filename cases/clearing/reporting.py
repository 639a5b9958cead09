"""What the periodic reports R03 and R04 take from a campaign, where one covers their period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from cases.models import CampaignCase, CampaignRound, OutstandingCampaign, RoundRow


def annual_campaign(unit_path: str, base_on: date) -> OutstandingCampaign | None:
    """The one whose base list is all that was open at the end of `base_on`, in the unit or above it."""
    whole = OutstandingCampaign.objects.filter(injury="", least_age=0, least_estimate=0, base_on=base_on)
    return _above(whole, unit_path)


def campaign_during(unit_path: str, first: date, last: date) -> OutstandingCampaign | None:
    """The newest one that was under way in the period, in the unit or above it."""
    return _above(OutstandingCampaign.objects.filter(base_on__lte=last, due_on__gte=first), unit_path)


def _above(campaigns: QuerySet[OutstandingCampaign], unit_path: str) -> OutstandingCampaign | None:
    paths = [unit_path[: place + 1] for place, sign in enumerate(unit_path) if sign == "/"]
    found = campaigns.exclude(status="cancelled").filter(unit__path__in=paths)
    return found.order_by("-base_on", "-pk").first()


def rows_in(campaign: OutstandingCampaign, unit_path: str) -> QuerySet[CampaignCase]:
    return campaign.rows.filter(unit__path__startswith=unit_path)


def round_before(campaign: OutstandingCampaign, moment: datetime) -> CampaignRound | None:
    return campaign.rounds.filter(taken_at__lt=moment).order_by("-number").first()


def explained_at(campaign: OutstandingCampaign, moment: datetime) -> QuerySet[RoundRow] | None:
    """The rows still open at the moment, as the last round before it kept them; None before the first."""
    found = round_before(campaign, moment)
    if found is None:
        return None
    still_open = Q(row__case__closed_at=None) | Q(row__case__closed_at__gte=moment)
    return RoundRow.objects.filter(still_open, round=found, cleared_as="")


@dataclass(frozen=True, slots=True)
class Explained:
    """What a report says about one open case."""

    reasons: str
    person: str
    expected_close_on: date | None
    remark: str


def explanations(campaign: OutstandingCampaign | None, moment: datetime) -> dict[int, Explained]:
    """By case id; at most two statements. Nothing without a campaign, or before its first round."""
    rows = explained_at(campaign, moment) if campaign else None
    if rows is None:
        return {}
    values = rows.values_list("row__case", "reasons", "handler__name", "expected_close_on", "remark")
    return {
        case: Explained("".join(reasons), person or "", expected, remark)
        for case, reasons, person, expected, remark in values
    }
