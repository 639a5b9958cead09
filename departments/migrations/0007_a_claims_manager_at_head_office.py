"""Somebody at head office who manages it: without one nobody approves its letters in the application."""

import csv
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "post_type_hq_head.csv"
CODE = "HQ_HEAD"
FLAGS = ("is_key_post", "employees_only", "enters_admin", "sees_personal_data", "is_verified")
SETS = ("unit_kinds", "required_certificates", "permissions")


def add(apps, schema_editor):
    PostType = apps.get_model("departments", "PostType")
    if not PostType.objects.filter(code=CODE).exists():
        with SEED.open(encoding="utf-8", newline="") as file:
            row = next(row for row in csv.DictReader(file) if row["code"] == CODE)
        values = {**row, "rank": 0, "level": int(row["level"])}
        values |= {name: row[name] == "1" for name in FLAGS}
        values |= {name: row[name].split() for name in SETS}
        PostType.objects.create(**values)
    record_seeds(apps, "departments", "PostType")


class Migration(migrations.Migration):
    dependencies = [("departments", "0006_importing_is_a_right_of_its_own")]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
