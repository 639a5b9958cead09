"""A letter tried on one decided request per case of the size; made for it and taken back afterwards."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from authority.models import AuthorityLetter, LetterStatus
from benchmarks.clock import Figure, once
from cases.models import WhatIfRun
from cases.what_if.reading import Period, count, read
from cases.what_if.work import replay
from claims_admin.demo.bulk import bare_tables, let_run_long
from departments.models import OrgUnit

TABLES = ("cases_submission", "cases_chainstep", "authority_ledgerentry", "cases_decision")
# One request per case, decided within the last year; three items in turn, sums as the case has them. The
# ledger's hashes are left out: nobody reads them here, and all of it is rolled back.
_FILL = (
    """
    create temp table asked on commit drop as
    select claim.id + {offset} as id, claim.id as case_id, item.id as item_id, unit.path, claim.handler_id,
        greatest(claim.approved, claim.assessed, claim.estimate, 100) as amount,
        now() - (claim.id %% 360) * interval '1 day' as at, claim.lines, claim.loss_classes,
        claim.is_litigated, claim.flags, claim.estimate, person.id as person_id
    from cases_claimcase claim
    join departments_orgunit unit on unit.id = claim.unit_id
    join authority_authorityitem item on item.code = (
        array['adjudication', 'adjudication', 'adjudication', 'damage_review', 'injury_review']
    )[1 + claim.id %% 5]
    cross join (select min(id) as id from departments_staff) person
    """,
    """
    insert into cases_submission (id, case_id, item_id, round, amount, case_total, special_kind, opinion,
        status, submitted_by_id, submitted_at, decided_at)
    select id, case_id, item_id, 1, amount, amount, '', '', 'agreed', coalesce(handler_id, person_id), at, at
    from asked
    """,
    """
    insert into cases_chainstep (id, submission_id, number, kind, staff_id, level, post_name, status,
        arrived_at)
    select id, id, 1, 'final', person_id, 3, '', 'done', at from asked
    """,
    """
    insert into authority_ledgerentry (id, chain, sequence, action, at, from_state, to_state, reason, details,
        request_id, address, previous_hash, hash)
    select id, 'bench:' || id, 1, 'approve', at, '', '', '', '{{}}', '', '', '', '' from asked
    """,
    """
    insert into cases_decision (id, case_id, submission_id, chain_step_id, outcome, decided_by_id, amount,
        opinion, conditions, return_to, problem_codes, ruling, matter, letter_no, case_version,
        ledger_entry_id, body_digest, decided_at)
    select id, case_id, id, id, 'agree', person_id, amount, '', '', '', '{{}}', '{{}}',
        jsonb_build_object(
            'amounts', jsonb_build_object('item', (amount * 100)::bigint,
                'case_total', (amount * 100)::bigint, 'increment', (amount * 100)::bigint),
            'unit', path, 'lines', to_jsonb(lines), 'losses', to_jsonb(loss_classes), 'special', '',
            'litigated', is_litigated, 'flags', to_jsonb(flags),
            'figures', jsonb_build_object('expected_loss', (estimate * 100)::bigint),
            'steps', jsonb_build_array(
                jsonb_build_array('survey', coalesce(handler_id, person_id), null),
                jsonb_build_array('submit', coalesce(handler_id, person_id), null))),
        '', 1, id, '', at
    from asked
    """,
)


def measure() -> Iterator[Figure]:
    with _decided(), transaction.atomic():
        letter = AuthorityLetter.objects.filter(status=LetterStatus.SUBMITTED)[0]
        run = _run(letter)
        period = Period(run.period_start, run.period_end, run.unit.path)
        number, _ = count(period)
        floor = once(lambda: _scan(period))
        yield Figure(f"floor: read {number:,} matters, judge none", floor, "s")
        start, busy = time.perf_counter(), time.process_time()
        tally, rebuilt = replay(run, lambda done, total: None)
        taken, busy = time.perf_counter() - start, time.process_time() - busy
        what = f"what-if on {tally.read:,} decisions, {tally.classes:,} classes, {rebuilt} rebuilt"
        yield Figure(what, taken, "s", "one read", taken / floor, "1 M ≤ 60 s")
        yield Figure("  of it processor time of this process", busy, "s")
        moved = sum(total.count for move, total in tally.moves.items() if move.is_change)
        yield Figure("  of them moved", moved, "")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Figure("  most memory of the process", peak, "MiB", goal="≤ 1024 MiB")


def _scan(period: Period) -> None:
    for batch in read(period, with_parties=False):
        del batch


def _run(letter: AuthorityLetter) -> WhatIfRun:
    today = timezone.localdate()
    department = OrgUnit.objects.get(kind="department")
    return WhatIfRun(
        letter=letter, unit=department, period_start=today - timedelta(days=366), period_end=today
    )


@contextmanager
def _decided() -> Iterator[None]:
    """Inside, every case has a decided request; afterwards nothing of it is left."""
    with transaction.atomic():
        let_run_long()
        with bare_tables(TABLES), connection.cursor() as cursor:
            for statement in _FILL:
                cursor.execute(statement.format(offset=1_000_000_000), [])
        with connection.cursor() as cursor:
            cursor.execute(f"analyze {', '.join(TABLES)}")
        yield
        transaction.set_rollback(True)
