"""The kinds of notifications; and no choice of a person keeps a statutory kind out of the mail."""

import csv
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "notification_kinds.csv"
GUARD = """
create function departments_statutory_is_mailed() returns trigger language plpgsql as $$
begin
    if not new.in_digest and (
        select is_statutory from departments_notificationkind where id = new.kind_id for share
    ) then
        raise exception 'departments_kindchoice_statutory_is_mailed' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger departments_kindchoice_statutory before insert or update on departments_kindchoice
    for each row execute function departments_statutory_is_mailed();
create function departments_drop_silences() returns trigger language plpgsql as $$
begin
    delete from departments_kindchoice where kind_id = new.id and not in_digest;
    return new;
end $$;
create trigger departments_noticekind_statutory after update on departments_notificationkind
    for each row when (new.is_statutory and not old.is_statutory)
    execute function departments_drop_silences();
"""
DROP = """
drop trigger departments_noticekind_statutory on departments_notificationkind;
drop trigger departments_kindchoice_statutory on departments_kindchoice;
drop function departments_drop_silences();
drop function departments_statutory_is_mailed();
"""


def seed(apps, schema_editor):
    NotificationKind = apps.get_model("departments", "NotificationKind")
    with SEED.open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file), start=1):
            values = {**row, "rank": rank}
            for name in ("is_statutory", "in_digest"):
                values[name] = row[name] == "1"
            NotificationKind.objects.get_or_create(code=values.pop("code"), defaults=values)
    record_seeds(apps, "departments", "NotificationKind")


class Migration(migrations.Migration):
    dependencies = [("departments", "0015_investigating_fraud")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(GUARD, DROP),
    ]
