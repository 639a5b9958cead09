"""A score, a correction, a drawing change together with an entry in the ledger, or not at all."""

from django.db import migrations

# Table: arguments of the trigger, columns whose change needs an entry.
GUARDED = {
    "cases_datacorrection": (
        "'case', 'case_id'",
        "status, field, before, after, requested_by_id, decided_by_id",
    ),
    "cases_qualitysample": ("'quality_sample', 'id'", "status, score, is_vetoed, scored_by_id, second_by_id"),
    "cases_qualitydraw": ("'quality_draw', 'id'", "unit_id, since, until, seed"),
}
TOLD_WHEN_NEW = ("cases_datacorrection", "cases_qualitydraw")


def row(alias, columns):
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def forwards():
    new = "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry({GUARDED[table][0]});
"""
        for table in TOLD_WHEN_NEW
    )
    changed = "".join(
        f"""
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row("old", columns)} is distinct from {row("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry({arguments});
"""
        for table, (arguments, columns) in GUARDED.items()
    )
    return new + changed


def backwards():
    new = "".join(f"drop trigger {table}_told_new on {table};\n" for table in TOLD_WHEN_NEW)
    return new + "".join(f"drop trigger {table}_told on {table};\n" for table in GUARDED)


class Migration(migrations.Migration):
    dependencies = [("cases", "0033_seed_quality")]

    operations = [
        migrations.RunSQL(forwards(), backwards()),
    ]
