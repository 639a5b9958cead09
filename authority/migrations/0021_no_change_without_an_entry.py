"""What bears on authority changes together with an entry in the ledger, on every path, or not at all.

Looked at when the transaction commits: the chain the row belongs to must have got an entry in it. A change
of many rows at once may name one chain that tells it all (`authority.ledger.told_by`).
"""

from django.db import migrations

FUNCTIONS = """
create function authority_is_filling() returns boolean language plpgsql stable as $$
begin
    if coalesce(current_setting('claims.filling', true), '') <> 'on' then
        return false;
    end if;
    return pg_has_role(current_user,
        (select relowner from pg_class where oid = 'authority_ledgerentry'::regclass), 'USAGE');
end $$;

create function authority_entered_now(name text) returns boolean language plpgsql volatile as $$
declare
    written bigint;
    this bigint := pg_current_xact_id()::text::bigint;
    whole bigint;
begin
    select xmin::text::bigint into written from authority_ledgerentry
        where chain = name order by sequence desc limit 1;
    if written is null then
        return false;
    end if;
    -- xmin has lost its epoch: the one nearest to this transaction.
    whole := this - this % 4294967296 + written;
    if whole - this > 2147483648 then
        whole := whole - 4294967296;
    elsif this - whole > 2147483648 then
        whole := whole + 4294967296;
    end if;
    -- Seen and not yet committed: written by this transaction, or a part of it.
    return pg_xact_status(whole::text::xid8) is not distinct from 'in progress';
end $$;

create function authority_insist_on_entry() returns trigger language plpgsql as $$
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
DROP = """
drop function authority_insist_on_entry();
drop function authority_entered_now(text);
drop function authority_is_filling();
"""
# Table: arguments of the trigger, columns that may change without an entry.
GUARDED = {
    "authority_authorityletter": ("'letter', 'id'", ""),
    "authority_personalgrant": ("'letter', 'letter_id'", ""),
    "authority_unitceiling": ("'letter', 'letter_id'", ""),
    "authority_authorityitem": ("'authorityitem', 'id'", ""),
    "authority_referralrule": ("'rule', 'code', 'referralrule', 'id'", ""),
    "authority_substitution": ("'stand_in', 'id'", ""),
    "authority_interest": ("'interest', 'id'", ""),
    "departments_certificate": ("'certificate', 'id'", "warned"),
}


def forwards() -> str:
    return FUNCTIONS + "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry({arguments});
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when (to_jsonb(old) - '{free}' is distinct from to_jsonb(new) - '{free}' and not authority_is_filling())
    execute function authority_insist_on_entry({arguments});
"""
        for table, (arguments, free) in GUARDED.items()
    )


def backwards() -> str:
    dropped = (
        f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};"
        for table in GUARDED
    )
    return "\n".join(dropped) + DROP


class Migration(migrations.Migration):
    dependencies = [("authority", "0020_emergencies"), ("departments", "0011_seed_clock_rules")]

    operations = [
        migrations.RunSQL(forwards(), backwards()),
    ]
