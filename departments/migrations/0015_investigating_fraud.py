"""Investigating fraud is a right of its own: leads are read by few, wherever the case is seen by many.

The people concerned get it with the next round of `sync_appointments`.
"""

from django.db import migrations

INVESTIGATING = (
    "DEPT_HEAD",
    "DEPT_DEPUTY",
    "OFFICE_HEAD",
    "MAJOR",
    "LEGAL",
    "REG_SPECIAL",
    "UNIT_HEAD",
    "HQ_REVIEW",
    "HQ_HEAD",
)
INVESTIGATE = "investigate_fraud"


def give(apps, schema_editor):
    PostType = apps.get_model("departments", "PostType")
    for post_type in PostType.objects.filter(code__in=INVESTIGATING).exclude(
        permissions__contains=[INVESTIGATE]
    ):
        post_type.permissions = [*post_type.permissions, INVESTIGATE]
        post_type.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("departments", "0014_where_separation_bites")]

    operations = [
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
