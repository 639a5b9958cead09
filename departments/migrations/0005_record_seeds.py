"""What came with the software has been known from the beginning."""

from django.db import migrations

from departments.known import record_seeds


def record(apps, schema_editor):
    record_seeds(apps, "departments", "PostType", "Duty", "IncompatibleDuty")


class Migration(migrations.Migration):
    dependencies = [("departments", "0004_reviewers_decide_and_do_not_work_on_cases")]

    operations = [
        migrations.RunPython(record, migrations.RunPython.noop),
    ]
