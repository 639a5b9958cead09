"""Receipts make what was recovered and are told in the case's ledger; a lead supports a refusal of its own case;
the usual extract says when the policy began."""

from django.db import migrations

from departments.known import record_seeds

BEGINS = {"车险报立结案清单": "保险起期", "车险赔案教学数据（公开数据）": "policy_bind_date"}
OF_ITS_CASE = """
alter table cases_specialrequest add constraint cases_special_of_its_case unique (id, case_id);
alter table cases_recoveryplaceholder add constraint cases_recovery_of_its_case unique (id, case_id);
alter table cases_fraudlead add constraint cases_fraud_refusal_of_its_case
    foreign key (refusal_id, case_id) references cases_specialrequest (id, case_id);
alter table cases_recoveryreceipt add constraint cases_receipt_of_its_case
    foreign key (recovery_id, case_id) references cases_recoveryplaceholder (id, case_id);
"""
NOT_OF_ITS_CASE = """
alter table cases_recoveryreceipt drop constraint cases_receipt_of_its_case;
alter table cases_fraudlead drop constraint cases_fraud_refusal_of_its_case;
alter table cases_recoveryplaceholder drop constraint cases_recovery_of_its_case;
alter table cases_specialrequest drop constraint cases_special_of_its_case;
"""
SUMS = """
create function cases_receipts_make_the_recovered() returns trigger language plpgsql as $$
declare
    changed jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    claim bigint := coalesce(changed ->> 'recovery_id', changed ->> 'id')::bigint;
    said numeric;
    received numeric;
begin
    select recovered into said from cases_recoveryplaceholder where id = claim;
    select coalesce(sum(amount), 0) into received
        from cases_recoveryreceipt where recovery_id = claim and struck_at is null;
    if said <> received then
        raise exception 'cases_recovered_is_received: % of %', said, received using errcode = '23514';
    end if;
    return null;
end $$;
create constraint trigger cases_recoveryreceipt_sums after insert or update or delete on cases_recoveryreceipt
    deferrable initially deferred for each row execute function cases_receipts_make_the_recovered();
create constraint trigger cases_recoveryplaceholder_sums after insert or update of recovered
    on cases_recoveryplaceholder
    deferrable initially deferred for each row execute function cases_receipts_make_the_recovered();
"""
NO_SUMS = """
drop trigger cases_recoveryplaceholder_sums on cases_recoveryplaceholder;
drop trigger cases_recoveryreceipt_sums on cases_recoveryreceipt;
drop function cases_receipts_make_the_recovered();
"""
RECEIPTS = "case_id, recovery_id, amount, posting, struck_at"
LEADS = "case_id, status, investigator_id, concluded_by_id, loss_avoided, police_at"


def answered(apps, schema_editor):
    """Whoever handles the case answers for what is to be got back on it."""
    Recovery = apps.get_model("cases", "RecoveryPlaceholder")
    case = apps.get_model("cases", "ClaimCase").objects.filter(handler__isnull=False)
    handlers = dict(case.filter(recoveries__officer=None).values_list("pk", "handler_id"))
    for recovery in Recovery.objects.filter(officer=None, case__in=handlers):
        Recovery.objects.filter(pk=recovery.pk).update(officer=handlers[recovery.case_id])
    record_seeds(apps, "cases", "RecoveryPlaceholder")


def policy_begins(apps, schema_editor):
    """Into the profiles that came with the software."""
    for profile in apps.get_model("cases", "ImportProfile").objects.filter(name__in=BEGINS, created_by=None):
        profile.columns = {"policy_from": BEGINS[profile.name], **profile.columns}
        profile.save(update_fields=["columns"])
    record_seeds(apps, "cases", "ImportProfile")


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def told(table: str, columns: str) -> str:
    return f"""
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row("old", columns)} is distinct from {row("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
"""


def told_new(table: str) -> str:
    return f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
"""


def untold(table: str) -> str:
    return f"drop trigger {table}_told on {table};\n"


FORWARDS = (
    told("cases_recoveryreceipt", RECEIPTS)
    + told_new("cases_recoveryreceipt")
    + untold("cases_fraudlead")
    + told("cases_fraudlead", f"{LEADS}, refusal_id")
)
BACKWARDS = (
    untold("cases_recoveryreceipt")
    + "drop trigger cases_recoveryreceipt_told_new on cases_recoveryreceipt;\n"
    + untold("cases_fraudlead")
    + told("cases_fraudlead", LEADS)
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0068_seed_base_report")]

    operations = [
        migrations.RunSQL(OF_ITS_CASE, NOT_OF_ITS_CASE),
        migrations.RunSQL(SUMS, NO_SUMS),
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RunPython(answered, migrations.RunPython.noop),
        migrations.RunPython(policy_begins, migrations.RunPython.noop),
    ]
