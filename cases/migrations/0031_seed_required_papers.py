"""What a claimant is asked for, by line and loss, each with its source."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "required_papers.csv"


def load(apps, schema_editor):
    RequiredPaper = apps.get_model("cases", "RequiredPaper")
    with SEED.open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file)):
            is_verified = row.pop("is_verified") == "1"
            facts = {**row, "rank": rank, "is_verified": is_verified}
            RequiredPaper.objects.create(**facts, valid_from=date(2012, 3, 1))
    record_seeds(apps, "cases", "RequiredPaper")


class Migration(migrations.Migration):
    dependencies = [("cases", "0030_notices_tell_the_ledger")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
