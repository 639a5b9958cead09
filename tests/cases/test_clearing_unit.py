"""The page of one unit in a campaign: progress by age, person, reason, round; each line leads to its rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from cases.models import AgeBand, OutstandingCampaign
from cases.services import chasing, clearing
from cases.services.clearing import Share
from tests.cases.test_clearing import SOON, Scene, at, scene
from tests.cases.test_clearing_pages import numbers
from tests.cases.test_problem_pages import client_of
from tests.factories import OrgUnitFactory

__all__ = ["scene"]


@pytest.fixture
def campaign(scene: Scene) -> OutstandingCampaign:
    """Of three cases one is paid since; one of the open ones is old, untouched and without a reason."""
    scene.case(stage="closed", closing_kind="paid", closed_at=at(11, 5), approved=8000, paid=8000)
    scene.case(reported_at=at(1, 5).replace(year=2025), registered_at=at(1, 5).replace(year=2025))
    scene.case(uncleared_reasons=["N"], expected_close_on=SOON)
    return scene.start()


def unit_page(scene: Scene, campaign: OutstandingCampaign, by: Any = None) -> Any:
    address = reverse("cases:campaign_unit", args=[campaign.pk, scene.branch.unit.pk])
    return client_of(by or scene.keeper).get(address)


def test_its_progress_is_that_of_its_rows(scene: Scene, campaign: OutstandingCampaign):
    (line,) = unit_page(scene, campaign).context["board"].units

    progress = line.progress
    assert (progress.base_count, progress.cleared, progress.open) == (3, 1, 2)
    assert (progress.stale, progress.without_reason) == (1, 1)
    assert progress.count_rate == Decimal("33.33")


def test_every_line_leads_to_as_many_rows_as_it_says(scene: Scene, campaign: OutstandingCampaign):
    context, client = unit_page(scene, campaign).context, client_of(scene.keeper)

    for line in [*context["board"].units, *context["ages"], *context["people"]]:
        assert len(numbers(client, line.url)) == line.progress.base_count
    assert [(code, count) for code, _, count, _ in context["board"].reasons] == [("N", 1)]
    open_rows = f"{reverse('cases:campaign_rows', args=[campaign.pk])}?unit={scene.branch.unit.pk}&state=open"
    assert open_rows.replace("&", "&amp;") in unit_page(scene, campaign).content.decode()
    assert len(numbers(client, open_rows)) == 2


def test_a_target_of_an_age_stands_beside_that_age(scene: Scene, campaign: OutstandingCampaign):
    band = AgeBand.objects.get(scheme="regulator", position=2)
    share = Share(scene.branch.unit.pk, band.pk, Decimal(95), Decimal(90))
    clearing.set_targets(campaign, [share], by=scene.keeper)
    text = unit_page(scene, campaign).content.decode()

    assert "95.00" in text
    assert "80.00" in text


def test_the_people_are_those_who_have_the_rows(scene: Scene, campaign: OutstandingCampaign):
    row = campaign.rows.get(case__uncleared_reasons=["N"])
    chasing.assign_rows(campaign, [row.pk], scene.branch.surveyor, by=scene.keeper)

    people = {line.name: line.progress.base_count for line in unit_page(scene, campaign).context["people"]}
    assert people == {scene.branch.clerk.name: 2, scene.branch.surveyor.name: 1}


def test_its_rounds_are_listed_the_newest_first(scene: Scene, campaign: OutstandingCampaign):
    assert "还没有轮次" in unit_page(scene, campaign).content.decode()
    clearing.take_round(campaign, "先清小额", by=scene.keeper)
    ((taken, progress),) = unit_page(scene, campaign).context["rounds"]

    assert (taken.number, progress.cleared, progress.stale) == (1, 1, 1)


def test_a_unit_without_rows_or_out_of_sight_is_not_there(scene: Scene, campaign: OutstandingCampaign):
    other = OrgUnitFactory(parent=scene.branch.department, kind="sub_branch")
    address = reverse("cases:campaign_unit", args=[campaign.pk, other.pk])

    assert client_of(scene.keeper).get(address).status_code == 404
    assert unit_page(scene, campaign, scene.unit_head).status_code == 200


@pytest.mark.parametrize("count", [1, 12])
def test_it_costs_the_same_for_many_rows(scene: Scene, count: int, client, django_assert_max_num_queries):
    for _ in range(count):
        scene.case()
    campaign = scene.start()
    client.force_login(scene.keeper)
    address = reverse("cases:campaign_unit", args=[campaign.pk, scene.branch.unit.pk])
    client.get(address)

    with django_assert_max_num_queries(24):
        client.get(address)
