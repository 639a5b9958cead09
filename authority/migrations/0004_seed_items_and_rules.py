"""What may be decided, and what goes up whatever the amount."""

import csv
import json
from datetime import date
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def load(apps, schema_editor):
    AuthorityItem = apps.get_model("authority", "AuthorityItem")
    ReferralRule = apps.get_model("authority", "ReferralRule")
    with (SEEDS / "items.csv").open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file)):
            flags = {name: row[name] == "1" for name in ("is_key", "is_verified")}
            AuthorityItem.objects.create(**{**row, **flags, "rank": rank})
    for row in json.loads((SEEDS / "referral_rules.json").read_text(encoding="utf-8")):
        ReferralRule.objects.create(valid_from=date(2012, 3, 1), **row)


def unload(apps, schema_editor):
    apps.get_model("authority", "ReferralRule").objects.all().delete()
    apps.get_model("authority", "AuthorityItem").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("authority", "0003_ledger_is_append_only")]

    operations = [
        migrations.RunPython(load, unload),
    ]
