"""Seals over the heads of the chains, append-only like the ledger itself."""

from django.db import migrations

FORWARDS = """
create trigger authority_seal_no_change before update or delete on authority_ledgerseal
    for each row execute function authority_ledger_refuse();
create trigger authority_seal_no_truncate before truncate on authority_ledgerseal
    for each statement execute function authority_ledger_refuse();
create trigger authority_sealed_head_no_change before update or delete on authority_sealedhead
    for each row execute function authority_ledger_refuse();
create trigger authority_sealed_head_no_truncate before truncate on authority_sealedhead
    for each statement execute function authority_ledger_refuse();
"""
BACKWARDS = """
drop trigger authority_sealed_head_no_truncate on authority_sealedhead;
drop trigger authority_sealed_head_no_change on authority_sealedhead;
drop trigger authority_seal_no_truncate on authority_ledgerseal;
drop trigger authority_seal_no_change on authority_ledgerseal;
"""


class Migration(migrations.Migration):
    dependencies = [("authority", "0007_record_seeds")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
