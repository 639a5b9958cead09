"""A month, a person and the sample as their pages, sheets and workbook show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from authority.models import AuthorityItem, LedgerEntry
from cases.models import (
    PersonFigures,
    SampledDecision,
    SupervisionFinding,
    SupervisionMonth,
    SupervisionParameter,
)
from cases.supervision.making import chain_of

ACTS = {
    "make": ("生成", "idle"),
    "conclude": ("复核一项发现", "active"),
    "check": ("抽查一件", "active"),
    "sign": ("复核签署", "good"),
    "countersign": ("上级签署", "good"),
}


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: str
    who: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class MonthPage:
    month: SupervisionMonth
    findings: Sequence[SupervisionFinding]
    figures: Sequence[PersonFigures]
    sample: Sequence[SampledDecision]

    @property
    def tallies(self) -> list[dict[str, object]]:
        concluded = [one for one in self.findings if one.conclusion]
        checked = [one for one in self.sample if one.result]
        said = [*(one.conclusion for one in concluded), *(one.result for one in checked)]
        return [
            {"label": "审批意见", "count": self.month.decided, "note": f"{len(self.figures)} 人"},
            {"label": "发现", "count": len(self.findings), "note": f"已复核 {len(concluded)} 项"},
            {"label": "抽查", "count": len(self.sample), "note": f"已查 {len(checked)} 件"},
            {"label": "违规", "count": said.count("violation"), "note": "发现和抽查"},
        ]


def month_page(month: SupervisionMonth) -> MonthPage:
    """Three queries."""
    return MonthPage(
        month,
        list(month.findings.select_related("person", "concluded_by")),
        list(month.figures.select_related("person")),
        list(sample_of(month)),
    )


def sample_of(month: SupervisionMonth) -> QuerySet[SampledDecision]:
    rows = month.sample.select_related(
        "checked_by", "decision__decided_by", "decision__case__unit", "decision__submission__item"
    )
    return rows.select_related("decision__acted_for", "decision__submission__submitted_by")


def events_of(month: SupervisionMonth) -> list[Event]:
    entries = LedgerEntry.objects.filter(chain=chain_of(month)).select_related("actor").order_by("sequence")
    return [_event(entry) for entry in entries]


def _event(entry: LedgerEntry) -> Event:
    title, tone = ACTS[entry.action]
    about = entry.details.get("finding") or entry.details.get("case") or ""
    text = "：".join(part for part in (about, entry.reason) if part)
    return Event(entry.at, title, entry.actor.name if entry.actor else "系统", text, tone)


def parameters_of(month: SupervisionMonth) -> list[tuple[SupervisionParameter, str]]:
    """The rows that the month's figures rest on, with their sources, and the item each is about."""
    names = dict(AuthorityItem.objects.values_list("code", "name"))
    rows = SupervisionParameter.objects.on(timezone.localdate(month.made_at))
    return [
        (row, names.get(row.item, "全部事项"))
        for row in rows
        if f"{row.code}/{row.item}".rstrip("/") in month.parameters
    ]
