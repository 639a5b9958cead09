"""A notice of missing papers holds clocks: it changes together with an entry of its case's chain."""

from django.db import migrations

COLUMNS = "case_id, items, found_at, sent_at, delivered_at, received_at, cancelled_at"


def row(alias: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in COLUMNS.split(",")) + ")"


FORWARDS = f"""
create constraint trigger cases_papersnotice_told_new after insert or delete on cases_papersnotice
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create constraint trigger cases_papersnotice_told after update on cases_papersnotice
    deferrable initially deferred for each row
    when ({row("old")} is distinct from {row("new")} and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
"""
BACKWARDS = """
drop trigger cases_papersnotice_told on cases_papersnotice;
drop trigger cases_papersnotice_told_new on cases_papersnotice;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_problems_are_told_and_frozen")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
