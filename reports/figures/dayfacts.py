"""The daily roll-up, refreshed from the cases by one statement."""

from datetime import date, timedelta

from django.db import connection, transaction

from reports.figures.table import midnight
from reports.models import RollUp

NAME = "day_facts"
RECENT = timedelta(days=3)
FIRST_DAY = date(1990, 1, 1)

_REFRESH = """
with happened as (
    select unit_id, (reported_at at time zone 'Asia/Shanghai')::date as day, 1 as reported, 0 as registered,
           0 as closed, 0 as closed_paid, 0 as closing_days, 0::numeric as paid_amount
    from cases_claimcase where reported_at >= %(since)s
    union all
    select unit_id, (registered_at at time zone 'Asia/Shanghai')::date, 0, 1, 0, 0, 0, 0
    from cases_claimcase where registered_at >= %(since)s
    union all
    select unit_id, (closed_at at time zone 'Asia/Shanghai')::date, 0, 0, 1, (paid > 0)::int,
           greatest(0, closed_at::date - reported_at::date), paid
    from cases_claimcase where stage = 'closed' and closed_at >= %(since)s
), summed as (
    select unit_id, day, sum(reported) as reported, sum(registered) as registered, sum(closed) as closed,
           sum(closed_paid) as closed_paid, sum(closing_days) as closing_days, sum(paid_amount) as paid_amount
    from happened group by unit_id, day
), emptied as (
    delete from reports_dayfact old where old.day >= %(day)s
    and not exists (select from summed where summed.unit_id = old.unit_id and summed.day = old.day)
)
insert into reports_dayfact
    (unit_id, day, reported, registered, closed, closed_paid, closing_days, paid_amount)
select unit_id, day, reported, registered, closed, closed_paid, closing_days, paid_amount from summed
on conflict (unit_id, day) do update set
    reported = excluded.reported, registered = excluded.registered, closed = excluded.closed,
    closed_paid = excluded.closed_paid, closing_days = excluded.closing_days,
    paid_amount = excluded.paid_amount
"""


def refresh_day_facts(since: date) -> None:
    """Recompute the days from `since` on; earlier ones stay."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"since": midnight(since), "day": since})


@transaction.atomic
def keep_day_facts_fresh(today: date) -> None:
    """The last days at every call, every day once a day."""
    state = RollUp.objects.select_for_update().filter(name=NAME).first()
    if state and state.recomputed_on == today:
        refresh_day_facts(today - RECENT)
        return
    refresh_day_facts(FIRST_DAY)
    RollUp.objects.update_or_create(name=NAME, defaults={"recomputed_on": today})
