"""The reports that the schedule makes from the first day."""

import json
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def load(apps, schema_editor):
    ReportDefinition = apps.get_model("reports", "ReportDefinition")
    for row in json.loads((SEEDS / "definitions.json").read_text(encoding="utf-8")):
        ReportDefinition.objects.create(**row)


def unload(apps, schema_editor):
    apps.get_model("reports", "ReportDefinition").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_tables")]

    operations = [
        migrations.RunPython(load, unload),
    ]
