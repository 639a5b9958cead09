"""Lines entered, imported, reviewed, printed; prices and quotes on their pages."""

from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from openpyxl import load_workbook

from cases.damage.parsing import LineRow
from cases.models import CaseLoss, DamageItem, PartPrice, Submission
from departments.models import AccessRecord
from departments.sheets import sheet
from tests.cases.branch import Branch, assessed_case, say, send
from tests.cases.itemised import ROWS, itemised, lines, page, quoted, too_dear
from tests.cases.viewers import client_of
from tests.factories import CaseFactory, CaseLossFactory


def test_a_workbook_is_imported_whole_or_not_at_all(branch: Branch):
    case = assessed_case(branch)
    url, client = page("lines_import", case.pk, case.losses.get().pk), client_of(branch.surveyor)
    good = sheet("x", ("类别", "名称", "单价", "数量"), [("配件", "灯", 100, 2)])
    bad = sheet("x", ("类别", "名称", "单价"), [("配件", "灯", 100), ("配件", "", "贵")])

    refused = client.post(url, {"seen": case.version, "file": SimpleUploadedFile("a.xlsx", bad)})
    broken = client.post(url, {"seen": case.version, "file": SimpleUploadedFile("a.xlsx", b"PK")})
    stale = client.post(url, {"seen": 99, "text": "\t\t灯\t1\t1"})
    assert [answer.status_code for answer in (refused, broken, stale)] == [422, 422, 409]
    assert "须填写名称" in refused.content.decode()
    assert not DamageItem.objects.exists()

    done = client.post(url, {"seen": case.version, "file": SimpleUploadedFile("a.xlsx", good)})
    assert done.status_code == 302
    assert DamageItem.objects.get().claimed == 200


def test_the_lines_are_entered_on_their_page(branch: Branch):
    case = assessed_case(branch)
    url = page("lines_edit", case.pk, case.losses.get().pk)
    rows = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0, "form-0-kind": "part", "form-0-name": "灯",
            "form-0-quantity": 1, "form-0-price": "100.00", "form-1-kind": "part", "form-1-quantity": 1,
            "seen": case.version, "brand": "大众", "shop_kind": "brand"}  # fmt: skip
    client = client_of(branch.surveyor)

    wrong = client.post(url, {**rows, "form-0-price": "-1"})
    done = client.post(url, rows)

    assert (wrong.status_code, done.status_code) == (422, 302)
    assert CaseLoss.objects.get(case=case).assessed == 100
    assert "100.00" in client.get(url).content.decode()


def test_the_reviewer_works_on_the_page_of_lines(branch: Branch):
    quoted(branch, 1000, 1000, 1000)
    case = itemised(branch)
    send(case, "damage_review", by=branch.clerk)
    case.refresh_from_db()
    client, url = client_of(branch.damage_reviewer), page("lines", case.pk)
    shown = client.get(url).content.decode()
    sent = {"seen": case.version}
    for line in lines(case):
        sent |= {f"{name}_{line.pk}": getattr(line, name) for name in ("quantity", "price", "residual")}
    first = lines(case)[0].pk

    without = client.post(url, {**sent, f"price_{first}": "1000"})
    done = client.post(url, {**sent, f"price_{first}": "1000", f"reason_{first}": too_dear()})

    assert "偏高" in shown
    assert (without.status_code, done.status_code) == (422, 302)
    assert "核减须选择原因" in without.content.decode()
    assert "按明细核定" in client.get(case.get_absolute_url()).content.decode()


def test_who_has_no_say_reads_only(branch: Branch):
    case = itemised(branch)
    client, url = client_of(branch.adjudicator), page("lines", case.pk)

    assert "保存核定" not in client.get(url).content.decode()
    assert client.post(url, {"seen": case.version}).status_code == 403


def test_lines_go_out_as_a_file_and_on_paper(branch: Branch):
    case = itemised(branch)
    client = client_of(branch.clerk)

    book = load_workbook(BytesIO(client.get(page("lines", case.pk) + "?as=xlsx").content))
    paper = client.get(page("lines_print", case.pk)).content.decode()

    assert [row[4] for row in book.active.values][1:] == ["前保险杠", "钣金修复", "喷漆"]
    assert AccessRecord.objects.get().row_count == len(ROWS)
    assert "贰仟肆佰玖拾壹元壹角陆分" in paper


def test_the_page_of_lines_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    case = itemised(branch)
    client.force_login(branch.clerk)
    sheet_of_case = case.sheets.get()

    def grow():
        number = sheet_of_case.items.count() + 1
        one = LineRow("part", "", f"件{number}", Decimal(1), Decimal(10))
        DamageItem.objects.create(
            sheet=sheet_of_case, case=case, number=number, kind="part", name=one.name, name_key=one.name,
            quantity=1, price=10, claimed=10,
        )  # fmt: skip
        case.losses.update(assessed=F("assessed") + 10)

    assert_flat_queries(page("lines", case.pk), grow=grow)


def test_the_list_of_prices_shows_cases_one_may_see(branch: Branch, client, assert_flat_queries):
    say(send(itemised(branch), "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    elsewhere = CaseFactory(unit=branch.head_office)
    CaseLossFactory(case=elsewhere)
    price = PartPrice.objects.get()
    price.pk, price.item, price.case, price.unit = None, None, elsewhere, branch.head_office
    price.save()
    client.force_login(branch.clerk)

    text = client.get(page("prices") + "?part=51117").content.decode()

    assert text.count("1,280.00") == 2
    assert str(elsewhere) not in text
    assert_flat_queries(page("prices"), grow=lambda: quoted(branch, 99))


def test_a_quote_is_entered_on_its_page(branch: Branch):
    client = client_of(branch.clerk)
    sent = {"unit": branch.unit.pk, "name": "灯", "supplier": "店", "price": "10", "priced_on": "2026-11-01"}

    late = client.post(page("price_new"), {**sent, "priced_on": "2999-01-01"})
    done = client.post(page("price_new"), sent)

    assert (late.status_code, done.status_code) == (422, 302)
    assert PartPrice.objects.get().origin == "quote"
    assert Submission.objects.count() == 0
