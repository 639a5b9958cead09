"""What was submitted is approved as it stands: its heading and lines change no more, on no path.

Only what the later life of a letter writes may still change. Removing is for drafts.
"""

from django.db import migrations

FORWARDS = """
create function authority_freeze_line() returns trigger language plpgsql as $$
declare
    later text[] := array['revoked_at', 'revoked_by_id', 'version', 'granted_by_id'];
    drafting boolean;
begin
    select status = 'draft' into drafting from authority_authorityletter where id = old.letter_id;
    if not drafting and (tg_op = 'DELETE' or to_jsonb(new) - later is distinct from to_jsonb(old) - later) then
        raise exception 'authority_terms_frozen: % of a line of letter % that is no draft', tg_op, old.letter_id
            using errcode = '23514';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger authority_grant_frozen before update or delete on authority_personalgrant
    for each row execute function authority_freeze_line();
create trigger authority_ceiling_frozen before update or delete on authority_unitceiling
    for each row execute function authority_freeze_line();

create function authority_freeze_letter() returns trigger language plpgsql as $$
declare
    later text[] := array['status', 'file', 'submitted_at', 'approved_by_id', 'approved_at',
        'superseded_by_id', 'revoked_by_id', 'ended_at', 'end_reason'];
begin
    if old.status <> 'draft'
        and (tg_op = 'DELETE' or to_jsonb(new) - later is distinct from to_jsonb(old) - later) then
        raise exception 'authority_terms_frozen: % of letter % that is no draft', tg_op, old.id
            using errcode = '23514';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger authority_letter_frozen before update or delete on authority_authorityletter
    for each row execute function authority_freeze_letter();
"""
BACKWARDS = """
drop trigger authority_letter_frozen on authority_authorityletter;
drop function authority_freeze_letter();
drop trigger authority_ceiling_frozen on authority_unitceiling;
drop trigger authority_grant_frozen on authority_personalgrant;
drop function authority_freeze_line();
"""


class Migration(migrations.Migration):
    dependencies = [("authority", "0004_seed_items_and_rules")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
