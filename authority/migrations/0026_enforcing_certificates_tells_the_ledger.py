"""From which day the lack of a certificate freezes grants: told to the ledger, or not changed."""

from django.db import migrations

DECIDES = "code, enforced_from"


def row(alias: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in DECIDES.split(",")) + ")"


FORWARDS = f"""
create constraint trigger departments_certificatetype_told after update on departments_certificatetype
    deferrable initially deferred for each row
    when ({row("old")} is distinct from {row("new")} and not authority_is_filling())
    execute function authority_insist_on_entry('certificate_type', 'id');
"""
BACKWARDS = "drop trigger departments_certificatetype_told on departments_certificatetype;"


class Migration(migrations.Migration):
    dependencies = [("authority", "0025_people_and_emergencies_tell_the_ledger")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
