"""Whom the rules ask or tell, and two test cases for each rule that came with the software.

A rule of an installation's own keeps what it says; one that asks or tells gets the head of the office, or of
the department, as the post: somebody must be named.
"""

import json
from decimal import Decimal
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
POSTS = {"SUSPECTED_FRAUD": "LEGAL", "MAJOR_NOTICE": "DEPT_HEAD"}
POST_OF_KIND = {"must_consult": "OFFICE_HEAD", "notify": "DEPT_HEAD"}
EXPECTS = {"must_refer": "refers", "must_consult": "consults", "notify": "notifies", "hard_stop": "stops"}


def name_posts(apps):
    for rule in apps.get_model("authority", "ReferralRule").objects.filter(kind__in=POST_OF_KIND):
        rule.post = POSTS.get(rule.code) or POST_OF_KIND[rule.kind]
        rule.save()


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
    name_posts(apps)
    write_cases(apps)
    record_seeds(apps, "authority", "ReferralRule", "RuleCase")


def unload(apps, schema_editor):
    apps.get_model("authority", "RuleCase").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("authority", "0012_referral_rules_are_tried")]

    operations = [migrations.RunPython(load, unload)]
