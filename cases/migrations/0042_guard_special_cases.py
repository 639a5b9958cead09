"""What happens to a special case is told in the case's ledger; nothing is paid beyond what it was granted."""

from django.db import migrations

WATCHED = (
    "stage, returned_to, handler_id, unit_id, round, version, closed_at, closing_kind, paid_at, "
    "estimate, assessed, reviewed, adjusted, approved, paid"
)
GUARDED = {
    "cases_specialrequest": (
        "case_id, kind, state, amount, basis_amount, granted, paid, set_off_at, requested_by_id, entered_at"
    ),
    "cases_refusalnotice": "case_id, request_id, sent_at, delivered_on, objected_on, sued_on, result",
    "cases_recoveryplaceholder": "case_id, request_id, amount, recovered, status",
}
PAYMENTS = """
create function cases_special_payment_check() returns trigger language plpgsql as $$
declare
    most numeric;
    total numeric;
begin
    if new.special_id is null then
        return new;
    end if;
    select granted into most from cases_specialrequest
        where id = new.special_id and case_id = new.case_id for update;
    select coalesce(sum(amount), 0) into total
        from cases_payment where special_id = new.special_id and id <> new.id;
    if most is null or total + new.amount > most then
        raise exception 'cases_payment_within_granted: % of %', total + new.amount, most
            using errcode = '23514';
    end if;
    return new;
end $$;
create trigger cases_payment_within_granted before insert or update on cases_payment
    for each row execute function cases_special_payment_check();
"""
NO_PAYMENTS = """
drop trigger cases_payment_within_granted on cases_payment;
drop function cases_special_payment_check();
"""


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def changed(table: str, key: str, columns: str) -> str:
    return f"""
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row("old", columns)} is distinct from {row("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
"""


def made(table: str) -> str:
    return f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
"""


def forwards() -> str:
    own = "".join(made(table) + changed(table, "case_id", columns) for table, columns in GUARDED.items())
    case = changed("cases_claimcase", "id", WATCHED + ", advanced")
    return PAYMENTS + own + "drop trigger cases_claimcase_told on cases_claimcase;" + case


def backwards() -> str:
    own = "".join(
        f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
        for table in GUARDED
    )
    case = "drop trigger cases_claimcase_told on cases_claimcase;" + changed("cases_claimcase", "id", WATCHED)
    return NO_PAYMENTS + own + case


class Migration(migrations.Migration):
    dependencies = [("cases", "0040_conditions_are_told")]

    operations = [
        migrations.RunSQL(forwards(), backwards()),
    ]
