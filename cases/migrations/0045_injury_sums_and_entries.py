"""Injured persons and their costs do not change without an entry, and the costs add up to the losses.

The sums are looked at when the transaction commits: whatever changed, the case, its losses or the costs, once
the case is assessed what is assessed agrees per person, and once it is past its reviews, what they left.
"""

from django.db import migrations

GUARDED = {
    "cases_injuredperson": "case_id, label, age, injury_grade, disability_grade, tracking_ended_on",
    "cases_injurycost": "case_id, person_id, kind_id, claimed, assessed, reviewed",
}
SUMS = """
create function cases_injury_sums_agree() returns trigger language plpgsql as $$
declare
    which bigint;
    stands text;
    off text;
begin
    if tg_table_name = 'cases_claimcase' then
        which := new.id;
    elsif tg_op = 'DELETE' then
        which := old.case_id;
    else
        which := new.case_id;
    end if;
    select stage into stands from cases_claimcase where id = which;
    if stands is null or stands in ('reported', 'registered', 'surveyed', 'returned', 'suspended') then
        return null;
    end if;
    select person.label into off
    from cases_injuredperson person
    cross join lateral (
        select sum(cost.assessed) assessed, sum(cost.reviewed) reviewed, count(*) costs,
            count(cost.reviewed) looked_at
        from cases_injurycost cost where cost.person_id = person.id
    ) cost
    cross join lateral (
        select coalesce(sum(loss.assessed), 0) assessed, coalesce(sum(loss.reviewed), 0) reviewed,
            count(loss.reviewer_id) set_by
        from cases_caseloss loss
        where loss.case_id = which and loss.loss_class = 'injury' and loss.label = person.label
    ) loss
    where person.case_id = which and cost.costs > 0 and (
        cost.assessed <> loss.assessed
        or (
            loss.set_by > 0 and stands not in ('assessed', 'reviewing', 'over_authority')
            and (cost.looked_at < cost.costs or cost.reviewed <> loss.reviewed)
        )
    )
    limit 1;
    if off is not null then
        raise exception 'cases_injury_sums: the costs of % do not add up to the losses of the case', off
            using errcode = '23514';
    end if;
    return null;
end $$;

create constraint trigger cases_injurycost_sums after insert or update or delete on cases_injurycost
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function cases_injury_sums_agree();
create constraint trigger cases_caseloss_sums after update on cases_caseloss
    deferrable initially deferred for each row
    when (new.loss_class = 'injury' and not authority_is_filling())
    execute function cases_injury_sums_agree();
create constraint trigger cases_claimcase_sums after update on cases_claimcase
    deferrable initially deferred for each row
    when (new.is_injury and old.stage is distinct from new.stage and not authority_is_filling())
    execute function cases_injury_sums_agree();
"""
DROP = """
drop trigger cases_claimcase_sums on cases_claimcase;
drop trigger cases_caseloss_sums on cases_caseloss;
drop trigger cases_injurycost_sums on cases_injurycost;
drop function cases_injury_sums_agree();
"""


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def forwards() -> str:
    return "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row("old", columns)} is distinct from {row("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
"""
        for table, columns in GUARDED.items()
    )


def backwards() -> str:
    return "".join(
        f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
        for table in GUARDED
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0043_seed_special_cases"), ("authority", "0021_no_change_without_an_entry")]

    operations = [
        migrations.RunSQL(forwards() + SUMS, DROP + backwards()),
    ]
