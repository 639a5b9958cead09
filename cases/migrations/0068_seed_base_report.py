"""When the list of what was open at the turn of the year must have been sent; papers of assistance are told."""

from datetime import date
from decimal import Decimal

from django.db import migrations

from departments.known import record_seeds

IN_FORCE_FROM = date(2014, 1, 1)
SOURCE = "未决赔案清理：2013年监管要求、保监消保〔2014〕93号（次年3月20日前）"
RULE = {
    "code": "outstanding_base_report",
    "name": "年度未决清单报送",
    "starts": "12月31日24时",
    "stops": "清单和汇总表报出",
    "limit": Decimal(79),
    "unit": "natural_day",
    "warn_share": Decimal("0.75"),
    "is_statutory": True,
    "source": SOURCE,
    "is_verified": True,
}
PARAMETER = {
    "code": "base_report_due",
    "name": "年度未决清单报送截止（次年月日，320即3月20日）",
    "value": Decimal(320),
    "measure": "月日",
    "source": SOURCE,
    "is_verified": True,
}
FORWARDS = """
create constraint trigger cases_assistancepaper_told after insert or update or delete on cases_assistancepaper
    deferrable initially deferred for each row when (not authority_is_filling())
    execute function authority_insist_on_entry('assistance', 'assistance_id');
create constraint trigger cases_outstandingcampaign_report_told after update on cases_outstandingcampaign
    deferrable initially deferred for each row
    when ((old.reported_at, old.reported_to, old.report_due_on)
        is distinct from (new.reported_at, new.reported_to, new.report_due_on)
        and not authority_is_filling())
    execute function authority_insist_on_entry('campaign', 'id');
"""
BACKWARDS = """
drop trigger cases_outstandingcampaign_report_told on cases_outstandingcampaign;
drop trigger cases_assistancepaper_told on cases_assistancepaper;
"""


def seed(apps, schema_editor):
    apps.get_model("departments", "ClockRule").objects.create(valid_from=IN_FORCE_FROM, **RULE)
    apps.get_model("cases", "ClearingParameter").objects.create(valid_from=IN_FORCE_FROM, **PARAMETER)
    record_seeds(apps, "departments", "ClockRule")
    record_seeds(apps, "cases", "ClearingParameter")


def unseed(apps, schema_editor):
    apps.get_model("departments", "ClockRule").objects.filter(code=RULE["code"]).delete()
    apps.get_model("cases", "ClearingParameter").objects.filter(code=PARAMETER["code"]).delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0066_a_base_list_stays")]

    operations = [
        migrations.RunPython(seed, unseed),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
