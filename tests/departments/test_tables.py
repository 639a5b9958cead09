"""Tables made together: each may point at the others, and they go together too."""

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from departments.tables import CreateTogether

KEY = ("id", models.BigAutoField(primary_key=True))
HEN_AND_EGG = CreateTogether(
    operations=[
        CreateModel(
            "Egg",
            [KEY, ("hen", models.ForeignKey("departments.Hen", models.PROTECT))],
            {"indexes": [models.Index(fields=["hen", "id"], name="egg_of_hen")]},
        ),
        CreateModel(
            "Hen",
            [KEY, ("came_from", models.ForeignKey("departments.Egg", models.PROTECT, null=True))],
        ),
    ]
)
TABLES = {"departments_egg", "departments_hen"}


def tables():
    return TABLES & set(connection.introspection.table_names())


@pytest.mark.django_db
def test_tables_that_point_at_each_other_are_made_and_removed_together():
    before = ProjectState()
    assert before.apps  # rendered, as in the middle of a migration
    after = before.clone()
    HEN_AND_EGG.state_forwards("departments", after)

    with connection.schema_editor() as editor:
        HEN_AND_EGG.database_forwards("departments", editor, before, after)
    assert tables() == TABLES
    assert "egg_of_hen" in connection.introspection.get_constraints(connection.cursor(), "departments_egg")

    with connection.schema_editor() as editor:
        HEN_AND_EGG.database_backwards("departments", editor, after, before)
    assert tables() == set()
    assert HEN_AND_EGG.describe() == "Create 2 models together"
