"""The saved profiles of the usual sources."""

import json
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "profiles"


def load(apps, schema_editor):
    profiles = apps.get_model("cases", "ImportProfile").objects.using(schema_editor.connection.alias)
    for file in sorted(SEEDS.glob("*.json")):
        seed = json.loads(file.read_text(encoding="utf-8"))
        profiles.get_or_create(name=seed.pop("name"), defaults=seed)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_decisions_stand_and_payments_stay_within")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
