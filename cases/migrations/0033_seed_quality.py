"""What is drawn, by what sheet it is scored, what is doubtful in the data: company practice, to be confirmed."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_DAY = date(2020, 1, 1)


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def numbers(row, *names):
    return {name: Decimal(row[name]) if row[name] else None for name in names}


def seed_sheets(apps):
    ScoreSheet, ScoreItem = apps.get_model("cases", "ScoreSheet"), apps.get_model("cases", "ScoreItem")
    classes = {one.code: one for one in apps.get_model("cases", "ProblemClass").objects.all()}
    sheets = {
        row["code"]: ScoreSheet.objects.get_or_create(
            code=row["code"],
            version=1,
            defaults={"name": row["name"], "source": row["source"], "valid_from": FIRST_DAY},
        )[0]
        for row in rows("score_sheets.csv")
    }
    places = dict.fromkeys(sheets, 0)
    for row in rows("score_items.csv"):
        places[row["sheet"]] += 1
        ScoreItem.objects.get_or_create(
            sheet=sheets[row["sheet"]],
            rank=places[row["sheet"]],
            defaults={
                "section": row["section"],
                "question": row["question"],
                "points": row["points"],
                "is_veto": row["is_veto"] == "1",
                "step": row["step"],
                "problem_class": classes.get(row["problem"]),
            },
        )


def seed_rules(apps):
    SampleRule, Rule = apps.get_model("cases", "SampleRule"), apps.get_model("cases", "DataQualityRule")
    for rank, row in enumerate(rows("sample_rules.csv"), start=1):
        values = {**row, **numbers(row, "limit", "amount_min", "amount_max", "share"), "rank": rank}
        values["per_unit_max"] = row["per_unit_max"] or None
        SampleRule.objects.get_or_create(code=values.pop("code"), valid_from=FIRST_DAY, defaults=values)
    for rank, row in enumerate(rows("data_quality_rules.csv"), start=1):
        values = {
            **row,
            **numbers(row, "limit", "points"),
            "rank": rank,
            "is_nightly": row["is_nightly"] == "1",
        }
        Rule.objects.get_or_create(code=values.pop("code"), valid_from=FIRST_DAY, defaults=values)


def seed(apps, schema_editor):
    seed_sheets(apps)
    seed_rules(apps)


class Migration(migrations.Migration):
    dependencies = [("cases", "0032_quality")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
    ]
