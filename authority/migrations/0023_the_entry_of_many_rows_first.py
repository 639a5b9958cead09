"""The guard looks first at the entry that tells many rows: an import of a million rows waits for each look."""

from django.db import migrations

FORWARDS = """
create or replace function authority_insist_on_entry() returns trigger language plpgsql as $$
declare
    told_by text := coalesce(current_setting('claims.told_by', true), '');
    changed jsonb;
    place int := 0;
begin
    -- First what tells of many rows: a large import then reads no row and no chain of its own.
    if told_by <> '' and authority_entered_now(told_by) then
        return null;
    end if;
    changed := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    while place < tg_nargs loop
        if authority_entered_now(tg_argv[place] || ':' || (changed ->> tg_argv[place + 1])) then
            return null;
        end if;
        place := place + 2;
    end loop;
    raise exception 'authority_ledger_missing: % of % % without an entry in the ledger',
        tg_op, tg_table_name, changed ->> 'id' using errcode = '23514';
end $$;
"""
BACKWARDS = """
create or replace function authority_insist_on_entry() returns trigger language plpgsql as $$
declare
    changed jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    told_by text := coalesce(current_setting('claims.told_by', true), '');
    place int := 0;
begin
    while place < tg_nargs loop
        if authority_entered_now(tg_argv[place] || ':' || (changed ->> tg_argv[place + 1])) then
            return null;
        end if;
        place := place + 2;
    end loop;
    if told_by <> '' and authority_entered_now(told_by) then
        return null;
    end if;
    raise exception 'authority_ledger_missing: % of % % without an entry in the ledger',
        tg_op, tg_table_name, changed ->> 'id' using errcode = '23514';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("authority", "0021_no_change_without_an_entry")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
