"""Imports without a page: the drop folder that the core system writes into, and the command."""

import os
import time
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from authority.refusals import Refused
from cases.importing.drop_folder import PICKING_UP
from cases.jobs import pick_up_imports
from cases.models import ClaimCase, ImportBatch, ImportProfile
from tests import extracts
from tests.cases import imports
from tests.cases.imports import changed, worked_off

pytestmark = pytest.mark.django_db
ROWS = imports.each(extracts.rows(8))


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def department():
    return imports.make_department()


@pytest.fixture
def folder(settings, tmp_path, department):
    """The folder of a profile that knows the columns by their names."""
    profile = ImportProfile.objects.create(name="夜间", columns=_columns(), created_by=department.manager)
    settings.IMPORT_DROP, settings.IMPORT_AS = str(tmp_path), department.manager.employee_no
    folder = tmp_path / profile.name
    folder.mkdir()
    return folder


def _columns() -> dict[str, str]:
    names = {"report_no": "报案号", "reported_at": "报案时间", "unit": "机构", "stage": "状态"}
    return {**names, "closed_at": "已决时间", "estimate": "立案金额", "registered_at": "立案时间"}


def _drop(folder, name="清单.csv", age=120, rows=ROWS):
    path = extracts.write_csv(folder / name, rows)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_a_dropped_extract_is_taken_checked_and_waits_for_a_person(folder, department):
    path = _drop(folder)
    pick_up_imports()
    batch = worked_off(ImportBatch.objects.get())

    assert not path.exists()
    assert (batch.status, batch.uploaded_by, batch.profile.name) == ("checked", department.manager, "夜间")
    assert not ClaimCase.objects.exists()


def test_what_is_still_written_or_no_extract_stays(folder):
    fresh, other = _drop(folder, "半截.csv", age=5), _drop(folder, "说明.md")
    pick_up_imports()

    assert fresh.exists()
    assert other.exists()
    assert not ImportBatch.objects.exists()


def test_a_file_that_cannot_be_read_is_set_aside_once(folder):
    path = folder / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    os.utime(path, (0, 0))
    pick_up_imports()
    pick_up_imports()

    assert [one.name for one in folder.iterdir()] == ["坏.xlsx.unreadable"]
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(("name", "value"), [("IMPORT_AS", "000000"), ("IMPORT_AS", ""), ("IMPORT_DROP", "")])
def test_nothing_is_taken_until_both_are_named(folder, settings, name, value):
    path = _drop(folder)
    setattr(settings, name, value)
    pick_up_imports()
    assert path.exists()


def test_an_owner_who_may_not_import_takes_nothing_and_holds_up_no_batch(folder, settings, department):
    path = _drop(folder)
    settings.IMPORT_AS = department.keeper.employee_no
    with pytest.raises(Refused):
        pick_up_imports()
    assert path.exists()


def test_two_schedules_do_not_take_a_file_twice(folder):
    path = _drop(folder)
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [PICKING_UP])
        pick_up_imports()
        assert path.exists()
        cursor.execute("select pg_advisory_unlock_all()")
    other.close()
    pick_up_imports()
    assert ImportBatch.objects.count() == 1


def _command(*order: str) -> str:
    said = StringIO()
    call_command("import_extract", *order, stdout=said)
    return said.getvalue()


def test_the_command_checks_and_writes_nothing_by_itself(department, tmp_path):
    path = _drop(tmp_path)
    said = _command(str(path), "--by", department.manager.employee_no)

    assert "读入 8，新建 8" in said
    assert path.exists()
    assert not ClaimCase.objects.exists()


def test_the_command_lists_the_faults_and_ends_with_an_error(department, tmp_path):
    path = _drop(tmp_path, rows=[changed(ROWS[0], 报案时间="昨天"), *ROWS[1:]])
    said = StringIO()
    with pytest.raises(CommandError, match="未导入任何数据"):
        call_command("import_extract", str(path), by=department.manager.employee_no, stdout=said)

    assert "不是日期" in said.getvalue()


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (["--by", "000000"], "没有工号"),
        (["--by", "{keeper}", "--profile", "没有的"], "没有导入方案"),
        (["--by", "{keeper}"], "没有任何机构的清单导入权限"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_order(department, tmp_path, order, reason):
    filled = [one.format(keeper=department.keeper.employee_no) for one in order]
    with pytest.raises(CommandError, match=reason):
        _command(str(_drop(tmp_path)), *filled)


def test_the_command_names_a_file_that_is_not_there(department, tmp_path):
    with pytest.raises(CommandError, match=r"没有\.csv"):
        _command(str(tmp_path / "没有.csv"), "--by", department.manager.employee_no)
