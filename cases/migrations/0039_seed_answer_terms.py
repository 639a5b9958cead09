"""How long head office has to answer, by item and sum, and the branch to carry out: company practice."""

import csv
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_DAY = "2020-01-01"


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def seed(apps, schema_editor):
    AnswerTerm = apps.get_model("cases", "AnswerTerm")
    for row in rows("answer_terms.csv"):
        key = {name: row.pop(name) for name in ("item", "amount_over", "valid_from")}
        AnswerTerm.objects.get_or_create(**key, defaults={**row, "is_verified": row["is_verified"] == "1"})
    ClockRule = apps.get_model("departments", "ClockRule")
    for row in rows("escalation_clock_rules.csv"):
        code, limit = row.pop("code"), Decimal(row.pop("limit"))
        ClockRule.objects.get_or_create(code=code, valid_from=FIRST_DAY, defaults={**row, "limit": limit})


def unseed(apps, schema_editor):
    apps.get_model("cases", "AnswerTerm").objects.all().delete()
    codes = [row["code"] for row in rows("escalation_clock_rules.csv")]
    apps.get_model("departments", "ClockRule").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0037_signatures_count"), ("departments", "0014_where_separation_bites")]

    operations = [
        migrations.RunPython(seed, unseed),
    ]
