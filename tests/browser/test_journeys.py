"""What people come for, from the first click to the last, in a real browser."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from cases.models import ClaimCase, Escalation
from departments.access import SEE_CASES
from reports.models import ReportDefinition
from reports.runs import build_waiting, plan_due_runs
from tests import extracts
from tests.cases import imports
from tests.cases.branch import adjusted_case, make_branch, say, send

pytestmark = pytest.mark.browser
ROWS = imports.each(extracts.rows(8))
FETCHED = """async (address) => {
    const answer = await fetch(address);
    const start = new Uint8Array(await answer.arrayBuffer()).slice(0, 2);
    return [answer.headers.get("content-disposition"), String.fromCharCode(...start)];
}"""


@pytest.fixture
def branch(db):
    return make_branch()


def test_i_log_in_and_see_what_waits_for_me(open_page, branch):
    case = send(adjusted_case(branch, "86420"), by=branch.clerk).case
    page = open_page("/", branch.adjudicator)

    page.wait_for_url("**/cases/workbench/**")
    row = page.locator("tbody tr", has_text=str(case))
    assert "86,420.00" in row.inner_text()
    assert "可审批" in row.inner_text()
    assert page.complaints == []


def test_the_manager_escalates_an_over_authority_case_in_the_admin(open_page, branch):
    submission = send(adjusted_case(branch, "900000"), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    page = open_page("/admin/cases/overauthoritycase/", branch.manager)

    page.get_by_role("link", name=str(submission.case)).first.click()
    page.get_by_role("button", name="上报总公司").first.click()
    page.wait_for_url("**/review/**")
    page.get_by_label("部门意见").fill("责任明确，建议同意")
    page.get_by_label("材料不全的说明").fill("单证原件随后寄送")
    page.get_by_role("button", name="上报总公司").first.click()
    page.get_by_text("件已办理").wait_for()
    assert Escalation.objects.get().submission == submission


def test_i_download_the_report_the_schedule_made(open_page, branch):
    ReportDefinition.objects.exclude(code="R01").update(is_active=False)
    plan_due_runs(timezone.localdate())
    assert len(list(build_waiting(5))) == 1
    page = open_page("/reports/runs/", branch.statistician)

    page.get_by_role("link", name="报立结案日报").first.click()
    page.get_by_text("预览").first.wait_for()
    kind, start = page.evaluate(FETCHED, page.locator("a[href$='/download/']").first.get_attribute("href"))
    assert "attachment" in kind
    assert start == "PK"


@pytest.fixture
def live_department(settings, tmp_path, open_live, django_db_blocker):
    settings.MEDIA_ROOT = tmp_path / "media"
    with django_db_blocker.unblock():
        yield imports.make_department()


def test_i_import_an_extract_and_a_colleague_confirms(open_live, live_department, tmp_path):
    path = extracts.write_csv(tmp_path / "清单.csv", ROWS)
    page = open_live("/cases/imports/new/", live_department.manager)
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并识别").click()
    page.wait_for_url("**/columns/")
    page.locator("main form button.btn-primary").first.click()
    page.get_by_text("须由另一人确认").wait_for()
    page = open_live(urlsplit(page.url).path, live_department.colleague)
    page.get_by_role("button", name="确认导入").click()
    page.locator("dialog[open] button.btn-primary, dialog[open] button[value=yes]").first.click()

    page.get_by_text("导入完成").or_(page.get_by_text("已导入")).first.wait_for()
    assert ClaimCase.objects.visible_to(live_department.colleague).count() == len(ROWS)
    assert live_department.colleague.unit_scope.ids(SEE_CASES)
