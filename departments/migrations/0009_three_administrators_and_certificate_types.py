"""三员分立 kept by the database: an administrator of the three holds no business post, on no path.

And the kinds of certificates, none of them enforced: an upgrade freezes nobody's authority. The security
administrator sets the day from which each one is, on the page that shows whom it would freeze.
"""

import json
from pathlib import Path

from django.db import migrations

from departments.known import record_seeds

SEEDS = Path(__file__).resolve().parent.parent / "seeds"

FORWARDS = """
create function departments_refuse_post_of_administrator() returns trigger language plpgsql as $$
declare
    role text;
begin
    if tg_op = 'UPDATE' and new.staff_id = old.staff_id
        and coalesce(new.ends_on, 'infinity') <= coalesce(old.ends_on, 'infinity') then
        return new;  -- ending one early is always possible
    end if;
    if new.ends_on is null or new.ends_on >= (now() at time zone 'Asia/Shanghai')::date then
        -- Shared lock: giving somebody a post and making him an administrator wait for each other.
        select admin_role into role from departments_staff where id = new.staff_id for share;
        if role <> '' then
            raise exception 'departments_administrator_without_post: staff % is % administrator',
                new.staff_id, role using errcode = '23514';
        end if;
    end if;
    return new;
end $$;
create trigger departments_appointment_no_administrator before insert or update on departments_appointment
    for each row execute function departments_refuse_post_of_administrator();

create function departments_refuse_administrator_with_post() returns trigger language plpgsql as $$
begin
    if new.admin_role <> '' and new.admin_role is distinct from old.admin_role and exists (
        select from departments_appointment
        where staff_id = new.id
            and (ends_on is null or ends_on >= (now() at time zone 'Asia/Shanghai')::date)
    ) then
        raise exception 'departments_administrator_without_post: staff % holds a post', new.id
            using errcode = '23514';
    end if;
    return new;
end $$;
create trigger departments_staff_no_post before update of admin_role on departments_staff
    for each row execute function departments_refuse_administrator_with_post();
"""
BACKWARDS = """
drop trigger departments_staff_no_post on departments_staff;
drop function departments_refuse_administrator_with_post();
drop trigger departments_appointment_no_administrator on departments_appointment;
drop function departments_refuse_post_of_administrator();
"""


def load(apps, schema_editor):
    CertificateType = apps.get_model("departments", "CertificateType")
    rows = json.loads((SEEDS / "certificate_types.json").read_text(encoding="utf-8"))
    for rank, row in enumerate(rows):
        CertificateType.objects.create(rank=rank, **row)
    record_seeds(apps, "departments", "CertificateType")


def unload(apps, schema_editor):
    apps.get_model("departments", "CertificateType").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("departments", "0007_a_claims_manager_at_head_office")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RunPython(load, unload),
    ]
