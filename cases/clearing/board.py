"""A campaign as its pages show it: units against their targets, ages, people in order, estimate run-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Func, Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from cases.clearing.standing import (
    Progress,
    RunOff,
    progress_by,
    reasons_by_unit,
    run_off_by,
    stale_before,
    total_of,
)
from cases.models import (
    AgeBand,
    CampaignRound,
    CampaignTarget,
    OutstandingCampaign,
    RoundFigure,
    RoundRow,
)
from departments.models import OrgUnit, Staff

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Aim:
    """A target and how far today should have come, if clearing went evenly from the base day to the end."""

    count_share: Decimal | None = None
    amount_share: Decimal | None = None
    part: Decimal = Decimal(1)

    def is_behind(self, progress: Progress) -> bool:
        pairs = ((self.count_share, progress.count_rate), (self.amount_share, progress.amount_rate))
        return any(share and (rate or Decimal(0)) < share * self.part for share, rate in pairs)

    def is_reached(self, progress: Progress) -> bool:
        pairs = ((self.count_share, progress.count_rate), (self.amount_share, progress.amount_rate))
        known = [(share, rate) for share, rate in pairs if share is not None]
        return bool(known) and all((rate or Decimal(0)) >= share for share, rate in known)

    def left_of(self, progress: Progress) -> int:
        """How many more cases to the target."""
        if self.count_share is None:
            return 0
        wanted = progress.base_count * self.count_share / 100
        return max(0, int(wanted.to_integral_value("ROUND_CEILING")) - progress.cleared)

    def state(self, progress: Progress) -> tuple[str, str]:
        """Code and name of the badge."""
        if self.count_share is None:
            return "idle", "未定目标"
        if self.is_reached(progress):
            return "done", "已达标"
        return ("overdue", "落后进度") if self.is_behind(progress) else ("open", "按进度")


@dataclass(frozen=True, slots=True)
class Line:
    """A unit, an age or a person: what there was, what has been cleared, where the rows are listed."""

    name: str
    progress: Progress
    url: str
    aim: Aim = Aim()
    note: str = ""
    page_url: str = ""

    @property
    def state(self) -> tuple[str, str]:
        return self.aim.state(self.progress)

    @property
    def left(self) -> int:
        return self.aim.left_of(self.progress)


@dataclass(frozen=True, slots=True)
class Board:
    campaign: OutstandingCampaign
    units: Sequence[Line]
    bands: Sequence[Line]
    reasons: Sequence[tuple[str, str, int, str]]
    total: Progress

    @property
    def tallies(self) -> list[dict[str, object]]:
        total, url = self.total, rows_url(self.campaign)
        return [
            _tally("基准清单", total.base_count, f"{total.base_amount:,.2f} 元", url),
            _tally(
                "已清理",
                total.cleared,
                f"{total.count_rate}% · 金额 {total.amount_rate}%",
                f"{url}?state=cleared",
            ),
            _tally("未清理", total.open, f"{total.open_amount:,.2f} 元", f"{url}?state=open"),
            _tally("估损陈旧", total.stale, "须调整或确认", f"{url}?state=stale"),
            _tally("未填原因", total.without_reason, "须逐件填报", f"{url}?state=unexplained"),
        ]


def _tally(label: str, count: int, note: str, url: str) -> dict[str, object]:
    return {"label": label, "count": count, "note": note, "url": url}


def rows_url(campaign: OutstandingCampaign, **query: Any) -> str:
    address = reverse("cases:campaign_rows", args=[campaign.pk])
    return f"{address}?{urlencode(query)}" if query else address


def passed_part(campaign: OutstandingCampaign, day: date) -> Decimal:
    """How much of the time has gone, between 0 and 1."""
    whole = (campaign.due_on - campaign.base_on).days
    gone = min(max((day - campaign.base_on).days, 0), whole)
    return (Decimal(gone) / whole).quantize(CENT)


def aims_of(campaign: OutstandingCampaign) -> dict[tuple[int, int | None], Aim]:
    """By unit and age band; None for the whole unit."""
    part = passed_part(campaign, timezone.localdate())
    return {
        (target.unit_id, target.band_id): Aim(target.count_share, target.amount_share, part)
        for target in CampaignTarget.objects.filter(campaign=campaign)
    }


def board_of(campaign: OutstandingCampaign, units: Sequence[OrgUnit], names: Mapping[str, str]) -> Board:
    """`units`: those the viewer sees; `names`: of the reasons by code. A constant number of statements."""
    found, aims = progress_by(campaign, "band"), aims_of(campaign)
    seen = {unit.pk for unit in units}
    parts = {key: value for key, value in found.items() if key[0] in seen}
    lines = [
        _unit_line(campaign, unit, total_of([part for key, part in parts.items() if key[0] == unit.pk]), aims)
        for unit in units
    ]
    bands = AgeBand.objects.filter(scheme=campaign.scheme)
    ages = [
        Line(
            band.name,
            total_of([part for key, part in parts.items() if key[1] == band.pk]),
            rows_url(campaign, band=band.pk),
        )
        for band in bands
    ]
    return Board(campaign, lines, ages, _reasons(campaign, seen, names), total_of(list(parts.values())))


def _unit_line(
    campaign: OutstandingCampaign, unit: OrgUnit, progress: Progress, aims: Mapping[Any, Aim]
) -> Line:
    return Line(
        unit.short_name,
        progress,
        rows_url(campaign, unit=unit.pk),
        aims.get((unit.pk, None), Aim()),
        page_url=reverse("cases:campaign_unit", args=[campaign.pk, unit.pk]),
    )


def _reasons(
    campaign: OutstandingCampaign, units: set[int], names: Mapping[str, str]
) -> list[tuple[str, str, int, str]]:
    sums: dict[str, int] = {}
    for unit, counts in reasons_by_unit(campaign).items():
        for code, count in counts.items() if unit in units else ():
            sums[code] = sums.get(code, 0) + count
    return [
        (code, names.get(code, code), sums[code], rows_url(campaign, reason=code, state="open"))
        for code in sorted(sums)
    ]


def ages_of_unit(campaign: OutstandingCampaign, unit: OrgUnit) -> list[Line]:
    found, aims = progress_by(campaign, "band"), aims_of(campaign)
    return [
        Line(
            band.name,
            found.get((unit.pk, band.pk), Progress()),
            rows_url(campaign, unit=unit.pk, band=band.pk),
            aims.get((unit.pk, band.pk), Aim()),
        )
        for band in AgeBand.objects.filter(scheme=campaign.scheme)
    ]


def people_of(campaign: OutstandingCampaign, units: Sequence[OrgUnit]) -> list[Line]:
    """Best rate first; nobody's rows last. Three statements."""
    names = {unit.pk: unit.short_name for unit in units}
    found = {key: part for key, part in progress_by(campaign, "handler").items() if key[0] in names}
    people = Staff.objects.in_bulk([key[1] for key in found if key[1]])
    lines = [
        Line(
            people[person].name if person else "（无责任人）",
            part,
            rows_url(campaign, unit=unit, person=people[person].employee_no) if person else "",
            note=names[unit],
        )
        for (unit, person), part in found.items()
    ]
    return sorted(lines, key=_by_rate)


def ranked(lines: Sequence[Line]) -> list[tuple[int, Line]]:
    """Best first; equal rates share a place."""
    ordered = sorted(lines, key=_by_rate)
    places: list[tuple[int, Line]] = []
    for position, line in enumerate(ordered, 1):
        before = places[-1] if places else None
        same = before is not None and before[1].progress.count_rate == line.progress.count_rate
        places.append((before[0] if before and same else position, line))
    return places


def _by_rate(line: Line) -> tuple[Decimal, Decimal, int]:
    progress = line.progress
    return -(progress.count_rate or Decimal(-1)), -(progress.amount_rate or Decimal(-1)), -progress.base_count


@dataclass(frozen=True, slots=True)
class RunOffLine:
    name: str
    found: RunOff
    url: str


def run_off_of(
    campaign: OutstandingCampaign, units: Sequence[OrgUnit], *, only_paid: bool
) -> tuple[list[RunOffLine], list[RunOffLine], RunOff]:
    """By unit, by age, and in all."""
    seen, known = {unit.pk for unit in units}, run_off_by(campaign, "band", only_paid=only_paid)
    found = {key: value for key, value in known.items() if key[0] in seen}

    def line(name: str, place: int, pk: int, **query: int) -> RunOffLine:
        parts = [value for key, value in found.items() if key[place] == pk]
        return RunOffLine(name, _sum(parts), rows_url(campaign, order="deviation", **query))

    by_unit = [line(unit.short_name, 0, unit.pk, unit=unit.pk) for unit in units]
    bands = AgeBand.objects.filter(scheme=campaign.scheme)
    by_age = [line(band.name, 1, band.pk, band=band.pk) for band in bands]
    return by_unit, by_age, _sum(list(found.values()))


def _sum(parts: Sequence[RunOff]) -> RunOff:
    return sum(parts, RunOff())


def stale_moment() -> datetime:
    """Estimates set before are stale today."""
    return stale_before(timezone.now())


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A unit in a round: what had been cleared by then, how much of it since the round before."""

    name: str
    progress: Progress
    since: Progress
    url: str

    @property
    def new(self) -> int:
        return self.progress.cleared - self.since.cleared


@dataclass(frozen=True, slots=True)
class RoundShown:
    lines: Sequence[RoundLine]
    total: Progress
    since: Progress
    changed_reasons: Sequence[tuple[str, int, int]]
    before: CampaignRound | None

    @property
    def new_cleared(self) -> int:
        return self.total.cleared - self.since.cleared


def _figures(found: CampaignRound | None) -> dict[int, Progress]:
    """By unit, as the round kept them."""
    sums: dict[int, Progress] = {}
    for one in found.figures.all() if found else ():
        part = Progress(
            one.base_count, one.base_amount, one.closed, one.refused, one.cancelled, one.cleared_amount,
            one.stale, one.without_reason,
        )  # fmt: skip
        sums[one.unit_id] = sums.get(one.unit_id, Progress()) + part
    return sums


def round_of(found: CampaignRound, units: Sequence[OrgUnit]) -> RoundShown:
    """Against the round before; a constant number of statements."""
    before = found.campaign.rounds.filter(number=found.number - 1).first()
    now, then = _figures(found), _figures(before)
    lines = [
        RoundLine(
            unit.short_name,
            now.get(unit.pk, Progress()),
            then.get(unit.pk, Progress()),
            rows_url(found.campaign, unit=unit.pk),
        )
        for unit in units
        if unit.pk in now
    ]
    return RoundShown(
        lines,
        total_of([line.progress for line in lines]),
        total_of([line.since for line in lines]),
        _changed_reasons(found, before, units),
        before,
    )


def _changed_reasons(
    found: CampaignRound, before: CampaignRound | None, units: Sequence[OrgUnit]
) -> list[tuple[str, int, int]]:
    """Code, how many open rows have it in this round, how many had it in the one before."""
    now, then = _reasons_in(found, units), _reasons_in(before, units)
    return [(code, now.get(code, 0), then.get(code, 0)) for code in sorted({*now, *then})]


def _reasons_in(found: CampaignRound | None, units: Sequence[OrgUnit]) -> dict[str, int]:
    if found is None:
        return {}
    rows = RoundRow.objects.filter(round=found, cleared_as="", row__unit__in=[unit.pk for unit in units])
    listed = rows.annotate(code=Func(F("reasons"), function="unnest"))
    return dict(listed.values_list("code").annotate(Count("pk")))


def rounds_of_unit(campaign: OutstandingCampaign, unit: OrgUnit) -> list[tuple[CampaignRound, Progress]]:
    """Newest first."""
    rounds = campaign.rounds.prefetch_related(
        Prefetch("figures", RoundFigure.objects.filter(unit=unit).order_by())
    )
    return [(one, _figures(one).get(unit.pk, Progress())) for one in rounds]
