"""Kinds of injury cost, standards, coefficients, reasons and visits; what no source gives is an estimate."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_DAY = date(2020, 1, 1)
YEARS = ("full_years", "age_from", "least_age", "least_years", "adult_age", "months")
GRADES = "十级 10%，每高一级加 10%，一级 100%：司法实践惯例，待核实"


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def seed(apps, schema_editor):
    Kind, Standard, Grade, Reason, Rule = (
        apps.get_model("cases", name)
        for name in ("InjuryCostKind", "JudicialStandard", "DisabilityGrade", "CutReason", "FollowUpRule")
    )
    for rank, row in enumerate(rows("injury_cost_kinds.csv"), start=1):
        numbers = {name: int(row[name]) if row[name] else None for name in YEARS}
        is_verified = row.pop("is_verified") == "1"
        Kind.objects.create(**{**row, **numbers}, rank=rank, is_verified=is_verified, valid_from=FIRST_DAY)
    for row in rows("judicial_standards.csv"):
        days = {"valid_from": row.pop("valid_from"), "valid_to": row.pop("valid_to") or None}
        Standard.objects.create(**{**row, **days, "amount": Decimal(row["amount"])})
    for grade in range(1, 11):
        Grade.objects.create(grade=grade, percent=110 - 10 * grade, source=GRADES, valid_from=FIRST_DAY)
    for row in rows("cut_reasons.csv"):
        Reason.objects.create(**row, valid_from=FIRST_DAY)
    for row in rows("follow_up_rules.csv"):
        Rule.objects.create(**row, valid_from=FIRST_DAY)


class Migration(migrations.Migration):
    dependencies = [("cases", "0045_injury_sums_and_entries")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
    ]
