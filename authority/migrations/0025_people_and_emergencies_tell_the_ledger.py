"""Who holds a post, who is away, whose account is what, and what is done in an emergency: each changes together
with an entry in the ledger, or not at all. An act under an emergency grant waits for its ratification from the
entry of the act itself."""

from django.db import migrations

# Table: arguments of the trigger.
GUARDED = {
    "departments_appointment": "'appointment', 'id'",
    "departments_absence": "'absence', 'id'",
    "departments_incompatibleduty": "'separation', 'code'",
    "authority_emergencygrant": "'emergency', 'id'",
    "authority_standinceiling": "'standinceiling', 'id'",
}
ACCOUNT = "is_active, admin_role, is_superuser, left_on"


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def of_any_column() -> str:
    return "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry({arguments});
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when (to_jsonb(old) is distinct from to_jsonb(new) and not authority_is_filling())
    execute function authority_insist_on_entry({arguments});
"""
        for table, arguments in GUARDED.items()
    )


FORWARDS = f"""
{of_any_column()}
create constraint trigger departments_staff_told_new after insert on departments_staff
    deferrable initially deferred for each row
    when ((new.admin_role <> '' or new.is_superuser) and not authority_is_filling())
    execute function authority_insist_on_entry('account', 'id');
create constraint trigger departments_staff_told after update on departments_staff
    deferrable initially deferred for each row
    when ({row("old", ACCOUNT)} is distinct from {row("new", ACCOUNT)} and not authority_is_filling())
    execute function authority_insist_on_entry('account', 'id');

create function authority_insist_on_act() returns trigger language plpgsql as $$
declare
    told text;
begin
    select chain into told from authority_ledgerentry where id = new.ledger_entry_id;
    if told is not null and authority_entered_now(told) then
        return null;
    end if;
    raise exception 'authority_ledger_missing: % of % % without an entry in the ledger',
        tg_op, tg_table_name, new.id using errcode = '23514';
end $$;
create constraint trigger authority_ratification_told_new after insert on authority_ratification
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_act();
create constraint trigger authority_ratification_told after update or delete on authority_ratification
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('emergency', 'emergency_id');
"""
BACKWARDS = "".join(
    f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
    for table in (*GUARDED, "departments_staff", "authority_ratification")
)


class Migration(migrations.Migration):
    dependencies = [("authority", "0024_special_items"), ("departments", "0019_which_rules_add_a_co_handler")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS + "drop function authority_insist_on_act();"),
    ]
