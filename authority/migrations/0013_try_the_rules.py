"""Two test cases for each rule that came with the software."""

import json
from decimal import Decimal
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
EXPECTS = {"must_refer": "refers", "must_consult": "consults", "notify": "notifies", "hard_stop": "stops"}


def write_cases(apps):
    RuleCase = apps.get_model("authority", "RuleCase")
    ReferralRule = apps.get_model("authority", "ReferralRule")
    seeded = {row["code"]: row for row in json.loads((SEEDS / "referral_rules.json").read_text("utf-8"))}
    for rule in ReferralRule.objects.filter(code__in=seeded):
        row = seeded[rule.code]
        if (rule.kind, rule.items, rule.flags, rule.to_level) != tuple(
            row[name] for name in ("kind", "items", "flags", "to_level")
        ):
            continue  # changed here: its cases are for those who changed it
        item = "adjudication" if rule.items == ["any"] else rule.items[0]
        lifts = rule.kind == "must_refer"
        figures = {name: f"{Decimal(over) + 1:.2f}" for name, over in rule.figures_over.items()}
        common = {"rule": rule, "item": item, "amount": Decimal(1000)}
        RuleCase.objects.create(
            **common,
            number=1,
            name=f"{rule.name}，由低一级的人审批" if lifts else rule.name,
            flags=rule.flags,
            figures=figures,
            level=rule.to_level - 1 if lifts else 5,
            expects=EXPECTS[rule.kind],
            to_level=rule.to_level if lifts else None,
        )
        RuleCase.objects.create(
            **common, number=2, name="没有该情形", level=rule.to_level - 1 if lifts else 5, expects="decides"
        )


def load(apps, schema_editor):
    write_cases(apps)
    record_seeds(apps, "authority", "ReferralRule", "RuleCase")


def unload(apps, schema_editor):
    apps.get_model("authority", "RuleCase").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("authority", "0011_stand_ins_do_not_overlap")]

    operations = [
        migrations.RunPython(load, unload),
    ]
