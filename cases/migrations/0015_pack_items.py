"""What head office wants to see in a pack is data, with its source and its days."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "pack_items.csv"


def load(apps, schema_editor):
    PackItem = apps.get_model("cases", "PackItem")
    with SEED.open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file)):
            PackItem.objects.create(
                name=row["name"],
                paper_kinds=row["paper_kinds"].split(),
                loss_class=row["loss_class"],
                rank=rank,
                source="公司惯例",
                valid_from=date(2012, 3, 1),
            )
    record_seeds(apps, "cases", "PackItem")


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_seed_supervision_parameters")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
