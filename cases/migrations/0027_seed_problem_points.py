"""What a finding costs by class and severity, and how long a unit has to answer: company practice."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_DAY = date(2020, 1, 1)
PRACTICE = "公司惯例，待核实"


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def seed(apps, schema_editor):
    ProblemClass = apps.get_model("cases", "ProblemClass")
    ProblemPoints = apps.get_model("cases", "ProblemPoints")
    classes = {one.code: one for one in ProblemClass.objects.all()}
    for row in rows("problem_points.csv"):
        ProblemPoints.objects.create(
            problem_class=classes[row["code"]],
            severity=row["severity"],
            points=int(row["points"]),
            valid_from=FIRST_DAY,
            source=PRACTICE,
        )
    ClockRule = apps.get_model("departments", "ClockRule")
    for row in rows("problem_clock_rules.csv"):
        code, limit = row.pop("code"), Decimal(row.pop("limit"))
        ClockRule.objects.get_or_create(
            code=code, valid_from=FIRST_DAY, defaults={**row, "limit": limit, "source": PRACTICE}
        )


def unseed(apps, schema_editor):
    apps.get_model("cases", "ProblemPoints").objects.all().delete()
    codes = [row["code"] for row in rows("problem_clock_rules.csv")]
    apps.get_model("departments", "ClockRule").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0023_share_of_concurrent_acts"), ("departments", "0014_where_separation_bites")]

    operations = [
        migrations.RunPython(seed, unseed),
    ]
