"""The state and the money of a case change together with an entry of its chain in the ledger, or not at all."""

from django.db import migrations

WATCHED = (
    "stage, returned_to, handler_id, unit_id, round, version, closed_at, closing_kind, paid_at, "
    "estimate, assessed, reviewed, adjusted, approved, paid"
)
# Table: column with the case's id, columns whose change needs an entry.
GUARDED = {
    "cases_claimcase": ("id", WATCHED),
    "cases_caseloss": ("case_id", "case_id, line, loss_class, estimate, assessed, reviewed, adjusted"),
    "cases_submission": ("case_id", "case_id, item_id, amount, case_total, status, submitted_by_id"),
    "cases_decision": ("case_id", "outcome, decided_by_id, amount"),
    "cases_payment": ("case_id", "case_id, amount"),
    "cases_escalation": ("case_id", "case_id, status"),
}


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def forwards() -> str:
    return "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row("old", columns)} is distinct from {row("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
"""
        for table, (key, columns) in GUARDED.items()
    )


def backwards() -> str:
    return "".join(
        f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
        for table in GUARDED
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_pack_items"), ("authority", "0021_no_change_without_an_entry")]

    operations = [
        migrations.RunSQL(forwards(), backwards()),
    ]
