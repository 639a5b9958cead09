"""What counts as near, fast, together and many: company practice, to be confirmed."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "supervision_parameters.csv"
FIRST_DAY = date(2020, 1, 1)


def seed(apps, schema_editor):
    SupervisionParameter = apps.get_model("cases", "SupervisionParameter")
    with SEEDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            row["is_verified"] = row["is_verified"] == "1"
            SupervisionParameter.objects.get_or_create(
                code=row.pop("code"),
                item=row.pop("item"),
                valid_from=FIRST_DAY,
                defaults={**row, "value": Decimal(row["value"])},
            )


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_seed_import_profiles")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
    ]
