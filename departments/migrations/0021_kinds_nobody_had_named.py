"""Kinds of notifications that were sent without a row of their own, and so were kept and mailed as 其他."""

from django.db import migrations

from departments.known import record_seeds

KINDS = (
    ("not_needed", "无须签署", "审批", False, 90),
    ("condition_failed", "批复条件不能落实", "上报", True, 365),
    ("recovery", "追偿", "赔案", True, 365),
)


def seed(apps, schema_editor):
    NotificationKind = apps.get_model("departments", "NotificationKind")
    rank = NotificationKind.objects.exclude(code="other").order_by("-rank").values_list("rank", flat=True)[0]
    for place, (code, name, group, in_digest, keep_days) in enumerate(KINDS, start=rank + 1):
        NotificationKind.objects.create(
            code=code,
            name=name,
            group=group,
            in_digest=in_digest,
            keep_days=keep_days,
            rank=place,
            source="公司惯例",
        )
    record_seeds(apps, "departments", "NotificationKind")


def unseed(apps, schema_editor):
    codes = [code for code, *_ in KINDS]
    apps.get_model("departments", "NotificationKind").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("departments", "0020_who_was_told")]

    operations = [
        migrations.RunPython(seed, unseed),
    ]
