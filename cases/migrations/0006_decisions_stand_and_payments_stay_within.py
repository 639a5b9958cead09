"""What the database itself refuses: a changed decision, one's own submission, money beyond the approval."""

from django.db import migrations

FORWARDS = """
create sequence cases_number;

create function cases_decision_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'cases_decision_stands: % on a decision is refused', tg_op using errcode = '23514';
end $$;
create trigger cases_decision_stands before update or delete on cases_decision
    for each row execute function cases_decision_refuse();

create function cases_decision_own() returns trigger language plpgsql as $$
begin
    if exists (
        select from cases_submission
        where id = new.submission_id and submitted_by_id in (new.decided_by_id, new.acted_for_id)
    ) then
        raise exception 'cases_decision_not_own: nobody decides what he submitted' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger cases_decision_not_own before insert on cases_decision
    for each row execute function cases_decision_own();

create function cases_payment_check() returns trigger language plpgsql as $$
declare
    granted numeric;
    total numeric;
begin
    select approved into granted from cases_claimcase where id = new.case_id for update;
    select coalesce(sum(amount), 0) into total from cases_payment where case_id = new.case_id and id <> new.id;
    if total + new.amount > granted then
        raise exception 'cases_payment_within_approved: % of %', total + new.amount, granted
            using errcode = '23514';
    end if;
    return new;
end $$;
create trigger cases_payment_within_approved before insert or update on cases_payment
    for each row execute function cases_payment_check();
"""
BACKWARDS = """
drop trigger cases_payment_within_approved on cases_payment;
drop function cases_payment_check();
drop trigger cases_decision_not_own on cases_decision;
drop function cases_decision_own();
drop trigger cases_decision_stands on cases_decision;
drop function cases_decision_refuse();
drop sequence cases_number;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_seed_problem_classes")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
