"""Kinds, reasons, papers and limits of special cases are data, each with its source and its days."""

import json
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "special_cases.json"
MODELS = {"reasons": "SpecialReason", "papers": "SpecialPaper", "limits": "SpecialLimit", "ctpl": "CtplLimit"}


def load(apps, schema_editor):
    seeds = json.loads(SEED.read_text(encoding="utf-8"))
    Duty, SpecialKind = apps.get_model("departments", "Duty"), apps.get_model("cases", "SpecialKind")
    duties = {duty.code: duty for duty in Duty.objects.filter(code__in=["ADJ-02", "GEN-11"])}
    for rank, row in enumerate(seeds["kinds"]):
        whose = {name: duties[row[name]] for name in ("deciding_duty", "registering_duty")}
        SpecialKind.objects.create(**{**row, **whose, "rank": rank})
    for name, model in MODELS.items():
        for rank, row in enumerate(seeds[name]):
            ranked = {"rank": rank} if name in ("reasons", "papers") else {}
            apps.get_model("cases", model).objects.create(**row, **ranked)
    record_seeds(apps, "cases", "SpecialKind", *MODELS.values())


def unload(apps, schema_editor):
    for model in ("SpecialKind", *MODELS.values()):
        apps.get_model("cases", model).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0042_guard_special_cases"), ("departments", "0014_where_separation_bites"), ("authority", "0024_special_items")]

    operations = [
        migrations.RunPython(load, unload),
    ]
