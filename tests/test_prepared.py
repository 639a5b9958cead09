"""The database that the tests copy. Run alone, first, it migrates without the tracer of the coverage."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import prepared


@pytest.mark.django_db
def test_nothing_is_left_to_migrate():
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.django_db
def test_what_was_made_is_known_by_what_it_was_made_from():
    files = prepared.made_from()

    assert "cases/migrations/0001_tables.py" in files
    assert prepared.name_for(files) != prepared.name_for({**files, "cases/migrations/9999.py": "0"})
