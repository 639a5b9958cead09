"""The staged rows into the books: one transaction, set by set, every row accounted for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from cases.importing.errors import StoppedError
from cases.importing.lease import Pulse
from cases.importing.matching import FACTS, JOINED, VALUES, Tally, lock_matched, match, tally
from cases.importing.staging import let_run_long, load, refresh_statistics
from cases.majors.imported import recognise_among, worth_a_look
from cases.models import ClaimCase, ImportBatch
from departments.access import IMPORT_CASES

WORKING = 4217  # the class of our advisory locks, one per batch
_AMOUNTS = ("estimate", "assessed", "reviewed", "adjusted", "approved", "paid")
_COLUMNS = [field.attname for field in ClaimCase._meta.concrete_fields]
_MADE = ("is_injury", "closing_kind", "closed_at", "stage")
_KEPT_EMPTY = {  # what a new case has where the extract is silent
    "registration_no": "''", "claim_no": "''", "policy_no": "''", "insured_name": "''", "plate_no": "''",
    "vin": "''", "vehicle_class": "''", "accident_place": "''", "accident_cause": "''",
    "liability_ratio": "100",
    "is_injury": "false", "is_litigated": "false", "agency_direction": "''", "closing_kind": "''",
    "uncleared_reasons": "'{}'", **dict.fromkeys(_AMOUNTS, "0"),
}  # fmt: skip
_PLAIN = {
    "is_forced_registration": "false", "is_major": "false", "major_criterion": "''",
    "is_fraud_suspected": "false", "flags": "'{}'::varchar[]", "special_kinds": "'{}'::varchar[]",
    "round": "1", "version": "1",
}  # fmt: skip
_HAS = {"vehicle": "vehicle_loss", "property": "property_loss", "injury": "injury_loss"}
_LINES = {"vehicle": "own_damage", "property": "third_party", "injury": "third_party"}
_LABELS = {"vehicle": "车辆损失", "property": "物损", "injury": "人伤"}
_IS_INJURY = "(coalesce(r.is_injury, false) or coalesce(r.injury_loss, 0) > 0)"


def merge(batch: ImportBatch, pulse: Pulse) -> Tally:
    """Inside a transaction. StoppedError (and so nothing written) when another worker has this batch,
    somebody cancelled, or the sums do not agree afterwards.
    """
    let_run_long()
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [WORKING, batch.pk])
        if not cursor.fetchone()[0]:
            raise StoppedError("这一批正由另一个进程导入")
        pulse.beat(5, "装载已校验的行", is_long=True)
        load(cursor, Path(batch.staged.path), batch.staged_sha256)
        lock_matched(cursor)
        _insist_on_scope(cursor, batch)
        match(cursor)
        planned = tally(cursor)
        for percent, message, step in STEPS:
            pulse.beat(percent, message, is_long=True)
            step(cursor, batch)
        pulse.beat(95, "核对合计")
        _insist_on_sums(cursor, planned)
    return planned


def _insist_on_scope(cursor: CursorWrapper, batch: ImportBatch) -> None:
    """Units may have changed hands since the dry run."""
    allowed = batch.confirmed_by.unit_scope.ids(IMPORT_CASES) if batch.confirmed_by else frozenset()
    cursor.execute(
        """select count(*) from import_row r left join cases_claimcase c on c.report_no = r.report_no
        where not coalesce(c.unit_id, r.unit_id) = any(%s)""",
        [sorted(allowed)],
    )
    if cursor.fetchone()[0]:
        raise StoppedError("有赔案已不在可导入的机构，请重新校验")


def _insist_on_sums(cursor: CursorWrapper, planned: Tally) -> None:
    cursor.execute("""
        select coalesce(sum(c.estimate) filter (where r.estimate is not null), 0),
               coalesce(sum(c.paid) filter (where r.paid is not null), 0), count(*)
        from import_row r join cases_claimcase c on c.report_no = r.report_no
    """)
    estimate, paid, rows = cursor.fetchone()
    wanted = (planned.estimate_sum - planned.held_estimate, planned.paid_sum - planned.held_paid)
    if (
        Decimal(estimate),
        Decimal(paid),
    ) != wanted or rows != planned.created + planned.updated + planned.unchanged:
        raise StoppedError("导入后合计与文件不一致，已全部撤销")


def _create(cursor: CursorWrapper, batch: ImportBatch) -> None:
    """New cases with their first history row."""
    facts = [name for name in (*FACTS, *_MADE) if name != "handler_id"]
    values = {name: f"coalesce(r.{name}, {_KEPT_EMPTY.get(name, 'null')})" for name in facts}
    values |= _made_values()
    cursor.execute(
        f"""with made as (
            insert into cases_claimcase ({", ".join(values)}) select {", ".join(values.values())}
            from import_row r
            where not exists (select 1 from cases_claimcase c where c.report_no = r.report_no)
            order by r.reported_at, r.row_no returning *
        ) {_history("made", "+")}""",
        _author(batch),
    )
    refresh_statistics(cursor)


def _made_values() -> dict[str, str]:
    """What a new case is given whatever the extract says, and what several columns say together."""
    return {
        "is_injury": _IS_INJURY,
        "approved": "greatest(coalesce(r.approved, 0), coalesce(r.paid, 0))",
        "handler_id": "coalesce(r.handler_id, r.keeper_id)",
        "lines": _array_of(_LINES),
        "loss_classes": _array_of({name: name for name in _HAS}),
        "stage_entered_at": "coalesce(r.closed_at, r.paid_at, r.registered_at, r.reported_at)",
        "report_no": "r.report_no",
        "source": "'import'",
        **_PLAIN,
    }


def _array_of(words: dict[str, str]) -> str:
    """The words of the losses that the row has money for; without any, by whether it is an injury case."""
    cases = ", ".join(f"case when r.{_HAS[loss]} > 0 then '{words[loss]}' end" for loss in _HAS)
    given = f"array(select distinct one from unnest(array[{cases}]) one where one is not null)"
    silent = f"case when {_IS_INJURY} then '{words['injury']}' else '{words['vehicle']}' end"
    return f"case when cardinality({given}) > 0 then {given} else array[{silent}] end"


def _history(source: str, kind: str) -> str:
    columns = ", ".join(_COLUMNS)
    return f"""insert into cases_historicalclaimcase
        ({columns}, history_date, history_type, history_change_reason, history_user_id)
        select {columns}, now(), '{kind}', %(reason)s, %(by)s from {source}"""


def _author(batch: ImportBatch) -> dict[str, Any]:
    return {"by": batch.confirmed_by_id, "reason": f"导入批次 {batch.pk}", "batch": batch.pk}


def _note_amounts(cursor: CursorWrapper, batch: ImportBatch) -> None:
    """What each changed amount was and becomes; before the change."""
    pairs = ", ".join(f"('{name}', c.{name}, {VALUES[name]})" for name in _AMOUNTS)
    cursor.execute(
        f"""insert into cases_estimatechange
            (case_id, subject, before, after, reason, changed_by_id, changed_at)
        select c.id, amount.subject, amount.before, amount.after, %(reason)s, %(by)s, now()
        from {JOINED}
        cross join lateral (values {pairs}) amount (subject, before, after)
        where m.is_changed and amount.before <> amount.after""",
        _author(batch),
    )


def _update(cursor: CursorWrapper, batch: ImportBatch) -> None:
    """Changed cases, and a history row for each."""
    changes = ", ".join(f"{name} = new.{name}" for name in VALUES)
    new = ", ".join(f"{value} as {name}" for name, value in VALUES.items())
    cursor.execute(
        f"""with changed as (
            update cases_claimcase old set {changes}, version = old.version + 1,
                stage_entered_at = case when old.stage = new.stage then old.stage_entered_at
                                        else coalesce(new.closed_at, now()) end
            from (select c.id, {new} from {JOINED} where m.is_changed) new
            where old.id = new.id returning old.*
        ) {_history("changed", "~")}""",
        _author(batch),
    )


def _split_losses(cursor: CursorWrapper, batch: ImportBatch) -> None:
    """Vehicle, property and injury amounts as losses. A case that has losses of its own keeps them."""
    parts = ", ".join(
        f"('{_LINES[loss]}', '{loss}', '{_LABELS[loss]}', r.{column})" for loss, column in _HAS.items()
    )
    whole = f"""('{_LINES["vehicle"]}', 'vehicle', '{_LABELS["vehicle"]}',
        case when coalesce(r.injury_loss, r.vehicle_loss, r.property_loss) is null and not c.is_injury
        then r.estimate end), ('{_LINES["injury"]}', 'injury', '{_LABELS["injury"]}',
        case when coalesce(r.injury_loss, r.vehicle_loss, r.property_loss) is null and c.is_injury
        then r.estimate end)"""
    cursor.execute(
        f"""insert into cases_caseloss
            (case_id, line, loss_class, label, estimate, assessed, reviewed, adjusted)
        select c.id, loss.line, loss.loss_class, loss.label, loss.amount, 0, 0, 0
        from import_row r join cases_claimcase c on c.report_no = r.report_no
        left join import_match m on m.case_id = c.id
        cross join lateral (values {parts}, {whole}) loss (line, loss_class, label, amount)
        left join lateral (
            select count(*) as known, count(*) filter (where l.label = loss.label) as same
            from cases_caseloss l where l.case_id = c.id) had on true
        where (m.case_id is null or m.is_changed) and loss.amount is not null
            and (had.same > 0 or (had.known = 0 and loss.amount > 0))
        on conflict (case_id, line, loss_class, label) do update set estimate = excluded.estimate
            where cases_caseloss.estimate <> excluded.estimate"""
    )


def _raise_issues(cursor: CursorWrapper, batch: ImportBatch) -> None:
    """Doubts about new and changed cases, and differences that wait."""
    cursor.execute(
        """insert into cases_dataqualityissue
            (case_id, batch_id, rule, details, found_at, due_on, resolution)
        select c.id, %(batch)s, issue.rule, '第 ' || r.row_no || ' 行', now(), %(today)s + (
            select rule.due_days from cases_dataqualityrule rule
            where rule.code = issue.rule and rule.valid_from <= %(today)s
                and (rule.valid_to is null or rule.valid_to >= %(today)s)
            order by rule.valid_from desc limit 1), ''
        from import_row r join cases_claimcase c on c.report_no = r.report_no
        left join import_match m on m.case_id = c.id
        cross join lateral unnest(
            case when m.is_held then array[m.waits::varchar]
                 when m.case_id is null or m.is_changed then r.issues end
        ) issue (rule)
        on conflict (case_id, rule) where resolved_at is null do nothing""",
        _author(batch) | {"today": timezone.localdate()},
    )


def _recognise_majors(cursor: CursorWrapper, batch: ImportBatch) -> None:
    """Of the new and changed cases those that meet a criterion of a major loss."""
    least, flags = worth_a_look()
    cursor.execute(
        """select c.id from import_row r join cases_claimcase c on c.report_no = r.report_no
        left join import_match m on m.case_id = c.id
        where (m.case_id is null or m.is_changed) and c.stage <> 'closed'
            and (c.estimate >= %(least)s or c.flags && %(flags)s::varchar[] or c.new_price is not null)
        order by c.id""",
        {"least": least, "flags": flags},
    )
    recognise_among([pk for (pk,) in cursor.fetchall()], by=batch.confirmed_by)


STEPS = (
    (20, "新建赔案", _create),
    (60, "登记金额变更", _note_amounts),
    (65, "更新赔案", _update),
    (75, "登记损失", _split_losses),
    (85, "认定重大赔案", _recognise_majors),
    (90, "登记数据疑问", _raise_issues),
)
