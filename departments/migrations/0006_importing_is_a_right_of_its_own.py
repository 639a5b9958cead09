"""Bringing an extract in is a right of its own: of statistics, of 未决管理 and of those who lead a unit.

The people concerned get it with the next round of `sync_appointments`.
"""

from django.db import migrations, models

IMPORTING = ("STAT", "OUTST", "UNIT_HEAD", "OFFICE_HEAD", "DEPT_DEPUTY", "DEPT_HEAD")
IMPORT = "import_cases"


def give(apps, schema_editor):
    PostType = apps.get_model("departments", "PostType")
    for post_type in PostType.objects.filter(code__in=IMPORTING).exclude(permissions__contains=[IMPORT]):
        post_type.permissions = [*post_type.permissions, IMPORT]
        post_type.save(update_fields=["permissions"])
    PostType.objects.filter(code="OUTST", scope="unit").update(scope="served")


SCOPES = [
    ("unit", "本机构及以下"),
    ("served", "本机构；设于室的为全理赔部"),
    ("department", "全理赔部"),
    ("everywhere", "全公司"),
]


def scope():
    return models.CharField(choices=SCOPES, default="unit", max_length=12, verbose_name="权限范围")


class Migration(migrations.Migration):
    dependencies = [("departments", "0005_record_seeds")]

    operations = [
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
