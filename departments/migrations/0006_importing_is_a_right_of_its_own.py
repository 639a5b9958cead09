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
        migrations.RemoveConstraint("posttype", "departments_posttype_scope_known"),
        migrations.AlterField("posttype", "scope", scope()),
        migrations.AlterField("historicalposttype", "scope", scope()),
        migrations.AddConstraint(
            "posttype",
            models.CheckConstraint(
                condition=models.Q(scope__in=[code for code, _ in SCOPES]),
                name="departments_posttype_scope_known",
            ),
        ),
        migrations.AlterModelOptions(
            "orgunit",
            {
                "verbose_name": "机构",
                "verbose_name_plural": "机构",
                "permissions": [
                    ("see_cases", "查看赔案"),
                    ("handle_cases", "处理赔案"),
                    ("see_people", "查看人员"),
                    ("manage_unit", "管理机构"),
                    ("import_cases", "导入赔案清单"),
                ],
            },
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
