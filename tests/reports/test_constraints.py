"""What the database refuses about reports."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.utils import timezone

from reports.models import DayFact, ReportDefinition
from tests.factories import OrgUnitFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("reports_run_status_known", {"status": "lost"}),
        ("reports_run_period_in_order", {"period_end": date(2026, 11, 19)}),
        ("reports_run_published_when_published", {"status": "published"}),
        ("reports_run_published_when_published", {"published_at": timezone.now()}),
        ("reports_run_again_needs_reason", {"version": 2}),
    ],
)
def test_the_database_refuses_a_run(constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        RunFactory(**values)


def test_a_period_has_one_run_of_each_version():
    run = RunFactory()

    with pytest.raises(IntegrityError, match="reports_run_once_per_period"):
        RunFactory(unit=run.unit)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("reports_definition_frequency_known", {"frequency": "hourly"}),
        ("reports_definition_once", {"code": "R01"}),
    ],
)
def test_the_database_refuses_a_definition(constraint, values):
    values = {
        "code": "R99",
        "name": "x",
        "frequency": "daily",
        "figure": "daily_flow",
        "source": "测试",
        **values,
    }
    with pytest.raises(IntegrityError, match=constraint):
        ReportDefinition.objects.create(**values)


def test_a_day_is_summed_once():
    fact = DayFact.objects.create(unit=OrgUnitFactory(), day=date(2026, 11, 20))

    with pytest.raises(IntegrityError, match="reports_dayfact_once"):
        DayFact.objects.create(unit=fact.unit, day=fact.day)
