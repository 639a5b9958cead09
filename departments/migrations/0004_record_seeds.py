"""What came with the software has been known from the beginning."""

from django.db import migrations

from departments.known import record_seeds


def record(apps, schema_editor):
    record_seeds(apps, "departments", "PostType", "Duty", "IncompatibleDuty")


class Migration(migrations.Migration):
    dependencies = [("departments", "0003_calendar_history_and_sessions")]

    operations = [migrations.RunPython(record, migrations.RunPython.noop)]
