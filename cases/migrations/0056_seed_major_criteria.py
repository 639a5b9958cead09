"""Criteria of a major loss: what sources name, and company practice to be confirmed. And who must tell of it."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "major_criteria.csv"
FIRST_DAY = date(2020, 1, 1)
# Table: column with the case's id, columns whose change needs an entry of the case.
GUARDED = {
    "cases_majorloss": (
        "case_id",
        "case_id, status, first_reported_at, last_reported_at, ended_at, officer_id",
    ),
    "cases_majorreport": ("case_id", "case_id, major_id, kind, estimate, re_estimate"),
    "cases_majorlossvisit": ("case_id", "case_id, major_id, visited_on, agreed_estimate"),
}


def seed(apps, schema_editor):
    MajorCriterion = apps.get_model("cases", "MajorCriterion")
    with SEEDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            row["is_verified"] = row["is_verified"] == "1"
            row["at_least"] = Decimal(row["at_least"]) if row["at_least"] else None
            MajorCriterion.objects.get_or_create(code=row.pop("code"), valid_from=FIRST_DAY, defaults=row)


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def forwards() -> str:
    return "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row("old", columns)} is distinct from {row("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
"""
        for table, (key, columns) in GUARDED.items()
    )


def backwards() -> str:
    return "".join(
        f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
        for table in GUARDED
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0054_seed_phrases_and_keep_remarks")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(forwards(), backwards()),
    ]
