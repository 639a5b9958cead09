"""The catalogue of posts, the duties with their posts, and the rules of separation."""

import csv
import json
from datetime import date
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FLAGS = ("is_key_post", "employees_only", "enters_admin", "sees_personal_data", "is_verified")
SETS = ("unit_kinds", "required_certificates", "permissions")


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_post_types(apps):
    PostType = apps.get_model("departments", "PostType")
    for rank, row in enumerate(rows("post_types.csv")):
        values = {**row, "rank": rank, "level": int(row["level"])}
        values |= {name: row[name] == "1" for name in FLAGS}
        values |= {name: row[name].split() for name in SETS}
        PostType.objects.create(**values)


def load_duties(apps):
    Duty = apps.get_model("departments", "Duty")
    PostType = apps.get_model("departments", "PostType")
    posts = {post.code: post for post in PostType.objects.all()}
    assigned = {row["duty"]: row for row in rows("duty_posts.csv")}
    for row in rows("duties.csv"):
        duty = Duty.objects.create(
            code=row["code"],
            unit_kind=row["unit_kind"],
            unit_name=row["unit_zh"],
            number=int(row["no"]),
            title=row["title_zh"],
            english_title=row["title_en"],
            cadence=row["cadence"],
            evidence=row["fulfilled_by"],
            lead_post_type=posts[assigned[row["code"]]["lead"]],
        )
        duty.support_post_types.set([posts[code] for code in assigned[row["code"]]["support"].split()])


def load_incompatible_duties(apps):
    IncompatibleDuty = apps.get_model("departments", "IncompatibleDuty")
    for row in json.loads((SEEDS / "incompatible_duties.json").read_text(encoding="utf-8")):
        IncompatibleDuty.objects.create(valid_from=date(2012, 3, 1), **row)


def load(apps, schema_editor):
    load_post_types(apps)
    load_duties(apps)
    load_incompatible_duties(apps)


def unload(apps, schema_editor):
    for name in ("IncompatibleDuty", "Duty", "PostType"):
        apps.get_model("departments", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("departments", "0001_tables")]

    operations = [
        migrations.RunPython(load, unload),
    ]
