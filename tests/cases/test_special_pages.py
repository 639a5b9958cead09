"""The pages of special cases: forms, lists, registers, paper; what shows what, and to whom."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cases.models import ClaimCase, Kind, SpecialRequest
from departments.models import Staff
from tests.cases.branch import Branch, say
from tests.cases.special import add_reviewer, agreed, drafted, paid, reason, sent, special_case
from tests.cases.test_special import notify

LIST = reverse("cases:specials")


@pytest.fixture
def reviewer(branch: Branch) -> Staff:
    return add_reviewer(branch)


@pytest.fixture
def page(client, branch: Branch):
    client.force_login(branch.clerk)

    def read(url: str, **query):
        return client.get(url, query)

    return read


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.REOPENING])
def test_every_kind_has_its_form(page, branch: Branch, kind: str):
    stage = "reported" if kind == Kind.LATE_REGISTRATION else "adjusted"
    case = special_case(branch, stage=stage)

    answer = page(reverse("cases:special_new", args=[case.pk]), kind=kind)

    assert answer.status_code == 200
    assert f"申请{Kind(kind).label}" in text(answer)


def test_a_form_is_filled_in_and_sent(client, page, branch: Branch, reviewer: Staff):
    case = special_case(branch)
    url = reverse("cases:special_new", args=[case.pk]) + "?kind=refusal"
    filled = {
        "reason": reason(Kind.REFUSAL).pk,
        "statement": "驾驶证已注销",
        "clause": "条款第8条",
        "evidence": "查询结果",
        "seen": case.version,
    }
    client.post(url, filled)
    request = SpecialRequest.objects.get()

    shown = page(request.get_absolute_url())
    sending = shown.context["sending"]
    assert sending.ruling.allowed
    key = page(sending.url).context["form"]["key"].value()
    seen = ClaimCase.objects.get(pk=case.pk).version
    client.post(sending.url, {"item": "refusal", "subject": request.pk, "key": key, "seen": seen})
    assert reviewer.name in text(page(request.get_absolute_url()))


def test_what_is_missing_stands_on_the_form(client, branch: Branch):
    case = special_case(branch)
    client.force_login(branch.clerk)
    url = reverse("cases:special_new", args=[case.pk]) + "?kind=rescue_payment"

    answer = client.post(url, {"seen": case.version})

    assert answer.status_code == 422
    assert {"police_notice_no", "hospital", "patient", "reason", "statement"} <= set(
        answer.context["form"].errors
    )


def test_a_draft_says_every_reason_and_what_papers_lack(page, branch: Branch):
    case = special_case(branch)
    case.papers.all().delete()
    request = drafted(case, Kind.PREPAYMENT, branch.clerk)

    shown = page(request.get_absolute_url())

    assert "案卷缺少必备材料" in text(shown)
    assert "不是重大案件" in text(shown)
    assert [one.is_present for one in shown.context["papers"]] == [False, False, False]


def test_an_agreed_refusal_runs_its_clock_and_shows_on_the_case(page, branch: Branch, reviewer: Staff):
    request = agreed(special_case(branch), Kind.REFUSAL, branch, reviewer)

    shown = page(request.get_absolute_url())
    related = page(reverse("cases:detail", args=[request.case_id]), tab="related")

    assert [one.reading.rule.code for one in shown.context["clocks"]] == ["refusal_notice"]
    assert "登记拒赔通知书" in text(shown)
    assert str(request) in text(related)
    assert "申请预付" in text(related)


def test_the_workbench_says_what_is_owed(client, page, branch: Branch, reviewer: Staff):
    agreed(special_case(branch), Kind.REFUSAL, branch, reviewer)
    prepaid = agreed(special_case(branch, is_major=True), Kind.PREPAYMENT, branch, reviewer)
    bench = text(page(reverse("cases:workbench")))
    assert "待发拒赔通知" in bench
    assert "待支付预付垫付" in bench
    assert len(page(LIST, mine="pay").context["rows"]) == 1

    paid(prepaid, branch.clerk)

    assert len(page(LIST, mine="set_off").context["rows"]) == 1
    client.force_login(branch.statistician)
    assert len(page(LIST, mine="enter").context["rows"]) == 2


def test_acts_are_forms_with_their_reasons(client, branch: Branch, reviewer: Staff):
    request = agreed(special_case(branch, is_major=True), Kind.PREPAYMENT, branch, reviewer)
    client.force_login(branch.clerk)
    url, seen = reverse("cases:special_pay", args=[request.pk]), request.case.version
    seen = ClaimCase.objects.get(pk=request.case_id).version
    over = client.post(url, {"amount": "9999", "key": uuid4(), "seen": seen})
    assert (over.status_code, "超出核准余额" in text(over)) == (422, True)

    assert client.post(url, {"amount": "2000", "key": uuid4(), "seen": seen}).status_code == 302
    assert client.post(url, {"amount": "1", "key": uuid4(), "seen": seen}).status_code == 409


def test_the_list_is_narrowed(page, branch: Branch, reviewer: Staff):
    agreed(special_case(branch), Kind.REFUSAL, branch, reviewer)
    drafted(special_case(branch), Kind.CANCELLATION, branch.clerk)

    def kinds(**query) -> set[str]:
        return {row.record.kind for row in page(LIST, **query).context["rows"]}

    assert kinds() == {"refusal", "cancellation"}
    assert kinds(kind="refusal") == {"refusal"}
    assert kinds(state="draft") == {"cancellation"}
    assert kinds(unit=branch.unit.pk) == {"refusal", "cancellation"}
    assert kinds(until="2020-01-01") == set()
    assert kinds(q=SpecialRequest.objects.get(kind="refusal").number) == {"refusal"}


@pytest.mark.parametrize(
    "url", [LIST, *(reverse("cases:special_register", args=[c]) for c in ("r07", "r14"))]
)
def test_a_list_costs_the_same_for_many_rows(client, branch, reviewer, assert_flat_queries, url: str):
    client.force_login(branch.clerk)

    assert_flat_queries(url, grow=lambda: agreed(special_case(branch), Kind.RESCUE_ADVANCE, branch, reviewer))


HEADINGS = {
    "r07": "编号 类型 赔案号 机构 被保险人 出险日 估损(元) 申请金额(元) 原因码 申请人/日 各级意见/人/日 结论"
    " 核准金额(元) 报HQ日 批复号 结果",
    "r08": "赔案号 机构 险别 估损(拒赔金额)(元) 拒赔原因码 依据条款 证据 核定日 拒赔通知书日 送达 异议/诉讼"
    " 结果",
    "r14": "赔案号 类型 交警通知书号 医院 金额(元) 限额余额(元) 日期 冲销日 追偿状态",
}


@pytest.mark.parametrize("code", HEADINGS)
def test_a_register_has_exactly_its_columns(page, branch: Branch, reviewer: Staff, code: str):
    notify(agreed(special_case(branch), Kind.REFUSAL, branch, reviewer), branch.clerk)
    paid(agreed(special_case(branch), Kind.RESCUE_ADVANCE, branch, reviewer), branch.clerk)
    url = reverse("cases:special_register", args=[code])

    book = load_workbook(BytesIO(page(url, **{"as": "xlsx"}).content))
    rows = list(book.active.values)

    assert " ".join(rows[0]) == HEADINGS[code]
    assert len(rows) == (3 if code == "r07" else 2)
    assert page(url, **{"as": "print"}).status_code == 200


def test_the_registers_tell_the_story(page, branch: Branch, reviewer: Staff):
    notify(agreed(special_case(branch), Kind.REFUSAL, branch, reviewer), branch.clerk)
    request = agreed(special_case(branch), Kind.RESCUE_ADVANCE, branch, reviewer)
    paid(request, branch.clerk)

    refusals = text(page(reverse("cases:special_register", args=["r08"])))
    assert f"{timezone.localdate():%Y-%m-%d}" in refusals
    assert "R04" in refusals
    advances = text(page(reverse("cases:special_register", args=["r14"])))
    assert "13,000.00" in advances
    assert "待追偿 5,000.00 元" in advances
    assert reviewer.name in text(page(reverse("cases:special_register", args=["r07"])))


def test_what_is_signed_on_paper(page, branch: Branch, reviewer: Staff):
    request = agreed(special_case(branch), Kind.REFUSAL, branch, reviewer)
    sheet = text(page(reverse("cases:special_sheet", args=[request.pk])))
    assert "特殊案件审批表" in sheet
    assert reviewer.name in sheet

    letter = text(page(reverse("cases:refusal_notice", args=[request.pk])))

    assert "拒赔通知书" in letter
    assert "条款第8条" in letter
    assert "3 日内发出" in letter


def test_names_are_masked_for_those_who_may_not_read_them(client, branch: Branch, reviewer: Staff):
    case = special_case(branch, insured_name="刘明亮")
    request = agreed(case, Kind.RESCUE_ADVANCE, branch, reviewer)
    client.force_login(branch.head_office_reviewer)
    sees = branch.head_office_reviewer.sees_personal_data
    shown = text(client.get(request.get_absolute_url()))

    assert ("赵五" in shown) is sees
    assert ("刘明亮" in text(client.get(LIST))) is sees


def test_the_decider_reads_the_request_from_the_case(client, branch: Branch, reviewer: Staff):
    request = drafted(special_case(branch), Kind.REFUSAL, branch.clerk)
    submission = sent(request, branch.clerk)
    client.force_login(reviewer)

    page = text(client.get(reverse("cases:detail", args=[request.case_id])))

    assert request.get_absolute_url() in page
    say(submission, "agree", by=reviewer)
