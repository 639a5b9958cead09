"""Co-handlers, opinions asked for and tasks of undoing change together with an entry of their case's chain."""

from django.db import migrations

GUARDED = ("cases_cohandler", "cases_reversaltask")


def of_cases() -> str:
    return "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when (to_jsonb(old) is distinct from to_jsonb(new) and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
"""
        for table in GUARDED
    )


FORWARDS = f"""
{of_cases()}
create function cases_insist_on_entry_of_submission() returns trigger language plpgsql as $$
declare
    changed jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    of_case bigint;
begin
    select case_id into of_case from cases_submission where id = (changed ->> 'submission_id')::bigint;
    if authority_entered_now('case:' || of_case) then
        return null;
    end if;
    raise exception 'authority_ledger_missing: % of % % without an entry in the ledger',
        tg_op, tg_table_name, changed ->> 'id' using errcode = '23514';
end $$;
create constraint trigger cases_consultation_told_new after insert or delete on cases_consultation
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function cases_insist_on_entry_of_submission();
create constraint trigger cases_consultation_told after update on cases_consultation
    deferrable initially deferred for each row
    when (to_jsonb(old) is distinct from to_jsonb(new) and not authority_is_filling())
    execute function cases_insist_on_entry_of_submission();
"""
BACKWARDS = "".join(
    f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
    for table in (*GUARDED, "cases_consultation")
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0060_seed_resurveys_and_fraud"), ("authority", "0025_people_and_emergencies_tell_the_ledger")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS + "drop function cases_insist_on_entry_of_submission();"),
    ]
