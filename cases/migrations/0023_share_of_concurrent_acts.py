"""Which share of the concurrent acts is looked at: company practice, to be confirmed (保监发〔2012〕15号 art. 13 asks for
strict sampling and names no share)."""

from datetime import date

from django.db import migrations

SHARE = {
    "code": "concurrent_share",
    "name": "限额内兼办的抽查比例",
    "value": 20,
    "measure": "%",
    "source": "保监发〔2012〕15号第13条要求严格抽查；比例未公开，公司惯例",
    "valid_from": date(2020, 1, 1),
}


def load(apps, schema_editor):
    apps.get_model("cases", "SupervisionParameter").objects.create(**SHARE)


def unload(apps, schema_editor):
    apps.get_model("cases", "SupervisionParameter").objects.filter(code=SHARE["code"]).delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_no_change_without_an_entry")]

    operations = [
        migrations.RunPython(load, unload),
    ]
