from datetime import date

import pytest
from django.urls import reverse
from guardian.shortcuts import assign_perm

from departments.models import AccessRecord
from reports.dashboards import flow
from reports.figures.dayfacts import keep_day_facts_fresh
from reports.models import DayFact, Run
from tests.factories import AppointmentFactory, CaseFactory, OrgUnitFactory, SnapshotFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    """A statistics clerk of the department, logged in."""
    department = OrgUnitFactory(parent=OrgUnitFactory(), kind="department")
    held = AppointmentFactory(post__unit=department, post__post_type__code="TESTSTAT")
    assign_perm("see_cases", held.staff, department)
    client.force_login(held.staff)
    held.staff.department = department
    return held.staff


def published(staff, **values):
    return SnapshotFactory(run__unit=staff.department, **values).run


def test_the_list_is_flat_and_scoped(client, clerk, assert_flat_queries):
    SnapshotFactory(run__unit=OrgUnitFactory(name="别处"))
    days = iter(range(1, 28))

    def grow():
        day = date(2026, 10, next(days))
        published(clerk, run__period_start=day, run__period_end=day)

    assert_flat_queries(reverse("reports:runs"), grow=grow)
    assert "别处" not in client.get(reverse("reports:runs")).content.decode()


def test_an_empty_list_says_when_reports_come(client, clerk):
    assert "还没有报表" in client.get(reverse("reports:runs")).content.decode()


def test_a_report_of_another_unit_does_not_exist(client, clerk):
    run = SnapshotFactory().run

    assert client.get(reverse("reports:run", args=[run.pk])).status_code == 404
    assert client.get(reverse("reports:run_download", args=[run.pk])).status_code == 404


def test_a_download_is_the_published_file_and_is_recorded(client, clerk):
    run = published(clerk)

    answer = client.get(reverse("reports:run_download", args=[run.pk]))

    assert answer.content == b"file"
    assert "attachment" in answer["Content-Disposition"]
    kept = AccessRecord.objects.get()
    assert (kept.staff, kept.row_count) == (clerk, run.snapshot.row_count)


@pytest.mark.parametrize("length", [40, 41, 64])
def test_a_request_id_of_any_length_keeps_nobody_from_a_download(client, clerk, length):
    run = published(clerk)
    headers = {"X-Request-ID": "x" * length}

    answer = client.get(reverse("reports:run_download", args=[run.pk]), headers=headers)

    assert answer.status_code == 200


def test_running_again_without_being_its_maker_is_refused_with_the_reason(client, clerk):
    run = published(clerk)

    answer = client.post(reverse("reports:run_again", args=[run.pk]), {"reason": "数据订正"})

    assert answer.status_code == 403
    assert "制表岗位" in answer.content.decode()
    assert Run.objects.count() == 1


def test_a_new_version_needs_a_reason_and_keeps_the_old(client, clerk):
    run = published(clerk)
    run.definition.maker_posts = ["TESTSTAT"]
    run.definition.save()
    address = reverse("reports:run_again", args=[run.pk])

    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "数据订正"}).status_code == 302
    assert list(Run.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    assert bytes(Run.objects.get(version=1).snapshot.file) == b"file"


def test_every_chart_answers_within_scope(client, clerk):
    inside = OrgUnitFactory(parent=clerk.department, short_name="绵阳")
    CaseFactory(unit=inside)
    CaseFactory(unit=OrgUnitFactory(short_name="别处"))
    keep_day_facts_fresh(date(2026, 11, 23))

    answer = client.get(reverse("reports:dashboard_data", args=["by_unit"])).json()

    assert answer["labels"] == ["绵阳"]
    assert client.get(reverse("reports:dashboard_data", args=["flow"])).json()["series"][0]["values"][-1] == 1
    assert (
        sum(client.get(reverse("reports:dashboard_data", args=["ageing"])).json()["series"][0]["values"]) == 1
    )
    assert client.get(reverse("reports:dashboard_data", args=["unknown"])).status_code == 404


def test_the_trend_is_twelve_months_and_no_more():
    unit = OrgUnitFactory()
    for year, month in ((2025, 11), (2025, 12), (2026, 11)):
        DayFact.objects.create(unit=unit, day=date(year, month, 20), reported=1)

    assert flow([unit.pk], date(2026, 11, 23))["labels"] == ["2025-12", "2026-11"]


def test_the_dashboard_shows_the_sums(client, clerk):
    CaseFactory(unit=OrgUnitFactory(parent=clerk.department))

    assert "未决件数" in client.get(reverse("reports:dashboard")).content.decode()


@pytest.mark.parametrize("unit", ["²", "٣" * 30, "9" * 40, "-1", "x"])
def test_a_unit_that_cannot_be_narrows_nothing_or_to_nothing(client, clerk, unit):
    assert client.get(reverse("reports:dashboard"), {"unit": unit}).status_code == 200
    assert client.get(reverse("reports:dashboard_data", args=["by_unit"]), {"unit": unit}).status_code == 200


def test_a_stranger_sees_zero(client):
    client.force_login(StaffFactory())
    CaseFactory()

    answer = client.get(reverse("reports:dashboard_data", args=["by_unit"])).json()
    assert answer["labels"] == []


def test_the_roll_up_follows_late_changes(db):
    case = CaseFactory(closed=True)
    keep_day_facts_fresh(date(2026, 11, 23))
    assert DayFact.objects.get(day=date(2026, 11, 20)).closed == 1
    type(case).objects.filter(pk=case.pk).delete()

    keep_day_facts_fresh(date(2026, 11, 23))
    assert DayFact.objects.filter(day=date(2026, 11, 20)).exists() is False
    assert DayFact.objects.get(day=date(2026, 11, 2)).reported == 1
    keep_day_facts_fresh(date(2026, 11, 24))
    assert not DayFact.objects.exists()
