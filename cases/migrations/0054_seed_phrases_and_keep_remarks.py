"""The department's first opinion phrases; and a remark stays as it was written."""

import csv
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "opinion_phrases.csv"


def load(apps, schema_editor):
    OpinionPhrase = apps.get_model("cases", "OpinionPhrase")
    with SEED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            OpinionPhrase.objects.create(
                text=row["text"], items=row["items"].split(), outcome=row["outcome"], rank=int(row["rank"])
            )
    record_seeds(apps, "cases", "OpinionPhrase")


KEEP = """
create function cases_remark_stays() returns trigger language plpgsql as $$
begin
    raise exception 'cases_remark_stays: a remark is struck, never reworded or removed';
end $$;
create trigger cases_remark_stays before update on cases_caseremark for each row
    when ((old.case_id, old.text, old.author_id, old.told_id, old.written_at)
        is distinct from (new.case_id, new.text, new.author_id, new.told_id, new.written_at)
        or old.struck_at is not null)
    execute function cases_remark_stays();
create trigger cases_remark_is_not_removed before delete on cases_caseremark for each row
    execute function cases_remark_stays();
"""
FORGET = """
drop trigger cases_remark_is_not_removed on cases_caseremark;
drop trigger cases_remark_stays on cases_caseremark;
drop function cases_remark_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0052_seed_lawsuits_and_conferences")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(KEEP, FORGET),
    ]
