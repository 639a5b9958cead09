"""Dashboard and scheduled reports over the whole year."""

from collections.abc import Iterator
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.clock import Figure, milliseconds, once
from benchmarks.people import holder_of
from departments.models import OrgUnit
from reports.figures import FIGURES, Question
from reports.figures.dayfacts import keep_day_facts_fresh


def measure() -> Iterator[Figure]:
    today = timezone.localdate()
    yield Figure("roll-up: whole year", once(lambda: keep_day_facts_fresh(today)), "s")
    yield Figure("roll-up: last days", once(lambda: keep_day_facts_fresh(today)), "s")
    client = Client()
    client.force_login(holder_of("DEPT_HEAD"))
    pages = [reverse("reports:dashboard")]
    pages += [reverse("reports:dashboard_data", args=[chart]) for chart in ("flow", "ageing", "by_unit")]
    total = sum(milliseconds(lambda page=page: client.get(page), runs=10) for page in pages)
    yield Figure("dashboard with its three charts", total, "ms", goal="≤ 150 ms")
    department = OrgUnit.objects.get(kind="department")
    question = Question(department.path, today - timedelta(1), today - timedelta(1), {"registration_days": 3})
    for name, figure in FIGURES.items():
        yield Figure(f"report {name}", once(lambda figure=figure: figure(question)), "s")
