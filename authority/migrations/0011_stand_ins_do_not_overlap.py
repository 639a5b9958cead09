"""One stand-in per item and moment; how much a post may hold for another, with the first known amounts.

Arrays of codes have no exclusion constraint, so a trigger looks, holding the delegator's row: two proposals at
once come one after the other.
"""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations
from django.utils import timezone

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
SINCE = date(2012, 3, 1)

FORWARDS = """
create function authority_standin_alone() returns trigger language plpgsql as $$
begin
    if new.ended_at is not null then
        return new;
    end if;
    perform 1 from departments_staff where id = new.delegator_id for no key update;
    if exists (
        select from authority_substitution other
        where other.id <> new.id and other.delegator_id = new.delegator_id and other.ended_at is null
            and other.items && new.items and other.starts_at < new.ends_at and other.ends_at > new.starts_at
    ) then
        raise exception 'authority_standin_no_overlap: two stand-ins for one item at the same time'
            using errcode = '23P01';
    end if;
    return new;
end $$;
create trigger authority_standin_no_overlap before insert or update on authority_substitution
    for each row execute function authority_standin_alone();
"""
BACKWARDS = """
drop trigger authority_standin_no_overlap on authority_substitution;
drop function authority_standin_alone();
"""


def load(apps, schema_editor):
    StandInCeiling = apps.get_model("authority", "StandInCeiling")
    Recorded = apps.get_model("authority", "HistoricalStandInCeiling")
    items = {item.code: item for item in apps.get_model("authority", "AuthorityItem").objects.all()}
    now = timezone.now()
    with (SEEDS / "stand_in_ceilings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values = {**row, "item": items.get(row["item"]), "valid_from": SINCE}
            ceiling = StandInCeiling.objects.create(**values)
            Recorded.objects.create(id=ceiling.pk, history_date=now, history_type="+", **values)


def unload(apps, schema_editor):
    apps.get_model("authority", "StandInCeiling").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("authority", "0009_ledger_is_sealed")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RunPython(load, unload),
    ]
