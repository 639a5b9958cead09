"""Who reviews a case does not work on it: no 处理赔案 from the posts that decide.

The units of the people concerned lose the permission at once. Who handles cases by another post as well
gets it back with the next round of `sync_appointments`.
"""

from django.db import migrations

REVIEWING = ("HQ_REVIEW", "ADJ", "REG_SPECIAL", "LAR", "PPR", "INJ_REV")
HANDLE = "handle_cases"


def take(apps, schema_editor):
    PostType = apps.get_model("departments", "PostType")
    Held = apps.get_model("departments", "OrgUnitUserPermission")
    for post_type in PostType.objects.filter(code__in=REVIEWING, permissions__contains=[HANDLE]):
        post_type.permissions = [one for one in post_type.permissions if one != HANDLE]
        post_type.save(update_fields=["permissions"])
    holders = apps.get_model("departments", "Appointment").objects.filter(post__post_type__code__in=REVIEWING)
    others = apps.get_model("departments", "Appointment").objects.filter(
        post__post_type__permissions__contains=[HANDLE]
    )
    concerned = set(holders.values_list("staff", flat=True)) - set(others.values_list("staff", flat=True))
    Held.objects.filter(user__in=concerned, permission__codename=HANDLE).delete()


class Migration(migrations.Migration):
    dependencies = [("departments", "0002_seed_posts_and_duties")]

    operations = [
        migrations.RunPython(take, migrations.RunPython.noop),
    ]
