"""The ledger takes new rows only: the database itself refuses to change or remove one."""

from django.db import migrations

FORWARDS = """
create function authority_ledger_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'authority_ledger_append_only: % on the ledger is refused', tg_op using errcode = '23514';
end $$;
create trigger authority_ledger_no_change before update or delete on authority_ledgerentry
    for each row execute function authority_ledger_refuse();
create trigger authority_ledger_no_truncate before truncate on authority_ledgerentry
    for each statement execute function authority_ledger_refuse();
"""
BACKWARDS = """
drop trigger authority_ledger_no_truncate on authority_ledgerentry;
drop trigger authority_ledger_no_change on authority_ledgerentry;
drop function authority_ledger_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("authority", "0001_tables")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
