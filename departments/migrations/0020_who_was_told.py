"""Kinds of notifications about records of their own; what is statutory is kept three years, to show who was told."""

import csv
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "notification_kinds_of_records.csv"
THREE_YEARS = 1096


def seed(apps, schema_editor):
    NotificationKind = apps.get_model("departments", "NotificationKind")
    other = NotificationKind.objects.get(code="other")
    with SEED.open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file), start=other.rank):
            truths = {name: row[name] == "1" for name in ("is_statutory", "in_digest")}
            NotificationKind.objects.create(rank=rank, **{**row, **truths})
    other.rank += 100
    other.save(update_fields=["rank"])
    NotificationKind.objects.filter(is_statutory=True).update(keep_days=THREE_YEARS)
    record_seeds(apps, "departments", "NotificationKind")


def unseed(apps, schema_editor):
    with SEED.open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    apps.get_model("departments", "NotificationKind").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("departments", "0019_which_rules_add_a_co_handler")]

    operations = [
        migrations.RunPython(seed, unseed),
    ]
