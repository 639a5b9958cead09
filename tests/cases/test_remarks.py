"""备注: beside the case, as written, struck by its author alone."""

import pytest
from django.db import InternalError, connection
from django.urls import reverse

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.models import CaseRemark
from departments.models import OutboxMessage
from tests.cases.branch import Branch, adjusted_case
from tests.cases.viewers import client_of
from tests.factories import StaffFactory


def written(branch: Branch, text: str = "客户要求尽快", **fields) -> CaseRemark:
    return services.remark(adjusted_case(branch), services.Note(text, **fields), by=branch.clerk)


def test_a_remark_changes_nothing_on_the_case(branch: Branch):
    case = adjusted_case(branch)
    entries = LedgerEntry.objects.count()
    services.remark(case, services.Note(" 已联系交警 "), by=branch.clerk)

    before = case.version
    case.refresh_from_db()
    assert (case.version, LedgerEntry.objects.count()) == (before, entries)
    assert case.remarks.get().text == "已联系交警"


@pytest.mark.parametrize(("text", "code"), [("  ", "no_text"), ("长" * 1001, "too_long")])
def test_nothing_and_too_much_are_refused(branch: Branch, text, code):
    with pytest.raises(Refused) as refused:
        written(branch, text)

    assert refused.value.ruling.codes == (code,)
    assert not CaseRemark.objects.exists()


def test_a_colleague_is_pointed_to_it(branch: Branch):
    written(branch, told=branch.adjudicator)

    told = OutboxMessage.objects.get(payload__kind="remark").payload
    assert (told["recipient"], "备注" in told["title"]) == (branch.adjudicator.pk, True)


def test_who_does_not_see_the_case_is_not_pointed_to_it(branch: Branch):
    with pytest.raises(Refused, match="看不到本案"):
        written(branch, told=StaffFactory())


def test_only_its_author_strikes_it_and_once(branch: Branch):
    found = written(branch)
    with pytest.raises(Refused, match="只能划去本人"):
        services.strike_remark(found, by=branch.adjudicator)
    services.strike_remark(found, by=branch.clerk)

    with pytest.raises(Refused, match="已经划去"):
        services.strike_remark(found, by=branch.clerk)


@pytest.mark.parametrize(
    "statement", ["update cases_caseremark set text = 'x'", "delete from cases_caseremark"]
)
def test_the_database_keeps_it_as_written(branch: Branch, statement):
    written(branch)

    with pytest.raises(InternalError, match="cases_remark_stays"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_page_shows_writes_and_strikes(branch: Branch):
    case, client = adjusted_case(branch), client_of(branch.clerk)
    page = f"{reverse('cases:detail', args=[case.pk])}?tab=remarks"
    assert "还没有备注" in client.get(page).content.decode()
    client.post(reverse("cases:remark", args=[case.pk]), {"text": "<b>急</b>", "told": ""})
    client.post(reverse("cases:remark_strike", args=[case.remarks.get().pk]))

    text = client.get(page).content.decode()
    assert "<del>&lt;b&gt;急&lt;/b&gt;</del>" in text
    answer = client.post(reverse("cases:remark", args=[case.pk]), {"text": ""}, follow=True)
    assert "备注没有写入" in answer.content.decode()


def test_many_remarks_cost_as_much_as_one(branch: Branch, client, assert_flat_queries):
    case = adjusted_case(branch)
    client.force_login(branch.clerk)
    page = f"{reverse('cases:detail', args=[case.pk])}?tab=remarks"

    assert_flat_queries(page, grow=lambda: services.remark(case, services.Note("一句"), by=branch.clerk))
