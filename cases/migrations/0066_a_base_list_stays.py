"""A base list is written with an entry in the ledger, all at once, and never changed afterwards."""

from django.db import migrations

FROZEN = (
    "campaign_id, case_id, unit_id, band_id, age_days, is_injury, is_litigated, estimate, paid, "
    "vehicle_estimate, property_estimate, injury_estimate"
)
STATE = "status, base_on, due_on, unit_id, base_count, base_amount, base_digest"


def row(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


FORWARDS = f"""
create function cases_campaign_insist() returns trigger language plpgsql as $$
declare
    found bigint;
begin
    for found in select distinct campaign_id from written loop
        if not authority_is_filling() and not authority_entered_now('campaign:' || found) then
            raise exception 'authority_ledger_missing: % % of campaign % without an entry in the ledger',
                tg_op, tg_table_name, found using errcode = '23514';
        end if;
    end loop;
    return null;
end $$;
create trigger cases_campaigncase_written after insert on cases_campaigncase
    referencing new table as written for each statement execute function cases_campaign_insist();
create function cases_campaign_stays() returns trigger language plpgsql as $$
begin
    raise exception 'cases_campaign_stays: % of the base list of campaign %', tg_op, old.campaign_id
        using errcode = '23514';
end $$;
create trigger cases_campaigncase_stays before update on cases_campaigncase for each row
    when ({row("old", FROZEN)} is distinct from {row("new", FROZEN)})
    execute function cases_campaign_stays();
create trigger cases_campaigncase_remains before delete on cases_campaigncase for each row
    execute function cases_campaign_stays();
create constraint trigger cases_campaigncase_told after update on cases_campaigncase
    deferrable initially deferred for each row
    when ((old.confirmed_at, old.confirmed_by_id) is distinct from (new.confirmed_at, new.confirmed_by_id)
        and not authority_is_filling())
    execute function authority_insist_on_entry('case', 'case_id', 'campaign', 'campaign_id');
create constraint trigger cases_outstandingcampaign_told_new after insert or delete on cases_outstandingcampaign
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('campaign', 'id');
create constraint trigger cases_outstandingcampaign_told after update on cases_outstandingcampaign
    deferrable initially deferred for each row
    when ({row("old", STATE)} is distinct from {row("new", STATE)} and not authority_is_filling())
    execute function authority_insist_on_entry('campaign', 'id');
create constraint trigger cases_feedbackletter_told after update on cases_feedbackletter
    deferrable initially deferred for each row
    when (old.status is distinct from new.status and not authority_is_filling())
    execute function authority_insist_on_entry('feedback', 'id');
"""
BACKWARDS = """
drop trigger cases_feedbackletter_told on cases_feedbackletter;
drop trigger cases_outstandingcampaign_told on cases_outstandingcampaign;
drop trigger cases_outstandingcampaign_told_new on cases_outstandingcampaign;
drop trigger cases_campaigncase_told on cases_campaigncase;
drop trigger cases_campaigncase_remains on cases_campaigncase;
drop trigger cases_campaigncase_stays on cases_campaigncase;
drop function cases_campaign_stays();
drop trigger cases_campaigncase_written on cases_campaigncase;
drop function cases_campaign_insist();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0065_seed_clearing"), ("authority", "0021_no_change_without_an_entry")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
