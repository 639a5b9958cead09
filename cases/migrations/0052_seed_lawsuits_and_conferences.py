"""The terms of courts and conferences, and the kinds of conference; what has no source is not verified."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
IN_FORCE_FROM = date(2012, 3, 1)


def rows(name):
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_clocks(apps, schema_editor):
    ClockRule = apps.get_model("departments", "ClockRule")
    for row in rows("lawsuit_clocks"):
        truths = {name: row[name] == "1" for name in ("is_statutory", "is_verified")}
        numbers = {name: Decimal(row[name]) for name in ("limit", "warn_share")}
        ClockRule.objects.create(valid_from=IN_FORCE_FROM, **{**row, **numbers, **truths})
    record_seeds(apps, "departments", "ClockRule")


def unload_clocks(apps, schema_editor):
    codes = [row["code"] for row in rows("lawsuit_clocks")]
    apps.get_model("departments", "ClockRule").objects.filter(code__in=codes).delete()


def load_kinds(apps, schema_editor):
    ConferenceKind = apps.get_model("cases", "ConferenceKind")
    for rank, row in enumerate(rows("conference_kinds")):
        posts = {name: row[name].split() for name in ("convening_posts", "member_posts")}
        quorum = {name: int(row[name]) for name in ("quorum_present", "quorum_written")}
        verified = {"is_verified": row["is_verified"] == "1"}
        ConferenceKind.objects.create(
            rank=rank, valid_from=IN_FORCE_FROM, **{**row, **posts, **quorum, **verified}
        )
    record_seeds(apps, "cases", "ConferenceKind")


def unload_kinds(apps, schema_editor):
    apps.get_model("cases", "ConferenceKind").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0051_lawsuits_are_guarded"), ("departments", "0014_where_separation_bites")]

    operations = [
        migrations.RunPython(load_clocks, unload_clocks),
        migrations.RunPython(load_kinds, unload_kinds),
    ]
