"""Schemes and their results do not change without an entry; an agreement stays inside what was approved."""

from django.db import migrations

WATCHED = "case_id, status, mediator_id, approved_amount, agreed_amount"
FUNCTIONS = """
create function cases_mediation_line_frozen() returns trigger language plpgsql as $$
declare
    stands text;
begin
    select status into stands from cases_mediation
        where id = case tg_op when 'DELETE' then old.mediation_id else new.mediation_id end;
    if stands in ('draft', 'asked', 'returned') or stands is null or authority_is_filling() then
        return coalesce(new, old);
    end if;
    if tg_op = 'UPDATE' and stands = 'approved'
        and (old.mediation_id, old.person_id, old.kind_id, old.claimed, old.amount)
            is not distinct from (new.mediation_id, new.person_id, new.kind_id, new.claimed, new.amount) then
        return new;
    end if;
    raise exception 'cases_mediation_line_frozen: the scheme is decided on, its lines stand'
        using errcode = '23514';
end $$;

create function cases_mediation_adds_up() returns trigger language plpgsql as $$
declare
    planned numeric;
    agreed numeric;
    off text;
begin
    if new.approved_at is null then
        return null;
    end if;
    select sum(line.amount), sum(line.agreed) into planned, agreed
        from cases_mediationline line where line.mediation_id = new.id;
    if planned is distinct from new.approved_amount then
        raise exception 'cases_mediation_sums: the lines are not what was approved' using errcode = '23514';
    end if;
    if new.status <> 'agreed' then
        return null;
    end if;
    if agreed is distinct from new.agreed_amount then
        raise exception 'cases_mediation_sums: the lines are not what was agreed on' using errcode = '23514';
    end if;
    select person.label into off
        from cases_mediationline line join cases_injuredperson person on person.id = line.person_id
        where line.mediation_id = new.id
        group by person.id, person.label having sum(line.agreed) > sum(line.amount) limit 1;
    if off is not null then
        raise exception 'cases_mediation_over_scheme: % was agreed more than approved', off
            using errcode = '23514';
    end if;
    return null;
end $$;

create function cases_mediation_approved_first() returns trigger language plpgsql as $$
declare
    since timestamptz;
    most numeric;
begin
    select approved_at, approved_amount into since, most from cases_mediation where id = new.mediation_id;
    if since is null or new.held_at < since then
        raise exception 'cases_mediation_before_approval: nobody mediates before the scheme is approved'
            using errcode = '23514';
    end if;
    if new.offered > most then
        raise exception 'cases_mediation_over_scheme: more was offered than approved' using errcode = '23514';
    end if;
    return new;
end $$;
"""
TRIGGERS = f"""
create trigger cases_mediationline_frozen before insert or update or delete on cases_mediationline
    for each row execute function cases_mediation_line_frozen();
create constraint trigger cases_mediation_sums after insert or update on cases_mediation
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function cases_mediation_adds_up();
create trigger cases_mediationattempt_approved before insert or update on cases_mediationattempt
    for each row execute function cases_mediation_approved_first();
create constraint trigger cases_mediation_told_new after insert or delete on cases_mediation
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create constraint trigger cases_mediation_told after update on cases_mediation
    deferrable initially deferred for each row
    when (({", ".join("old." + name for name in WATCHED.split(", "))})
        is distinct from ({", ".join("new." + name for name in WATCHED.split(", "))})
        and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create constraint trigger cases_assistance_told_new after insert or delete on cases_injuryassistance
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('assistance', 'id');
create constraint trigger cases_assistance_told after update on cases_injuryassistance
    deferrable initially deferred for each row
    when ((old.opinion, old.advised, old.answered_by_id, old.withdrawn_at, old.assigned_to_id)
        is distinct from (new.opinion, new.advised, new.answered_by_id, new.withdrawn_at, new.assigned_to_id)
        and not authority_is_filling())
    execute function authority_insist_on_entry('assistance', 'id');
"""
DROP = """
drop trigger cases_assistance_told on cases_injuryassistance;
drop trigger cases_assistance_told_new on cases_injuryassistance;
drop trigger cases_mediation_told on cases_mediation;
drop trigger cases_mediation_told_new on cases_mediation;
drop trigger cases_mediationattempt_approved on cases_mediationattempt;
drop trigger cases_mediation_sums on cases_mediation;
drop trigger cases_mediationline_frozen on cases_mediationline;
drop function cases_mediation_approved_first();
drop function cases_mediation_adds_up();
drop function cases_mediation_line_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0046_seed_injury_measures")]

    operations = [
        migrations.RunSQL(FUNCTIONS + TRIGGERS, DROP),
    ]
