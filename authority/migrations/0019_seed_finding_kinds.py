"""What the nightly round looks for, and which posts decide which items."""

import csv
import json
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def load(apps, schema_editor):
    FindingKind = apps.get_model("authority", "FindingKind")
    for row in json.loads((SEEDS / "finding_kinds.json").read_text(encoding="utf-8")):
        FindingKind.objects.create(**row)
    AuthorityItem = apps.get_model("authority", "AuthorityItem")
    with (SEEDS / "item_posts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            AuthorityItem.objects.filter(code=row["item"]).update(post_types=row["post_types"].split())
    record_seeds(apps, "authority", "AuthorityItem", "FindingKind")


def unload(apps, schema_editor):
    apps.get_model("authority", "FindingKind").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("authority", "0013_try_the_rules")]

    operations = [
        migrations.RunPython(load, unload),
    ]
