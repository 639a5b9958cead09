"""Where a superior helps once the clock ran over: company practice, to be confirmed by the department."""

from django.db import migrations

from departments.known import record_seeds

CODES = ("advance_certain_amount", "major_first_report", "judgment_report")


def mark(apps, schema_editor):
    ClockRule = apps.get_model("departments", "ClockRule")
    ClockRule.objects.filter(code__in=CODES).update(adds_co_handler=True)
    record_seeds(apps, "departments", "ClockRule")


class Migration(migrations.Migration):
    dependencies = [("departments", "0017_seed_notices")]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
