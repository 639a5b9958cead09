"""A joint signing is met by so many agreeing persons as it needs, or the commit is refused; taking back is told."""

from django.db import migrations

FORWARDS = """
create function cases_signing_count() returns trigger language plpgsql as $$
declare
    agreed integer;
begin
    select count(distinct decision.decided_by_id) into agreed
    from cases_chainstep step
    join cases_decision decision on decision.chain_step_id = step.id
    where step.signing_id = new.id and decision.outcome = 'agree';
    if agreed < new.needed then
        raise exception 'cases_signing_counts: % of % signed', agreed, new.needed using errcode = '23514';
    end if;
    return null;
end $$;
create constraint trigger cases_signing_counts after insert or update on cases_jointsigning
    deferrable initially deferred for each row
    when (new.result = 'met') execute function cases_signing_count();

create constraint trigger cases_takenback_told_new after insert or delete on cases_takenback
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create trigger cases_takenback_stands before update or delete on cases_takenback
    for each row execute function cases_decision_refuse();
"""
BACKWARDS = """
drop trigger cases_takenback_stands on cases_takenback;
drop trigger cases_takenback_told_new on cases_takenback;
drop trigger cases_signing_counts on cases_jointsigning;
drop function cases_signing_count();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0036_seed_signing_rules")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
