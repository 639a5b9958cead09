"""年度未决清单报送: the clock of the annual base list, over the turn of the year, and that it was sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from cases.clearing.areas import base_report_clock
from cases.clocks import Clocks
from cases.models import ClearingParameter, OutstandingCampaign
from cases.services import clearing
from cases.services.clearing import BaseReport
from cases.services.watching import alert_the_late
from departments.clocks import ClockState
from departments.models import ClockRule, OutboxMessage
from tests.cases.test_clearing import Scene, refusals, scene
from tests.cases.test_problem_pages import client_of
from tests.factories import SHANGHAI

__all__ = ["scene"]
LEAP, COMMON = 2028, 2027


def moment(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def january(scene: Scene, monkeypatch) -> Scene:
    """The second working week of 2027; the annual list is of 31 December 2026."""
    scene.case()
    at(monkeypatch, moment(COMMON, 1, 11))
    return scene


def annual(scene: Scene, year: int = COMMON - 1, **plan: Any) -> OutstandingCampaign:
    base_on = date(year, 12, 31)
    fields = {"kind": "annual", "base_on": base_on, "due_on": base_on + timedelta(days=360), **plan}
    return scene.start(**fields)


@pytest.mark.parametrize(("year", "days"), [(COMMON, 79), (LEAP, 80)])
def test_it_runs_from_the_turn_of_the_year_to_the_twentieth_of_march(
    scene: Scene, monkeypatch, year: int, days: int
):
    scene.case()
    at(monkeypatch, moment(year, 1, 11))
    campaign = annual(scene, year - 1)
    clock = base_report_clock(campaign)

    assert campaign.report_due_on == date(year, 3, 20)
    assert clock is not None
    assert clock.started_at == moment(year, 1, 1, 0)
    assert (clock.reading.due_at, clock.reading.rule.limit) == (moment(year, 3, 21, 0), days - 1)
    assert clock.owed_by_id == scene.keeper.pk


@pytest.mark.parametrize(
    "plan",
    [
        {"kind": "special"},
        {"injury": "yes"},
        {"least_age": 1},
        {"base_on": date(2026, 12, 30)},
    ],
)
def test_only_the_whole_list_of_the_year_is_owed(january: Scene, plan: dict[str, Any]):
    january.case(is_injury=True)
    campaign = annual(january, **plan)

    assert (campaign.report_due_on, base_report_clock(campaign)) == (None, None)
    assert "not_owed" in clearing.reporting(campaign, january.keeper).codes


def test_without_the_parameter_no_term_is_made_up(january: Scene):
    ClearingParameter.objects.filter(code="base_report_due").update(valid_to=date(2020, 1, 1))

    assert annual(january).report_due_on is None


def test_the_keeper_is_told_when_it_is_late_and_it_stands_on_his_list(january: Scene, monkeypatch):
    campaign = annual(january)
    (owed,) = Clocks.today().owed_by(january.keeper)
    assert (owed.title, owed.reading.state) == (f"{campaign.name} 基准清单", ClockState.RUNNING)
    at(monkeypatch, moment(COMMON, 3, 10))
    assert base_report_clock(campaign).reading.state == ClockState.WARNING
    at(monkeypatch, moment(COMMON + 1, 2, 10))
    assert base_report_clock(campaign).reading.is_late

    OutboxMessage.objects.all().delete()
    assert alert_the_late() >= 1
    told = OutboxMessage.objects.filter(payload__recipient=january.keeper.pk).values_list(
        "payload__title", flat=True
    )
    assert any("基准清单 超过时限" in title for title in told)


def test_sent_in_time_it_is_met_and_told_to_the_ledger(january: Scene, monkeypatch, guarded):
    campaign = annual(january)
    at(monkeypatch, moment(COMMON, 3, 18))
    sent = BaseReport(moment(COMMON, 3, 17), "四川监管局", "川车险〔2027〕12号")
    done = clearing.report_base(campaign, sent, by=january.keeper)

    guarded()
    assert (done.reported_to, done.reported_by) == ("四川监管局", january.keeper)
    assert base_report_clock(done).reading.state == ClockState.MET
    entry = LedgerEntry.objects.get(chain=f"campaign:{campaign.pk}", action="report_base")
    assert entry.reason == "四川监管局 川车险〔2027〕12号"
    assert Clocks.today().owed_by(january.keeper) == []


def test_what_may_not_be_entered(january: Scene):
    campaign = annual(january)
    now = timezone.now()
    for sent, code in [
        (BaseReport(now, " "), "no_recipient"),
        (BaseReport(now + timedelta(hours=1), "监管局"), "wrong_time"),
        (BaseReport(now - timedelta(days=3), "监管局"), "wrong_time"),
    ]:
        assert refusals(lambda sent=sent: clearing.report_base(campaign, sent, by=january.keeper)) == [code]
    clerk = january.branch.clerk
    assert refusals(lambda: clearing.report_base(campaign, BaseReport(now, "监管局"), by=clerk)) == [
        "not_clearing"
    ]
    clearing.report_base(campaign, BaseReport(now, "监管局"), by=january.keeper)
    again = refusals(lambda: clearing.report_base(campaign, BaseReport(now, "监管局"), by=january.keeper))
    assert again == ["already_reported"]


def test_a_campaign_called_off_owes_nothing(january: Scene):
    campaign = annual(january)
    clearing.end_campaign(campaign, "cancelled", "范围有误", by=january.keeper)

    assert not base_report_clock(campaign).reading.runs


def test_it_is_entered_on_the_page(january: Scene):
    campaign = annual(january)
    client, url = client_of(january.keeper), reverse("cases:campaign_report", args=[campaign.pk])
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert ("清单报送" in page, url in page) == (True, True)
    client.post(url, {"to": ""})
    assert OutstandingCampaign.objects.get().reported_at is None

    client.post(url, {"to": "总公司", "at": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "number": "邮件"})
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "报送总公司 邮件" in page
    assert url not in page
    assert client_of(january.branch.clerk).post(url, {}).status_code == 403


def test_the_database_refuses_half_a_report(january: Scene):
    campaign = annual(january)
    for values in ({"reported_at": timezone.now()}, {"reported_to": "总公司"}):
        with pytest.raises(IntegrityError, match="reported_to_somebody"), transaction.atomic():
            OutstandingCampaign.objects.filter(pk=campaign.pk).update(**values)


def test_the_rule_is_there_with_its_source(db):
    assert "93号" in ClockRule.objects.get(code="outstanding_base_report").source
