"""A condition of head office is met, or not, with an entry in the chain of its case."""

from django.db import migrations

FORWARDS = """
create constraint trigger cases_answercondition_told_new after insert or delete on cases_answercondition
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
create constraint trigger cases_answercondition_told after update on cases_answercondition
    deferrable initially deferred for each row
    when ((old.case_id, old.text, old.status) is distinct from (new.case_id, new.text, new.status)
        and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id');
"""
BACKWARDS = """
drop trigger cases_answercondition_told on cases_answercondition;
drop trigger cases_answercondition_told_new on cases_answercondition;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0039_seed_answer_terms")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
