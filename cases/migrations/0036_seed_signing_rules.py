"""Whom a co-signature asks beyond the needed, and what a refusal does: company practice, to be confirmed."""

import csv
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "signing_rules.csv"


def seed(apps, schema_editor):
    SigningRule = apps.get_model("cases", "SigningRule")
    with SEEDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            row["is_verified"] = row["is_verified"] == "1"
            SigningRule.objects.get_or_create(
                item=row.pop("item"), valid_from=row.pop("valid_from"), defaults=row
            )


class Migration(migrations.Migration):
    dependencies = [("cases", "0034_quality_told")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
    ]
