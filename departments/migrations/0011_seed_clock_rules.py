"""The clocks of the law and the department's own; what has no source is marked as not verified."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "clock_rules.csv"
IN_FORCE_FROM = date(2012, 3, 1)


def load(apps, schema_editor):
    ClockRule = apps.get_model("departments", "ClockRule")
    with SEED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = {name: Decimal(row[name]) for name in ("limit", "warn_share", "escalate_share")}
            truths = {name: row[name] == "1" for name in ("is_statutory", "is_verified", "without_injury")}
            numbers["amount_max"] = Decimal(row["amount_max"]) if row["amount_max"] else None
            values = {**row, **numbers, **truths, "pauses": row["pauses"].split()}
            ClockRule.objects.create(valid_from=IN_FORCE_FROM, **values)
    record_seeds(apps, "departments", "ClockRule")


def unload(apps, schema_editor):
    apps.get_model("departments", "ClockRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("departments", "0009_three_administrators_and_certificate_types")]

    operations = [
        migrations.RunPython(load, unload),
    ]
