"""A whole authority matrix from a workbook: there and back without a change, every fault with its cell."""

import zipfile
from collections.abc import Sequence
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from authority import services
from authority.models import AuthorityItem, AuthorityLetter, LedgerEntry, LetterImport, PersonalGrant
from authority.refusals import Refused
from authority.sheets.columns import CEILING_COLUMNS, GRANT_COLUMNS
from departments.models import AccessRecord
from tests.authority.pages import page
from tests.authority.test_drafting_pages import heading
from tests.factories import CeilingFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db

HEADINGS = [column.heading for column in GRANT_COLUMNS]
GOOD = {
    "工号": "",
    "机构": "核赔室",
    "岗位": "核赔员岗",
    "环节": "核赔",
    "金额上限(元)": 80_000,
    "险别": "车损险、三者险",
    "损失类别": "不限",
    "特殊案件类型": "普通案件",
    "涉诉": "仅非诉",
}


def workbook(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def file_of(*rows: dict[str, object]) -> bytes:
    return workbook(HEADINGS, [[row.get(name, "") for name in HEADINGS] for row in rows])


def upload(client, branch, content: bytes, **values: object):
    sent = heading(branch, file=SimpleUploadedFile("矩阵.xlsx", content), **values)
    return client.post(reverse("authority:letter_import_new"), sent)


def dry_run(client, branch, content: bytes, **values: object):
    answer = upload(client, branch, content, **values)
    assert answer.status_code == 302, answer.context["form"].errors
    return client.get(answer.url)


@pytest.fixture
def good(branch) -> dict[str, object]:
    return {**GOOD, "工号": branch.adjudicator.employee_no}


def confirm(client) -> AuthorityLetter:
    client.post(reverse("authority:letter_import_draft", args=[LetterImport.objects.latest("pk").pk]))
    return LetterImport.objects.latest("pk").letter


def test_what_was_exported_is_imported_without_a_change(as_head, branch):
    old = branch.in_force()
    post_type = branch.adjudicator.appointments.get().post.post_type
    branch.grant(
        old, lines=["own_damage", "third_party"], loss_classes=["injury"], special_kinds=["", "refusal"]
    )
    branch.grant(old, item=AuthorityItem.objects.get(code="refusal"), litigation="no", includes_below=False)
    branch.grant(old, branch.clerk, amount_min=100, cosign_count=2, cosign_post_type=post_type)

    run = dry_run(as_head, branch, page(as_head, "matrix_export").content)

    assert run.context["found"].faults == ()
    assert run.context["comparison"].counted["same"] == 3
    assert run.context["groups"] == []
    draft = confirm(as_head)
    compared = page(as_head, "letter_compare", draft.pk).context["comparison"]
    assert (compared.before, compared.altered) == (old, ())
    assert list(draft.personalgrants.values_list("clause", flat=True)) == ["第1条"] * 3


def test_ceilings_go_there_and_back(as_head, branch):
    my = branch.units["my"]
    old = branch.in_force(mode="by_institution", scope_unit=my)
    CeilingFactory(letter=old, unit=my, lines=["ctpl"], amount_max="20000.55")

    exported = page(as_head, "letter_export", old.pk).content
    run = dry_run(as_head, branch, exported, mode="by_institution", scope_unit=my.pk)

    assert (run.context["found"].faults, run.context["comparison"].altered) == ((), ())
    assert confirm(as_head).unitceilings.get().lines == ["ctpl"]


def test_a_row_becomes_a_line(as_head, branch, good):
    dry_run(
        as_head, branch, file_of(good, {**good, "环节": "refusal", "适用机构": "绵阳", "含下级机构": "否"})
    )

    first, second = confirm(as_head).personalgrants.order_by("pk")
    assert (first.clause, first.amount_max, first.lines) == ("第1条", 80_000, ["own_damage", "third_party"])
    assert (first.special_kinds, first.litigation, first.unit) == ([""], "no", branch.units["motor"])
    assert (second.clause, second.unit, second.includes_below) == ("第2条", branch.units["my"], False)


def test_drafting_is_one_entry_that_names_the_file(as_head, branch, good):
    dry_run(as_head, branch, file_of(good))
    assert not LedgerEntry.objects.exists()

    letter = confirm(as_head)

    entry = LedgerEntry.objects.get()
    assert (entry.chain, entry.action) == (f"letter:{letter.pk}", "draft")
    assert entry.reason == "由「矩阵.xlsx」导入 1 项条款"
    assert "已建立草稿" in page(as_head, "letter_import", letter.imported_from.pk).content.decode()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"工号": ""}, ("工号", "没有填写")),
        ({"工号": "999"}, ("工号", "没有这个工号")),
        ({"被授权人": "王五"}, ("被授权人", "姓名与工号不符")),
        ({"机构": "广东"}, ("机构", "不认识")),
        ({"机构": "重名"}, ("机构", "有几个机构叫这个名字")),
        ({"岗位": "理算员岗"}, ("岗位", "本人不在该机构任该岗位")),
        ({"岗位": "岗"}, ("岗位", "不认识")),
        ({"环节": "炒股"}, ("环节", "不认识")),
        ({"计量口径": "调整增量"}, ("计量口径", "计量口径与事项不符")),
        ({"金额上限(元)": "很多"}, ("金额上限(元)", "不是金额")),
        ({"金额上限(元)": -1}, ("金额上限(元)", "不是金额")),
        ({"金额上限(元)": "1.001"}, ("金额上限(元)", "多于两位小数")),
        ({"金额上限(元)": "9999999999999"}, ("金额上限(元)", "金额过大")),
        ({"险别": ""}, ("险别", "没有填写")),
        ({"险别": "不限、车损险"}, ("险别", "不能与其他内容并列")),
        ({"损失类别": "空气"}, ("损失类别", "不认识")),
        ({"涉诉": "也许"}, ("涉诉", "不认识")),
        ({"含下级机构": "也许"}, ("含下级机构", "不认识")),
        ({"金额下限(元)": 90_000}, ("金额下限(元)", "下限高于上限")),
        ({"会签人数": 2}, ("会签岗位", "须同时填写")),
        ({"会签人数": "两"}, ("会签人数", "不是 0 至 9 的整数")),
        ({"条款": "第" * 30}, ("条款", "超过 20 个字")),
        ({"适用机构": "火星"}, ("适用机构", "不认识")),
    ],
)
def test_a_fault_names_its_cell(as_head, branch, good, changes, told):
    for code in ("gd1", "gd2"):
        OrgUnitFactory(parent=branch.units["motor"], code=code, name=code, short_name="重名")

    run = dry_run(as_head, branch, file_of(good, {**good, "环节": "拒赔", **changes}))

    (fault,) = run.context["found"].faults
    assert (fault.row, fault.column) == (3, told[0])
    assert told[1] in fault.reason
    assert fault.advice


def test_somebody_outside_the_unit_of_the_letter_is_a_fault(as_head, branch, good):
    clerk = {**good, "工号": branch.clerk.employee_no, "机构": "绵阳", "岗位": "理算员岗"}

    run = dry_run(as_head, branch, file_of(clerk), scope_unit=branch.units["adj"].pk)

    (fault,) = run.context["found"].faults
    assert (fault.column, "不在被授权机构之内" in fault.reason) == ("机构", True)


def test_key_items_from_the_own_level_are_a_fault(as_head, branch, good):
    head = {**good, "工号": branch.deputy.employee_no, "机构": "车险理赔部", "岗位": "副经理岗"}

    (fault,) = dry_run(as_head, branch, file_of(head)).context["found"].faults

    assert "须由上级机构授予" in fault.reason


def test_the_same_limit_twice_is_a_fault(as_head, branch, good):
    (fault,) = dry_run(as_head, branch, file_of(good, {**good, "金额上限(元)": 1})).context["found"].faults

    assert (fault.row, "与第 2 行" in fault.reason) == (3, True)


def test_one_fault_and_nothing_is_written(as_head, branch, good):
    dry_run(as_head, branch, file_of(good, {**good, "环节": "炒股"}))

    answer = as_head.post(reverse("authority:letter_import_draft", args=[LetterImport.objects.get().pk]))

    assert answer.status_code == 403
    assert "有 1 处错误" in answer.content.decode()
    assert not AuthorityLetter.objects.exists()
    assert not PersonalGrant.objects.exists()


def test_the_faults_go_out_as_a_file(as_head, branch, good):
    """For whoever mends the matrix: each faulty cell with its row and why; recorded like every export."""
    dry_run(as_head, branch, file_of({**good, "岗位": "@岗"}, good, {**good, "环节": "炒股"}))
    batch = LetterImport.objects.get()
    url = reverse("authority:letter_import_faults", args=[batch.pk])

    assert url in as_head.get(batch.get_absolute_url()).content.decode()
    answer = as_head.get(url)
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "行,列,值,原因,怎么办"
    assert any(line.startswith("2,") and ",'@岗," in line for line in lines)
    assert any(line.startswith("4,环节,炒股,") for line in lines)
    assert AccessRecord.objects.get().row_count == len(lines) - 1
    book = openpyxl.load_workbook(BytesIO(as_head.get(url, {"format": "xlsx"}).content))
    assert [row[0] for row in book.active.values] == ["行", *(int(line.split(",")[0]) for line in lines[1:])]


def test_a_crash_while_drafting_leaves_nothing(branch, as_head, good, monkeypatch):
    dry_run(as_head, branch, file_of(good))
    batch = LetterImport.objects.get()
    monkeypatch.setattr("authority.services.drafting.record", crash)

    with pytest.raises(ZeroDivisionError):
        services.draft_from_import(batch, by=branch.head)

    assert not AuthorityLetter.objects.exists()
    assert not PersonalGrant.objects.exists()


def crash(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def test_a_file_becomes_one_draft(branch, as_head, good):
    dry_run(as_head, branch, file_of(good))
    confirm(as_head)

    with pytest.raises(Refused, match="已经生成草稿"):
        services.draft_from_import(LetterImport.objects.get(), by=branch.head)


def test_a_number_taken_meanwhile_is_told(branch, as_head, good):
    dry_run(as_head, branch, file_of(good))
    branch.draft(number="川理授〔2027〕1号")

    with pytest.raises(Refused, match="授权书号已被使用"):
        services.draft_from_import(LetterImport.objects.get(), by=branch.head)


def test_the_import_of_another_is_not_there(client, branch, as_head, good):
    dry_run(as_head, branch, file_of(good))
    client.force_login(branch.deputy)

    assert page(client, "letter_import", LetterImport.objects.get().pk).status_code == 404


def test_units_one_does_not_manage_are_no_choice(as_head, branch, good):
    answer = upload(as_head, branch, file_of(good), issuing_unit=branch.units["hq"].pk)

    assert answer.status_code == 422
    assert "issuing_unit" in answer.context["form"].errors


def bomb() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (70 << 20))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no workbook", "已损坏"),
        (workbook(["姓名", "金额"], [["a", 1]]), "没有完整的表头，缺少：工号"),
        (workbook(HEADINGS, []), "没有数据行"),
        (workbook(HEADINGS, [["x"]] * 2001), "超过 2,000 行"),
        (b"x" * ((5 << 20) + 1), "超过 5 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(as_head, branch, content, words):
    answer = upload(as_head, branch, content)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LetterImport.objects.exists()


def test_a_bomb_is_not_unpacked(as_head, branch):
    assert "拒绝解析" in upload(as_head, branch, bomb()).content.decode()


def test_headings_of_other_files_are_understood(as_head, branch, good):
    names = {"环节": "权限事项", "金额上限(元)": "金额"}
    headings = [names.get(name, name) for name in good]
    title = ["某某授权一览"]

    run = dry_run(as_head, branch, workbook(title, [headings, [*good.values()]]))

    assert run.context["found"].faults == ()


def test_ten_thousands_are_understood(as_head, branch, good):
    (line,) = dry_run(as_head, branch, file_of({**good, "金额上限(元)": "８万元"})).context["found"].lines

    assert line.amount_max == 80_000


@pytest.mark.parametrize(
    ("mode", "columns"), [("by_person", GRANT_COLUMNS), ("by_institution", CEILING_COLUMNS)]
)
def test_the_template_has_the_headings_and_says_how(as_head, branch, mode, columns):
    content = page(as_head, "letter_import_template", mode=mode).content

    book = openpyxl.load_workbook(BytesIO(content))
    assert [cell.value for cell in book.worksheets[0][3]] == [column.heading for column in columns]
    assert book.worksheets[1]["A1"].value == "栏目"
    assert "没有数据行" in upload(as_head, branch, content, mode=mode).content.decode() or mode != "by_person"


def test_an_exported_letter_is_recorded(as_head, branch, in_force):
    page(as_head, "letter_export", in_force.letter_id)

    taken = AccessRecord.objects.get()
    assert (taken.kind, taken.row_count) == ("export", 1)


def test_the_database_keeps_no_empty_import(branch):
    with pytest.raises(IntegrityError, match="authority_letterimport_has_rows"):
        LetterImport.objects.create(uploaded_by=branch.head, file_name="x", sha256="x", heading={}, rows=[])


def test_the_dry_run_costs_the_same_for_many(as_head, branch, good, django_assert_max_num_queries):
    items = AuthorityItem.objects.values_list("code", flat=True)
    rows = [{**good, "环节": code} for code in items]
    dry_run(as_head, branch, file_of(*rows))
    batch = LetterImport.objects.get()

    with django_assert_max_num_queries(45):
        assert page(as_head, "letter_import", batch.pk).context["found"].faults == ()
