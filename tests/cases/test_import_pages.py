"""The pages of an import, from upload to the file of faults."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models import ClaimCase, ImportBatch, ImportProfile
from departments.models import AccessRecord
from tests import extracts
from tests.cases import imports
from tests.cases.imports import changed, checked, imported
from tests.cases.viewers import client_of
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
ROWS = imports.each(extracts.rows(12))


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def department():
    return imports.make_department()


@pytest.fixture
def client(department):
    return client_of(department.manager)


@pytest.fixture
def write(tmp_path):
    return lambda rows, **how: extracts.write_csv(tmp_path / "清单.csv", rows, **how)


def upload(client, path, **fields):
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("cases:import_new"), {"file": file, **fields})


def test_upload_then_columns_then_check_then_confirm(
    client, write, department, django_capture_on_commit_callbacks
):
    answer = upload(client, write(ROWS))
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("cases:import_mapping", args=[batch.pk])
    page = client.get(answer.url)
    assert "RX2600000003" in page.text

    chosen = page.context["form"].initial
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(answer.url, chosen).url == batch.get_absolute_url()
    assert "须由另一人确认" in client.get(batch.get_absolute_url()).text
    colleague = client_of(department.colleague)
    assert "确认导入</button>" in colleague.get(batch.get_absolute_url()).text
    with django_capture_on_commit_callbacks(execute=True):
        colleague.post(reverse("cases:import_confirm", args=[batch.pk]))
    assert ClaimCase.objects.count() == 12
    assert "已导入" in client.get(batch.get_absolute_url()).text


def test_columns_can_be_kept_as_a_profile_and_used_again(client, write, department):
    headings = [f"列{place}" for place in range(len(extracts.HEADINGS))]
    path = write(ROWS, headings=headings)
    mapping_url = upload(client, path).url
    chosen = {
        "column_report_no": "列1",
        "column_reported_at": "列9",
        "column_unit": "列4",
        "money_unit": "yuan",
        "profile_name": "本地系统",
    }
    client.post(mapping_url, {**chosen, "look": "1"})
    profile = ImportProfile.objects.get(name="本地系统")
    page = client.get(upload(client, path, profile=profile.pk).url)

    assert page.context["form"].initial["column_report_no"] == "列1"
    assert "RX2600000003" in page.text


def test_a_profile_of_somebody_else_is_not_replaced(write, department):
    theirs = ImportProfile.objects.create(name="本地系统", created_by=department.colleague)
    batch = imports.stored(write(ROWS), by=department.manager)
    chosen = {"column_report_no": "报案号", "column_reported_at": "报案时间", "column_unit": "机构"}
    url = reverse("cases:import_mapping", args=[batch.pk])
    answer = client_of(department.manager).post(
        url, {**chosen, "money_unit": "wan", "profile_name": "本地系统", "look": "1"}
    )

    assert answer.status_code == 403
    assert "由他人建立" in answer.text
    theirs.refresh_from_db()
    batch.refresh_from_db()
    assert (theirs.columns, theirs.created_by) == ({}, department.colleague)
    assert batch.settings == {}


def test_required_columns_are_asked_for(client, write):
    answer = client.post(upload(client, write(ROWS)).url, {"money_unit": "yuan"})

    assert answer.status_code == 422
    assert "报案号、报案时间、机构" in answer.text


def test_a_file_that_cannot_be_read_is_explained(client, tmp_path):
    path = tmp_path / "旧.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0 old")
    answer = upload(client, path)

    assert answer.status_code == 422
    assert "请另存为 .xlsx" in answer.text


def test_faults_are_shown_and_downloaded(client, write, department):
    batch = checked(write([changed(ROWS[0], 立案金额="=1+1")]), by=department.manager)
    assert "不是金额" in client.get(batch.get_absolute_url()).text

    url = reverse("cases:import_faults", args=[batch.pk])
    text = client.get(url).content.decode("utf-8-sig")
    assert "2,立案金额,'=1+1,不是金额" in text
    record = AccessRecord.objects.get()
    assert (record.kind, record.staff, record.row_count) == ("export", department.manager, 1)
    workbook = client.get(url, {"format": "xlsx"})
    assert "attachment" in workbook["Content-Disposition"]
    assert ZipFile(BytesIO(workbook.content)).testzip() is None


def test_the_bar_is_polled_until_the_work_is_over(client, write, department):
    batch = checked(write(ROWS), by=department.manager)
    url = reverse("cases:import_progress", args=[batch.pk])
    assert client.get(url)["HX-Refresh"] == "true"

    ImportBatch.objects.update(status="checking", percent=40, message="已读 6 行")
    assert "已读 6 行" in client.get(url).text


def test_cancelling(client, write, department):
    batch = checked(write(ROWS), by=department.manager)
    client.post(reverse("cases:import_cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == "cancelled"

    answer = client.post(reverse("cases:import_confirm", args=[batch.pk]))
    assert answer.status_code == 403


def test_somebody_elses_batch_does_not_exist(write, department):
    batch = checked(write(ROWS), by=department.manager)
    stranger = client_of(department.surveyor)

    for name in ("import_batch", "import_mapping", "import_progress", "import_faults"):
        assert stranger.get(reverse(f"cases:{name}", args=[batch.pk])).status_code == 404


def test_who_handles_nothing_is_told_so():
    answer = client_of(StaffFactory()).get(reverse("cases:imports"))

    assert answer.status_code == 403


def test_the_list_costs_the_same_for_many(client, write, department, assert_flat_queries):
    path = write(ROWS)

    assert_flat_queries(reverse("cases:imports"), grow=lambda: imported(path, by=department.manager))
