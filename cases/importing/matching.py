"""Which staged rows are new, which change a case, which change nothing, which wait."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.backends.utils import CursorWrapper

# Facts that the extract may set: kept where it is silent (null).
FACTS = (
    "registration_no", "claim_no", "policy_no", "policy_from", "unit_id", "insuring_unit_id", "insured_name",
    "plate_no", "vin", "vehicle_class", "accident_at", "accident_place", "accident_cause", "liability_ratio",
    "reported_at", "registered_at", "papers_complete_at", "is_litigated", "agency_direction", "handler_id",
    "dispatched_at", "contacted_at", "arrived_at", "claimed_at",
    "paid_at", "estimate", "assessed", "reviewed", "adjusted", "approved", "paid", "uncleared_reasons",
    "expected_close_on",
)  # fmt: skip
# How far the case has come: only forward, and only where no review is open.
MOVES = "(r_rank.rank > c_rank.rank or (r.stage = 'closed' and c.stage = 'closed'))"
VALUES = {
    **{name: f"coalesce(r.{name}, c.{name})" for name in FACTS},
    "is_injury": "coalesce(r.is_injury, c.is_injury) or coalesce(r.injury_loss, 0) > 0",
    "stage": f"case when {MOVES} then r.stage else c.stage end",
    "closing_kind": f"case when {MOVES} then coalesce(r.closing_kind, '') else c.closing_kind end",
    "closed_at": f"case when {MOVES} then r.closed_at else c.closed_at end",
    "approved": "greatest(coalesce(r.approved, c.approved), coalesce(r.paid, c.paid))",
}
_RANKED = """
    join import_rank r_rank on r_rank.stage = r.stage
    join import_rank c_rank on c_rank.stage = c.stage
"""
JOINED = f"""
    import_match m
    join cases_claimcase c on c.id = m.case_id
    join import_row r on r.row_no = m.row_no
    {_RANKED}
"""
_REVIEWED = """(c.stage in ('reviewing', 'adjudicating', 'over_authority') or exists (
    select 1 from cases_submission s where s.case_id = c.id and s.status = 'open'))"""
# What was decided or paid here stands; an extract that says another sum is a question for people.
_SETTLED = f"""((c.approved, c.paid) is distinct from ({VALUES["approved"]}, {VALUES["paid"]}) and (
    exists (select 1 from cases_payment p where p.case_id = c.id)
    or exists (select 1 from cases_decision d where d.case_id = c.id)
    or exists (select 1 from cases_submission s where s.case_id = c.id and s.status = 'agreed')))"""


def match(cursor: CursorWrapper) -> None:
    """Make `import_match`: per case its row, whether anything differs, and why it waits ('' if it does not).

    The staged rows must be unique by report number. Cases not in it are new.
    """
    ours = ", ".join(f"c.{name}" for name in VALUES)
    theirs = ", ".join(VALUES.values())
    cursor.execute(f"""
        create temporary table import_match on commit drop as
        select matched.*, differs and waits <> '' as is_held, differs and waits = '' as is_changed
        from (
            select c.id as case_id, r.row_no, ({ours}) is distinct from ({theirs}) as differs,
                case when c.stage = 'closed' and r.stage <> 'closed' then 'closed_here_open_there'
                     when {_REVIEWED} then 'under_review_here'
                     when {_SETTLED} then 'settled_here' else '' end as waits
            from cases_claimcase c join import_row r on r.report_no = c.report_no {_RANKED}
        ) matched
    """)
    cursor.execute("create unique index on import_match (case_id)")
    cursor.execute("analyze import_match")


def lock_matched(cursor: CursorWrapper) -> None:
    """Every case of the extract, in the order in which everybody locks cases."""
    cursor.execute("""
        select count(*) from (
            select c.id from cases_claimcase c join import_row r on r.report_no = c.report_no
            order by c.id for update of c
        ) locked
    """)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the extract will do, or has done; sums in yuan."""

    created: int
    updated: int
    unchanged: int
    held: int
    estimate_sum: Decimal
    paid_sum: Decimal
    held_estimate: Decimal
    held_paid: Decimal


def tally(cursor: CursorWrapper) -> Tally:
    """From `import_match` and the staged rows; held differences are file minus books."""
    cursor.execute("""
        select
            count(*) filter (where m.case_id is null),
            count(*) filter (where m.is_changed),
            count(*) filter (where not m.is_changed),
            count(*) filter (where m.is_held),
            coalesce(sum(r.estimate), 0),
            coalesce(sum(r.paid), 0),
            coalesce(sum(r.estimate - c.estimate) filter (where m.is_held), 0),
            coalesce(sum(r.paid - c.paid) filter (where m.is_held), 0)
        from import_row r
        left join cases_claimcase c on c.report_no = r.report_no
        left join import_match m on m.case_id = c.id
    """)
    return Tally(*cursor.fetchone())
