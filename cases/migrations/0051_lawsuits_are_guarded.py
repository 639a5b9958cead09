"""Suits, judgments, costs and conferences change with an entry of their case's chain; what was signed stands."""

from django.db import migrations

SUIT = (
    "case_id, stage, claimed, estimate, settled_amount, performed_amount, final_amount, result, received_at, "
    "reported_at, replied_at, entered_at, appealed_at"
)
# Table: column with the case's id, columns whose change needs an entry.
GUARDED = {
    "cases_lawsuit": ("case_id", SUIT),
    "cases_judgment": ("case_id", "case_id, amount, court_costs, kind, court_level, received_at, opinion"),
    "cases_litigationcost": ("case_id", "case_id, amount, kind"),
    "cases_conference": (
        "case_id",
        "case_id, status, conclusion, advice, amount_max, is_binding, quorum_present, quorum_written",
    ),
    "cases_conferenceopinion": ("case_id", "case_id, stance, text, signed_by_id, withdrawn_at"),
}

STANDS = """
create function cases_opinion_stands() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.withdrawn_at is null and
        (to_jsonb(old) - 'withdrawn_at' - 'withdrawn_reason') = (to_jsonb(new) - 'withdrawn_at' - 'withdrawn_reason')
    then
        return new;
    end if;
    raise exception 'cases_opinion_stands: % on a signed opinion is refused', tg_op using errcode = '23514';
end $$;
create trigger cases_opinion_stands before update or delete on cases_conferenceopinion
    for each row execute function cases_opinion_stands();
"""
FALLS = """
drop trigger cases_opinion_stands on cases_conferenceopinion;
drop function cases_opinion_stands();
"""


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


def forwards() -> str:
    return STANDS + "".join(
        f"""
create constraint trigger {table}_told_new after insert or delete on {table}
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
create constraint trigger {table}_told after update on {table}
    deferrable initially deferred for each row
    when ({row("old", columns)} is distinct from {row("new", columns)} and not authority_is_filling())
    execute function authority_insist_on_entry('case', '{key}');
"""
        for table, (key, columns) in GUARDED.items()
    )


def backwards() -> str:
    dropped = "".join(
        f"drop trigger {table}_told on {table}; drop trigger {table}_told_new on {table};\n"
        for table in GUARDED
    )
    return dropped + FALLS


class Migration(migrations.Migration):
    dependencies = [("cases", "0049_separate_who_mediates")]

    operations = [
        migrations.RunSQL(forwards(), backwards()),
    ]
