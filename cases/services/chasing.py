"""Row by row: reasons and expected dates, whom a row is given to, estimates confirmed as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from authority.rulings import Objection, Ruling
from cases.clearing import rulings, sheet
from cases.clearing.reasons import Rulebook, judge
from cases.clearing.rulebook import rulebook_on, state_of
from cases.models import CampaignCase, ClaimCase, OutstandingCampaign
from cases.rulings import with_objections
from cases.services.clearing import enter, lock_campaign
from cases.services.transition import apply, lock_case, stay
from departments.access import HANDLE_CASES
from departments.models import Staff
from departments.outbox import notify

MOST = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """What is filled in for a row. `remark` None: as it was."""

    reasons: tuple[str, ...]
    expected_close_on: date | None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A row and the ruling on what was asked of it: allowed means done."""

    row: CampaignCase
    ruling: Ruling


def filling_row(row: CampaignCase, by: Staff) -> Ruling:
    return rulings.may_fill(row, rulings.clearer(by))


def assigning(row: CampaignCase, by: Staff) -> Ruling:
    return rulings.may_assign(row, rulings.clearer(by))


@transaction.atomic
def fill_rows(entries: Mapping[int, Entry], *, by: Staff) -> list[Answered]:
    """By row id. Each row is ruled on its own; what is allowed is written, the rest changes nothing."""
    rows, book, who = _read(entries.keys()), rulebook_on(timezone.localdate()), rulings.clearer(by)
    answers = [
        Answered(
            row, with_objections(rulings.may_fill(row, who), _entry_objections(row, entries[row.pk], book))
        )
        for row in rows
    ]
    done = [answer.row for answer in answers if answer.ruling.allowed]
    for row in done:
        _write(row, entries[row.pk], by)
    cases = [row.case for row in done]
    fields = ["uncleared_reasons", "expected_close_on"]
    bulk_update_with_history(cases, ClaimCase, fields, default_user=by, default_change_reason="未决清理")
    CampaignCase.objects.bulk_update(done, ["remark", "touched_by", "touched_at"], batch_size=500)
    return answers


def _read(ids: Iterable[int]) -> list[CampaignCase]:
    """The rows with their cases, locked in the order of the cases."""
    found = CampaignCase.objects.filter(pk__in=list(ids)[:MOST]).select_related("campaign", "unit")
    rows = {row.case_id: row for row in found}
    locked = ClaimCase.objects.select_for_update(of=("self",)).filter(pk__in=rows).order_by("pk")
    for case in locked.select_related("handler"):
        rows[case.pk].case = case
    return sorted(rows.values(), key=lambda row: row.pk)


def _entry_objections(row: CampaignCase, entry: Entry, book: Rulebook) -> list[Objection]:
    objections = list(judge(entry.reasons, state_of(row.case), book).objections)
    today = timezone.localdate()
    if entry.expected_close_on is None:
        objections.append(Objection("no_date", "须填写预计结案日期"))
    elif entry.expected_close_on < today and entry.expected_close_on != row.case.expected_close_on:
        objections.append(Objection("date_over", "预计结案日期不能早于今天"))
    return objections


def _write(row: CampaignCase, entry: Entry, by: Staff) -> None:
    row.case.uncleared_reasons = sorted(entry.reasons)
    row.case.expected_close_on = entry.expected_close_on
    row.touched_by, row.touched_at = by, timezone.now()
    if entry.remark is not None:
        row.remark = entry.remark.strip()


@transaction.atomic
def assign_rows(
    campaign: OutstandingCampaign, ids: Collection[int], to: Staff, *, by: Staff
) -> list[Answered]:
    """Who has to get these rows closed; the handler of the case stays who he is."""
    campaign = lock_campaign(campaign)
    found = campaign.rows.filter(pk__in=ids).select_related("case", "unit", "campaign").order_by("pk")
    who, handled = rulings.clearer(by), to.unit_scope.ids(HANDLE_CASES)
    answers = [
        Answered(row, with_objections(rulings.may_assign(row, who), _assignee_objections(row, to, handled)))
        for row in found[:MOST]
    ]
    done = [answer.row for answer in answers if answer.ruling.allowed]
    for row in done:
        row.assignee = to
    CampaignCase.objects.bulk_update(done, ["assignee"], batch_size=500)
    if done:
        enter(campaign, "assign_rows", by, details={"rows": [row.pk for row in done], "to": to.pk})
        url = f"{campaign.get_absolute_url()}rows/?mine=on"
        notify(to, kind="clearing", title=f"{campaign}：{len(done)} 件由您清理", url=url)
    return answers


def _assignee_objections(row: CampaignCase, to: Staff, handled: Collection[int]) -> list[Objection]:
    objections = []
    if not to.is_active or to.admin_role:
        objections.append(Objection("assignee_inactive", "清理责任人不是在用的业务人员"))
    if row.unit_id not in handled:
        objections.append(
            Objection("assignee_not_handling", f"{to.name}没有{row.unit.short_name}的赔案处理权限")
        )
    return objections


@transaction.atomic
def confirm_estimates(ids: Sequence[int], why: str, *, by: Staff) -> list[Answered]:
    """确认估损: looked at and still right, with the reason; in the ledger of each case."""
    rows = CampaignCase.objects.filter(pk__in=ids).select_related("campaign", "unit").order_by("case")
    who = rulings.clearer(by)
    return [_confirm(row, why, by, who) for row in rows[:MOST]]


def _confirm(row: CampaignCase, why: str, by: Staff, who: rulings.Clearer) -> Answered:
    row.case = lock_case(row.case_id, None)
    objections = [] if why.strip() else [Objection("no_reason", "确认估损须说明理由")]
    ruling = with_objections(rulings.may_fill(row, who), objections)
    if ruling.allowed:
        row.confirmed_by, row.confirmed_at, row.confirmed_why = by, timezone.now(), why.strip()
        row.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_why"])
        change = stay(row.case, "confirm_estimate").costing(row.case.estimate)
        apply(row.case, change.because(why.strip()), by)
    return Answered(row, ruling)


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """What became of one row of a file that was read."""

    number: int
    label: str
    url: str
    is_done: bool
    text: str


def fill_from_sheet(campaign: OutstandingCampaign, path: Path, *, by: Staff) -> list[SheetAnswer]:
    """Row by row, as on the screen. Raises UnreadableFileError for the file as a whole."""
    read = sheet.read(path)
    numbers = {one.report_no for one in read if not one.fault}
    known = campaign.rows.visible_to(by).filter(case__report_no__in=numbers).select_related("case")
    rows = {row.case.report_no: row for row in known}
    counted = Counter(one.report_no for one in read)
    faults = {one.number: _fault(one, rows, counted) for one in read}
    entries = {
        rows[one.report_no].pk: Entry(one.reasons, one.expected_close_on, one.remark)
        for one in read
        if not faults[one.number]
    }
    rulings_by_row = {answer.row.pk: answer.ruling for answer in fill_rows(entries, by=by)}
    return [_sheet_answer(one, rows.get(one.report_no), faults[one.number], rulings_by_row) for one in read]


def _fault(one: sheet.SheetRow, rows: Mapping[str, CampaignCase], counted: Mapping[str, int]) -> str:
    if one.fault:
        return one.fault
    if one.report_no not in rows:
        return "不在本次清理清单，或您看不到"
    return "报案号在文件中重复" if counted[one.report_no] > 1 else ""


def _sheet_answer(
    one: sheet.SheetRow, row: CampaignCase | None, fault: str, found: Mapping[int, Ruling]
) -> SheetAnswer:
    label = f"第 {one.number} 行 {one.report_no}"
    url = row.get_absolute_url() if row else ""
    if fault or row is None:
        return SheetAnswer(one.number, label, url, False, fault)
    reasons = "；".join(objection.text for objection in found[row.pk].objections)
    return SheetAnswer(one.number, label, url, not reasons, reasons or "已填报")
