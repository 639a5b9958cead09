"""SOD-11 is looked at from now on; the certificate of a mediator; when visits and answers are due."""

from datetime import date
from decimal import Decimal

from django.db import migrations

from departments.known import record_seeds

IN_FORCE_FROM = date(2012, 3, 1)
PRACTICE = "公司惯例，待核实"
WHERE = "调解方案：登记为调解人即计入办案环节，人伤审核与调解方案审批时核对；未经批准不得调解"
CLOCKS = (
    ("injury_visit", "人伤访视", "登记或上次访视", "下次访视", 7, "natural_day"),
    ("injury_assistance", "非车险人伤协助", "收到请求", "答复", 3, "working_day"),
)


def forwards(apps, schema_editor):
    duties = apps.get_model("departments", "IncompatibleDuty")
    for duty in duties.objects.filter(code="SOD-11"):
        duty.is_enforced, duty.enforcement = True, WHERE
        duty.save(update_fields=["is_enforced", "enforcement"])
    CertificateType = apps.get_model("departments", "CertificateType")
    CertificateType.objects.get_or_create(
        code="MEDIATOR",
        defaults={
            "name": "人伤调解资格",
            "source": "人伤手册：调解人须经省级培训授权并复评；证件名称为公司惯例",
            "is_verified": False,
            "rank": 7,
        },
    )
    for post in apps.get_model("departments", "PostType").objects.filter(code="MEDIATE"):
        if "MEDIATOR" not in post.required_certificates:
            post.required_certificates = [*post.required_certificates, "MEDIATOR"]
            post.save(update_fields=["required_certificates"])
    ClockRule = apps.get_model("departments", "ClockRule")
    for code, name, starts, stops, limit, unit in CLOCKS:
        ClockRule.objects.create(
            code=code,
            name=name,
            starts=starts,
            stops=stops,
            limit=Decimal(limit),
            unit=unit,
            source=PRACTICE,
            valid_from=IN_FORCE_FROM,
        )
    record_seeds(apps, "departments", "ClockRule", "CertificateType", "PostType", "IncompatibleDuty")


class Migration(migrations.Migration):
    dependencies = [("cases", "0048_mediation_within_the_scheme"), ("departments", "0014_where_separation_bites")]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop, elidable=False),
    ]
