"""What came with the software has been known from the beginning."""

from django.db import migrations

from departments.known import record_seeds


def record(apps, schema_editor):
    record_seeds(apps, "authority", "AuthorityItem", "ReferralRule")


class Migration(migrations.Migration):
    dependencies = [("authority", "0006_terms_are_frozen_after_drafting"), ("departments", "0005_record_seeds")]

    operations = [
        migrations.RunPython(record, migrations.RunPython.noop),
    ]
