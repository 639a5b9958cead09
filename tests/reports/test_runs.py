"""Exactly once, whatever is killed meanwhile."""

import hashlib
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from departments.models import Notification, OutboxMessage
from reports import runs
from reports.figures import FIGURES
from reports.jobs import tick
from reports.models import ReportDefinition, Run, RunStatus, Snapshot
from tests.factories import AppointmentFactory, CaseFactory, OrgUnitFactory, RunFactory

TODAY = date(2026, 11, 23)


@pytest.fixture
def department(db):
    ReportDefinition.objects.exclude(code="R01").update(is_active=False)
    return OrgUnitFactory(parent=OrgUnitFactory(), kind="department")


def test_planning_twice_plans_once(department):
    assert runs.plan_due_runs(TODAY) == 1
    assert runs.plan_due_runs(TODAY) == 0


def test_a_fortnight_of_outage_is_caught_up_in_order(department):
    runs.plan_due_runs(TODAY)
    runs.plan_due_runs(TODAY + timedelta(days=14))

    made = [run.period_end for run in runs.build_waiting(50)]

    assert made == [date(2026, 11, 22) + timedelta(days=day) for day in range(15)]


def test_the_schedule_makes_a_report_with_its_file(department):
    tick()

    run = Run.objects.get(status=RunStatus.PUBLISHED)
    assert run.snapshot.sha256 == hashlib.sha256(bytes(run.snapshot.file)).hexdigest()
    assert bytes(run.snapshot.file).startswith(b"PK")


def test_the_makers_are_told(department):
    clerk = AppointmentFactory(post__unit=department, post__post_type__code="STAT2")
    ReportDefinition.objects.filter(code="R01").update(maker_posts=["STAT2"])

    tick()

    assert OutboxMessage.objects.get().payload["recipient"] == clerk.staff_id
    assert not Notification.objects.exists()


def test_a_lost_worker_cannot_publish(department):
    RunFactory(unit=department)
    lost = runs.lease_next(timezone.now())
    made_late = runs.build(lost)
    later = runs.lease_next(timezone.now() + runs.LEASE + timedelta(seconds=1))

    assert later.attempt == lost.attempt + 1
    assert not runs.publish(lost, made_late)
    assert runs.publish(later, runs.build(later))
    assert Snapshot.objects.count() == 1


def test_a_leased_run_is_not_leased_again(department):
    RunFactory(unit=department)

    assert runs.lease_next(timezone.now())
    assert runs.lease_next(timezone.now()) is None


def _fail(question):
    raise ZeroDivisionError("poisoned")


def test_a_poisoned_report_stops_and_others_go_on(department, monkeypatch):
    monkeypatch.setitem(FIGURES, "outstanding_list", _fail)
    bad = RunFactory(unit=department, definition=ReportDefinition.objects.filter(code="R03").first())
    good = RunFactory(unit=department)
    assert [run.pk for run in runs.build_waiting(10)] == [good.pk]
    for _ in range(runs.MAX_ATTEMPTS):
        Run.objects.filter(pk=bad.pk, status=RunStatus.WAITING).update(lease_until=None)
        list(runs.build_waiting(1))

    bad.refresh_from_db()
    assert (bad.status, bad.attempt) == (RunStatus.FAILED, runs.MAX_ATTEMPTS)
    assert "poisoned" in bad.last_error


def test_the_same_data_gives_the_same_bytes(department, time_machine):
    time_machine.move_to("2026-11-23T09:00:00+08:00", tick=False)
    CaseFactory(unit=OrgUnitFactory(parent=department))
    run = RunFactory(unit=department)

    assert runs.build(run).sha256 == runs.build(run).sha256


@pytest.mark.race
def test_two_schedules_and_four_workers_publish_each_period_once(own_database):
    ReportDefinition.objects.exclude(code="R01").update(is_active=False)
    ReportDefinition.objects.filter(code="R01").update(starts_on=date(2026, 11, 3))
    OrgUnitFactory(parent=OrgUnitFactory(), kind="department")
    start = Barrier(4)

    def work():
        start.wait()
        runs.plan_due_runs(TODAY)
        list(runs.build_waiting(100))
        connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert Run.objects.filter(status=RunStatus.PUBLISHED).count() == Run.objects.count() == 20
    assert Snapshot.objects.count() == 20
