"""Lines of a loss come to exactly its assessed and its reviewed amount, and change with an entry of the case.

Looked at when the transaction commits. A loss without lines says its amounts itself.
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_DAY = date(2020, 1, 1)
SUMS = """
create function cases_lines_make_the_amounts() returns trigger language plpgsql as $$
declare
    changed jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    loss cases_caseloss%rowtype;
    claimed numeric;
    granted numeric;
begin
    if tg_table_name = 'cases_caseloss' then
        select * into loss from cases_caseloss where id = (changed ->> 'id')::bigint;
    else
        select l.* into loss from cases_caseloss l join cases_damagesheet s on s.loss_id = l.id
            where s.id = (changed ->> 'sheet_id')::bigint;
    end if;
    if loss.id is null then
        return null;
    end if;
    select sum(i.claimed), sum(coalesce(i.reviewed, i.claimed)) into claimed, granted
        from cases_damageitem i join cases_damagesheet s on s.id = i.sheet_id where s.loss_id = loss.id;
    if claimed is null then
        return null;
    end if;
    if claimed <> loss.assessed then
        raise exception 'cases_lines_equal_assessed: lines % loss % of %', claimed, loss.assessed, loss.id
            using errcode = '23514';
    end if;
    if loss.reviewer_id is not null and granted <> loss.reviewed then
        raise exception 'cases_lines_equal_reviewed: lines % loss % of %', granted, loss.reviewed, loss.id
            using errcode = '23514';
    end if;
    return null;
end $$;
create constraint trigger cases_damageitem_sums after insert or update or delete on cases_damageitem
    deferrable initially deferred for each row execute function cases_lines_make_the_amounts();
create constraint trigger cases_caseloss_line_sums after update on cases_caseloss
    deferrable initially deferred for each row
    when ((old.assessed, old.reviewed, old.reviewer_id) is distinct from
          (new.assessed, new.reviewed, new.reviewer_id))
    execute function cases_lines_make_the_amounts();
"""
NO_SUMS = """
drop trigger cases_caseloss_line_sums on cases_caseloss;
drop trigger cases_damageitem_sums on cases_damageitem;
drop function cases_lines_make_the_amounts();
"""
# Table: column with the case's id, columns whose change needs an entry of the case.
GUARDED = {
    "cases_damageitem": (
        "case_id",
        "case_id, sheet_id, quantity, price, residual, claimed, reviewed, reason_id",
    ),
    "cases_damagesheet": ("case_id", "case_id, loss_id"),
}


def rows(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            row["is_verified"] = row["is_verified"] == "1"
            yield row


def seed(apps, schema_editor):
    ReductionReason = apps.get_model("cases", "ReductionReason")
    for row in rows("reduction_reasons.csv"):
        ReductionReason.objects.get_or_create(code=row.pop("code"), defaults={**row, "valid_from": FIRST_DAY})
    SupervisionParameter = apps.get_model("cases", "SupervisionParameter")
    for row in rows("property_parameters.csv"):
        key = {"code": row.pop("code"), "item": row.pop("item"), "valid_from": FIRST_DAY}
        SupervisionParameter.objects.get_or_create(**key, defaults={**row, "value": Decimal(row["value"])})


def row_of(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def forwards() -> str:
    return "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row_of("old", columns)} is distinct from {row_of("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
"""
        for table, (key, columns) in GUARDED.items()
    )


def backwards() -> str:
    return "".join(
        f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
        for table in GUARDED
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0056_seed_major_criteria")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(SUMS, NO_SUMS),
        migrations.RunSQL(forwards(), backwards()),
    ]
