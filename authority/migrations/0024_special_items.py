"""延时立案 is an item of its own; 通融 is for the provincial branch or head office alone."""

from datetime import date
from decimal import Decimal

from django.db import migrations

from authority.ledger import filling
from departments.known import record_seeds

POSTS = ["REG_SPECIAL", "OFFICE_HEAD", "DEPT_HEAD", "DEPT_DEPUTY", "HQ_REVIEW"]


def load(apps, schema_editor):
    with filling():
        write_item(apps)
        write_rule(apps)
    record_seeds(apps, "authority", "AuthorityItem", "ReferralRule", "RuleCase")


def write_item(apps):
    AuthorityItem = apps.get_model("authority", "AuthorityItem")
    rank = AuthorityItem.objects.get(code="ex_gratia").rank
    AuthorityItem.objects.create(
        code="late_registration",
        name="延时立案",
        measure="case_total",
        review_step="adjudicate",
        rank=rank,
        post_types=POSTS,
        source="公司惯例",
    )


def write_rule(apps):
    rule = apps.get_model("authority", "ReferralRule").objects.create(
        code="EX_GRATIA_PROVINCE",
        name="通融赔付",
        kind="must_refer",
        items=["ex_gratia"],
        to_level=5,
        text="通融赔付只能由省级分公司或总公司审批",
        source="通融规定",
        valid_from=date(2012, 3, 1),
    )
    case = apps.get_model("authority", "RuleCase").objects.create
    common = {"rule": rule, "item": "ex_gratia", "amount": Decimal(1000)}
    case(**common, number=1, name="通融赔付，由低一级的人审批", level=4, expects="refers", to_level=5)
    case(**common, number=2, name="通融赔付，由省级负责人审批", level=5, expects="decides")


def unload(apps, schema_editor):
    with filling():
        rules = apps.get_model("authority", "ReferralRule").objects.filter(code="EX_GRATIA_PROVINCE")
        apps.get_model("authority", "RuleCase").objects.filter(rule__in=rules).delete()
        rules.delete()
        apps.get_model("authority", "AuthorityItem").objects.filter(code="late_registration").delete()


class Migration(migrations.Migration):
    dependencies = [("authority", "0023_the_entry_of_many_rows_first")]

    operations = [
        migrations.RunPython(load, unload),
    ]
