"""An extract on its way into the books: everything or nothing, and the same again changes nothing."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.fraud.facts import hints_for
from cases.importing.errors import UnreadableFileError
from cases.models import (
    CaseLoss,
    ClaimCase,
    DataQualityIssue,
    EstimateChange,
    ImportBatch,
    ImportProfile,
    Payment,
)
from cases.services import importing
from departments.models import Notification, OutboxMessage
from tests import extracts
from tests.cases import imports
from tests.cases.imports import changed, checked, imported, reasons
from tests.factories import SHANGHAI, CaseFactory, SubmissionFactory

pytestmark = pytest.mark.django_db
ROWS = imports.each(extracts.rows(60))


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def department():
    return imports.make_department()


@pytest.fixture
def write(tmp_path):
    return lambda rows, name="清单.csv", **how: extracts.write_csv(tmp_path / name, rows, **how)


def test_an_extract_enters_the_books_whole(department, write, guarded):
    batch = imported(write(ROWS), by=department.manager)

    assert (batch.status, batch.rows_read, batch.rows_created) == ("done", 60, 60)
    assert ClaimCase.objects.count() == 60
    assert batch.estimate_sum == sum(Decimal(row[imports.PLACE["立案金额"]]) for row in ROWS)
    assert batch.is_reconciled
    assert ClaimCase.history.filter(history_type="+").count() == 60
    entry = LedgerEntry.objects.get(chain=f"import:{batch.pk}")
    assert (entry.actor, entry.details["created"]) == (department.colleague, 60)
    assert OutboxMessage.objects.filter(payload__kind="import").count() == 2


def test_the_uploader_does_not_confirm(department, write):
    batch = checked(write(ROWS), by=department.manager)
    with pytest.raises(Refused, match="上传人不得确认自己上传的清单"):
        importing.confirm(batch, by=department.manager)
    assert not ClaimCase.objects.exists()


def test_the_command_needs_a_second_person(department, write):
    order = ["import_extract", str(write(ROWS)), "--by", department.manager.employee_no, "--confirm"]
    with pytest.raises(CommandError, match="--confirmed-by"):
        call_command(*order, stdout=StringIO())
    with pytest.raises(CommandError, match="上传人不得确认"):
        call_command(*order, "--confirmed-by", department.manager.employee_no, stdout=StringIO())
    call_command(*order, "--confirmed-by", department.colleague.employee_no, stdout=StringIO())

    assert ClaimCase.objects.count() == 60


def test_what_a_row_becomes(department, write):
    row = changed(ROWS[0], 状态="已立案", 已决时间="", 支付时间="", 已决赔款="0", 责任系数="0.7")
    imported(write([row]), by=department.manager)

    case = ClaimCase.objects.get()
    assert (case.report_no, case.unit, case.handler) == (
        "RX2600000000",
        department.chengdu,
        department.keeper,
    )
    assert (case.stage, case.liability_ratio, case.source) == ("registered", 70, "import")
    assert timezone.localtime(case.reported_at).isoformat() == "2026-01-01T00:00:00+08:00"
    assert case.accident_place.startswith("四川省")
    assert case.estimate == Decimal(row[imports.PLACE["立案金额"]])
    loss = CaseLoss.objects.get()
    assert (loss.line, loss.estimate) == ("own_damage", Decimal(row[imports.PLACE["立案金额-车"]]))


def test_the_same_file_again_changes_nothing(department, write):
    imported(write(ROWS), by=department.manager)
    before = list(ClaimCase.objects.order_by("pk").values())
    batch = imported(write(ROWS), by=department.manager)

    assert (batch.rows_created, batch.rows_updated, batch.rows_unchanged) == (0, 0, 60)
    assert list(ClaimCase.objects.order_by("pk").values()) == before
    assert ClaimCase.history.count() == 60
    assert not EstimateChange.objects.exists()


def test_a_changed_row_updates_its_case_with_history(department, write):
    open_row = changed(ROWS[0], 状态="已立案", 已决时间="", 支付时间="", 已决赔款="0")
    imported(write([open_row, ROWS[1]]), by=department.manager)
    row = changed(open_row, 立案金额="9100.00", **{"立案金额-车": "9000.00", "立案金额-人": "0"})
    batch = imported(write([row, ROWS[1]]), by=department.manager)

    assert (batch.rows_updated, batch.rows_unchanged) == (1, 1)
    case = ClaimCase.objects.get(report_no="RX2600000000")
    assert (case.estimate, case.version) == (Decimal("9100.00"), 2)
    change = EstimateChange.objects.get()
    assert (change.subject, change.after, change.changed_by) == (
        "estimate",
        case.estimate,
        department.colleague,
    )
    assert case.history.first().history_type == "~"
    assert case.losses.get(label="车辆损失").estimate == Decimal("9000.00")


FAULTS = [
    ({"机构": "重庆中支"}, "机构", "没有这个机构"),
    ({"报案时间": "2026-02-30"}, "报案时间", "不是日期"),
    ({"报案时间": ""}, "报案时间", "必填，不能为空"),
    ({"立案金额": "-5"}, "立案金额", "金额为负数"),
    ({"立案金额": "很多"}, "立案金额", "不是金额"),
    ({"状态": "飞了"}, "状态", "没有这种案件状态"),
    ({"状态": "已结案", "已决时间": ""}, "已决时间", "已结案但缺少已决时间"),
    ({"报案号": "1.2E+15"}, "报案号", "科学计数法，位数已丢失；请将该列设为文本后重新导出"),
    ({"责任系数": "150"}, "责任系数", "比例应在 0 与 100 之间"),
    ({"被保险人": "王" * 61}, "被保险人", "超过 60 个字"),
]


@pytest.mark.parametrize(("cells", "column", "reason"), FAULTS, ids=[fault[2][:12] for fault in FAULTS])
def test_a_faulty_row_is_named_and_keeps_everything_out(department, write, cells, column, reason):
    batch = checked(write([*ROWS[:2], changed(ROWS[2], **cells)]), by=department.manager)

    assert (batch.status, batch.rows_read, batch.rows_rejected) == ("faulty", 3, 1)
    assert reasons(batch) == [(4, column, reason)]
    with pytest.raises(Refused, match="1 行有错误"):
        importing.confirm(batch, by=department.colleague)
    assert not ClaimCase.objects.exists()


def test_the_second_of_two_equal_report_numbers_is_rejected(department, write):
    batch = checked(write([*ROWS[:3], ROWS[1]]), by=department.manager)

    assert reasons(batch) == [(5, "报案号", "与第 3 行重复")]


def test_rows_of_units_one_does_not_handle_are_rejected(department, write):
    batch = checked(write(ROWS[:4]), by=department.surveyor)

    assert {reason for _, _, reason in reasons(batch)} == {"无权导入该机构的赔案"}
    assert [row for row, _, _ in reasons(batch)] == [2, 4]


def test_a_case_of_another_unit_cannot_be_drawn_over(department, write):
    CaseFactory(report_no="RX2600000001", unit=department.chengdu)
    batch = checked(write([ROWS[1]]), by=department.surveyor)

    assert reasons(batch) == [(2, "报案号", "该案属于其他机构，无权导入")]


def test_an_open_case_needs_somebody(department, write):
    department.keeper.appointments.update(ends_on=timezone.localdate() - timedelta(days=1))
    row = changed(ROWS[0], 状态="已立案", 已决时间="", 支付时间="", 已决赔款="0")
    batch = checked(write([row]), by=department.manager)

    assert reasons(batch) == [(2, "责任人", "成都中支没有未决管理岗或负责人在岗，未决案件无人负责")]


def test_whoever_answers_for_a_case_handles_its_unit(department, write):
    open_row = changed(ROWS[0], 状态="已立案", 已决时间="", 支付时间="", 已决赔款="0")
    headings = (*extracts.HEADINGS, "责任人")
    rows = [[*open_row, department.surveyor.employee_no], [*ROWS[2], department.surveyor.employee_no]]
    batch = checked(write(rows, headings=headings), by=department.manager)
    assert reasons(batch) == [(2, "责任人", "该人员没有该机构的赔案处理权限，不能作责任人")]

    rows[0][-1] = department.manager.employee_no
    assert checked(write(rows, headings=headings), by=department.manager).status == "checked"


def test_suspicious_facts_come_in_and_are_registered(department, write):
    row = changed(
        ROWS[0], 状态="已结案", 已决时间="2025-12-01", 支付时间="2025-12-01", 已决赔款="5", 立案金额="1.00"
    )
    batch = imported(write([row]), by=department.manager)

    rules = set(DataQualityIssue.objects.filter(batch=batch).values_list("rule", flat=True))
    assert rules == {"closed_before_registered", "paid_before_registered", "sum_mismatch"}
    assert batch.issues_found == 3
    imported(write([row]), by=department.manager)
    assert DataQualityIssue.objects.count() == 3


def test_a_case_under_review_waits(department, write):
    case = CaseFactory(report_no="RX2600000000", unit=department.chengdu, stage="adjudicating")
    SubmissionFactory(case=case)
    batch = imported(write([ROWS[0]]), by=department.manager)

    case.refresh_from_db()
    assert (batch.rows_unchanged, batch.rows_held, case.stage) == (1, 1, "adjudicating")
    assert batch.held_estimate == batch.estimate_sum - case.estimate
    assert DataQualityIssue.objects.get().rule == "under_review_here"


def test_what_is_closed_here_stays_closed(department, write):
    case = CaseFactory(report_no="RX2600000000", unit=department.chengdu, closed=True)
    row = changed(ROWS[0], 状态="已立案", 已决时间="", 支付时间="")
    imported(write([row]), by=department.manager)

    case.refresh_from_db()
    assert case.stage == "closed"
    assert DataQualityIssue.objects.get().rule == "closed_here_open_there"


def test_imports_only_move_a_case_forward(department, write):
    case = CaseFactory(report_no="RX2600000000", unit=department.chengdu, stage="assessed")
    row = changed(ROWS[0], 状态="已立案", 已决时间="", 支付时间="", 已决赔款="0")
    imported(write([row]), by=department.manager)
    case.refresh_from_db()
    assert case.stage == "assessed"

    row = changed(ROWS[0], 状态="注销", 已决时间="2026-03-01", 支付时间="", 已决赔款="0")
    imported(write([row]), by=department.manager)
    case.refresh_from_db()
    assert (case.stage, case.closing_kind) == ("closed", "cancelled")


@pytest.mark.parametrize("kind", ["decided", "paid"])
def test_what_was_approved_or_paid_here_is_not_overwritten(department, write, kind):
    sums = {"approved": 8000, "paid": 3000 if kind == "paid" else 0}
    case = CaseFactory(report_no="RX2600000000", unit=department.chengdu, stage="approved", **sums)
    if kind == "paid":
        Payment.objects.create(
            case=case, amount=3000, payee="刘明", paid_at=timezone.now(), paid_by=case.handler
        )
    else:
        SubmissionFactory(case=case, status="agreed", decided_at=timezone.now())
    batch = imported(write([changed(ROWS[0], 已决赔款="500000")]), by=department.manager)

    case.refresh_from_db()
    assert (case.stage, case.approved, case.paid) == ("approved", 8000, sums["paid"])
    assert (batch.rows_held, batch.held_paid) == (1, 500000 - sums["paid"])
    assert DataQualityIssue.objects.get().rule == "settled_here"


def test_a_cancelled_check_stops_at_the_next_chunk(department, write):
    batch = importing.start_check(imports.stored(write(ROWS), by=department.manager), by=department.manager)
    ImportBatch.objects.filter(pk=batch.pk).update(is_cancel_asked=True)
    batch = imports.worked_off(batch)

    assert (batch.status, batch.message) == ("cancelled", "已取消，未导入任何数据")
    assert not ClaimCase.objects.exists()


def test_the_batch_of_a_dead_worker_is_taken_up_when_its_lease_is_over(department, write):
    batch = importing.confirm(checked(write(ROWS), by=department.manager), by=department.colleague)
    ImportBatch.objects.update(attempts=1, lease_until=timezone.now() + timedelta(seconds=30))
    assert imports.worked_off(batch).status == "committing"
    assert not ClaimCase.objects.exists()

    ImportBatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert imports.worked_off(batch).status == "done"
    assert ClaimCase.objects.count() == 60


def test_a_batch_that_keeps_dying_is_given_up(department, write):
    batch = importing.start_check(imports.stored(write(ROWS), by=department.manager), by=department.manager)
    ImportBatch.objects.update(attempts=3)

    assert imports.worked_off(batch).status == "failed"


def test_changed_staged_rows_are_noticed(department, write):
    batch = checked(write(ROWS), by=department.manager)
    importing.confirm(batch, by=department.colleague)
    with Path(batch.staged.path).open("ab") as staged:
        staged.write(b"1,FORGED\n")

    assert imports.worked_off(batch).status == "failed"
    assert not ClaimCase.objects.exists()


def test_a_batch_is_seen_by_its_owner_and_those_over_its_units(department, write):
    batch = checked(write(ROWS), by=department.manager)

    assert ImportBatch.objects.visible_to(department.manager).get() == batch
    assert not ImportBatch.objects.visible_to(department.surveyor).exists()


def test_the_database_insists_on_the_reconciliation(department, write):
    batch = imported(write(ROWS), by=department.manager)
    with pytest.raises(IntegrityError, match="cases_import_reconciled_when_done"):
        ImportBatch.objects.filter(pk=batch.pk).update(rows_created=59)


def test_administrators_do_not_import(department, write):
    department.manager.admin_role = "system"
    with pytest.raises(Refused, match="管理员"):
        imports.stored(write(ROWS), by=department.manager)


def test_an_unreadable_file_is_not_kept(department, tmp_path):
    (tmp_path / "空.csv").write_bytes(b"")
    with pytest.raises(UnreadableFileError, match="空"):
        imports.stored(tmp_path / "空.csv", by=department.manager)
    assert not ImportBatch.objects.exists()
    assert not Notification.objects.exists()


def test_when_the_policy_began_is_read_and_kept(department, write):
    headings, profile = (*extracts.HEADINGS, "保险起期"), ImportProfile.objects.get(name="车险报立结案清单")
    days = ("2026-01-01", "46024", "20260103", "")  # as text, as a workbook's serial day, packed, and silent
    rows = [[*row, day] for row, day in zip(ROWS, days, strict=False)]

    imported(write(rows, headings=headings), by=department.manager, profile=profile)
    began = list(ClaimCase.objects.order_by("report_no").values_list("policy_from", flat=True))
    assert began == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3), None]

    imported(write(ROWS[:4], "again.csv"), by=department.manager)
    assert list(ClaimCase.objects.order_by("report_no").values_list("policy_from", flat=True)) == began
    later = [[*ROWS[0], "2026-01-05"]]
    imported(write(later, "later.csv", headings=headings), by=department.manager)
    assert ClaimCase.objects.get(report_no=ROWS[0][1]).policy_from == date(2026, 1, 5)


def test_an_accident_soon_after_the_policy_began_is_hinted_at(department, write):
    headings = (*extracts.HEADINGS, "保险起期")
    imported(write([[*ROWS[0], "2026-01-01"]], headings=headings), by=department.manager)

    case = ClaimCase.objects.get()
    ClaimCase.objects.update(accident_at=datetime(2026, 1, 4, 12, tzinfo=SHANGHAI))
    assert "NEW_POLICY" in [hint.code for hint in hints_for(ClaimCase.objects.get(pk=case.pk))]
