"""The points stand in the dated scale alone. A finding changes with an entry in the ledger; once it stands in
a signed letter, what counts about it does not change any more.
"""

from django.db import migrations

COLUMNS = "case_id, problem_class_id, severity, unit_id, person_id, points, status, period, frozen_at"
COUNTS = "case_id, problem_class_id, severity, unit_id, person_id, points, status, period"


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


FORWARDS = f"""
create constraint trigger cases_problemfinding_told_new after insert or delete on cases_problemfinding
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create constraint trigger cases_problemfinding_told after update on cases_problemfinding
    deferrable initially deferred for each row
    when ({row("old", COLUMNS)} is distinct from {row("new", COLUMNS)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');

create function cases_problem_is_frozen() returns trigger language plpgsql as $$
begin
    raise exception 'cases_problem_is_frozen: % % stands in a signed letter', tg_op, old.number
        using errcode = '23514';
end $$;
create trigger cases_problem_stays before update on cases_problemfinding for each row
    when (old.frozen_at is not null and new.frozen_at is not null
        and {row("old", COUNTS)} is distinct from {row("new", COUNTS)})
    execute function cases_problem_is_frozen();
create trigger cases_problem_remains before delete on cases_problemfinding for each row
    when (old.frozen_at is not null) execute function cases_problem_is_frozen();
"""
BACKWARDS = """
drop trigger cases_problem_remains on cases_problemfinding;
drop trigger cases_problem_stays on cases_problemfinding;
drop function cases_problem_is_frozen();
drop trigger cases_problemfinding_told on cases_problemfinding;
drop trigger cases_problemfinding_told_new on cases_problemfinding;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_seed_problem_points"), ("authority", "0021_no_change_without_an_entry")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
