"""Sampling shares, hints of fraud and the clocks of both: company practice, to be confirmed."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_DAY = date(2020, 1, 1)
# Table: column with the case's id, columns whose change needs an entry of the case.
GUARDED = {
    "cases_resurvey": (
        "case_id",
        "case_id, kind, amount, status, result, found_amount, assignee_id, done_by_id, confirmed_by_id, problem_id",
    ),
    "cases_fraudlead": (
        "case_id",
        "case_id, status, investigator_id, concluded_by_id, loss_avoided, police_at",
    ),
}


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def number(text):
    return Decimal(text) if text else None


def seed(apps, schema_editor):
    ResurveyRule = apps.get_model("cases", "ResurveyRule")
    for row in rows("resurvey_rules.csv"):
        ResurveyRule.objects.get_or_create(
            amount_from=number(row["amount_from"]),
            valid_from=FIRST_DAY,
            defaults={
                "name": row["name"],
                "amount_to": number(row["amount_to"]),
                "share": number(row["share"]),
                "source": row["source"],
                "is_verified": row["is_verified"] == "1",
            },
        )
    FraudIndicator = apps.get_model("cases", "FraudIndicator")
    for row in rows("fraud_indicators.csv"):
        FraudIndicator.objects.get_or_create(
            code=row["code"],
            valid_from=FIRST_DAY,
            defaults={
                "name": row["name"],
                "pattern": row["pattern"],
                "threshold": number(row["threshold"]),
                "upper": number(row["upper"]),
                "days": int(row["days"]) if row["days"] else None,
                "rank": int(row["rank"]),
                "source": row["source"],
                "is_verified": row["is_verified"] == "1",
            },
        )
    ClockRule = apps.get_model("departments", "ClockRule")
    for row in rows("vehicle_clock_rules.csv"):
        code, limit = row.pop("code"), Decimal(row.pop("limit"))
        ClockRule.objects.get_or_create(code=code, valid_from=FIRST_DAY, defaults={**row, "limit": limit})
    record_seeds(apps, "departments", "ClockRule")


def row_of(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def forwards() -> str:
    return "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row_of("old", columns)} is distinct from {row_of("new", columns)} and not authority_is_filling())
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
    dependencies = [("cases", "0058_lines_make_the_amounts"), ("departments", "0015_investigating_fraud")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(forwards(), backwards()),
    ]
