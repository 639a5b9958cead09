"""What a returned file may be returned for."""

import csv
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def load(apps, schema_editor):
    ProblemClass = apps.get_model("cases", "ProblemClass")
    with (SEEDS / "problem_classes.csv").open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file)):
            ProblemClass.objects.create(**row, rank=rank, source="问题件分类（公司惯例）", is_verified=False)


def unload(apps, schema_editor):
    apps.get_model("cases", "ProblemClass").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_tables")]

    operations = [
        migrations.RunPython(load, unload),
    ]
