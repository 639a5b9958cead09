"""Merged migrations: an old database at their end goes on, one half-way is refused with what to do."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def the_merged():
    found = MigrationLoader(connection).disk_migrations.values()
    return [migration for migration in found if migration.replaces and migration.name == "0001_tables"]


def forget_the_merged():
    recorder = MigrationRecorder(connection)
    for migration in the_merged():
        for name in ((migration.app_label, migration.name), *migration.replaces):
            recorder.record_unapplied(*name)
    return recorder


def test_every_application_with_tables_has_one():
    assert {migration.app_label for migration in the_merged()} == {
        "departments",
        "authority",
        "cases",
        "reports",
    }


def test_a_database_at_the_end_of_the_single_ones_goes_on():
    recorder = forget_the_merged()
    for migration in the_merged():
        for name in migration.replaces:
            recorder.record_applied(*name)

    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_a_database_half_way_is_refused_with_what_to_do():
    recorder = forget_the_merged()
    for migration in the_merged():
        recorder.record_applied(*migration.replaces[0])

    with pytest.raises(CommandError, match="合并前的最后一版"):
        call_command("migrate", verbosity=0)
