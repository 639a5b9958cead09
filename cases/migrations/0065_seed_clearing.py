"""Ages, reasons and when they fit, parameters of clearing: the regulator's forms 附件12, 附件13 and practice."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_DAY = date(2020, 1, 1)
PRACTICE = "公司惯例"
FORM = "监管机构附件13"


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def seed(apps, schema_editor):
    models = {name: apps.get_model("cases", name) for name in NAMES}
    for row in rows("age_bands.csv"):
        row |= {"is_verified": row["is_verified"] == "1", "days_to": row["days_to"] or None}
        models["AgeBand"].objects.create(**row)
    for row in rows("uncleared_reasons.csv"):
        is_other = row["code"] == "Q"
        models["UnclearedReason"].objects.create(
            **row, is_other=is_other, source=FORM, is_verified=True, valid_from=FIRST_DAY
        )
    for row in rows("reason_rules.csv"):
        row["facts"] = row["facts"].split()
        models["ReasonRule"].objects.create(**row, source=PRACTICE, valid_from=FIRST_DAY)
    for row in rows("clearing_parameters.csv"):
        row["value"] = Decimal(row["value"])
        models["ClearingParameter"].objects.create(**row, source=PRACTICE, valid_from=FIRST_DAY)


def unseed(apps, schema_editor):
    for name in NAMES:
        apps.get_model("cases", name).objects.all().delete()


NAMES = ("AgeBand", "UnclearedReason", "ReasonRule", "ClearingParameter")


class Migration(migrations.Migration):
    dependencies = [("cases", "0063_helpers_and_opinions_tell_the_ledger")]

    operations = [
        migrations.RunPython(seed, unseed),
    ]
