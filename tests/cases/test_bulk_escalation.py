"""Sending many cases to head office: what each row must tell first, and what asks for a reason."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authority.refusals import Refused
from cases import services
from cases.models import ClaimCase, Escalation, PackItem, Submission
from cases.services import Verdict
from tests.cases.branch import Branch, adjusted_case, current, say, send
from tests.cases.viewers import client_of

REVIEW = reverse("admin:cases_overauthoritycase_review")
WORDS = {"opinion": "请批", "missing_papers": "随后补"}


def waiting(branch: Branch, amount: str, *referrers: str) -> Submission:
    submission = send(adjusted_case(branch, amount), by=branch.clerk)
    for who in referrers:
        say(submission, "refer_up", by=getattr(branch, who), **WORDS)
    return submission


def shown(branch: Branch, *submissions: Submission):
    ids = [submission.pk for submission in submissions]
    return client_of(branch.manager).get(REVIEW, {"action": "escalate", "id": ids})


def sent(branch: Branch, submission: Submission, **fields):
    version = ClaimCase.objects.get(pk=submission.case_id).version
    form = {"action": "escalate", "key": str(uuid4()), "ticket": f"{submission.pk}:{version}"}
    return client_of(branch.manager).post(REVIEW, {**form, **WORDS, **fields})


def test_a_row_tells_amount_level_reason_and_what_is_missing(branch: Branch):
    page = shown(branch, waiting(branch, "600000", "adjudicator"))
    (row,) = page.context["rows"]

    assert (row.level, row.is_open, row.ascent.insiders) == ("部门负责人", True, [])
    assert "照片" in row.ascent.missing
    for text in ("600,000.00", "上报总公司 1 件", "索赔申请书、", row.ascent.why):
        assert text in page.text


def test_rows_at_head_office_are_named_and_not_counted(branch: Branch):
    there = waiting(branch, "600000", "adjudicator", "manager")
    here = waiting(branch, "700000", "adjudicator")
    page = shown(branch, here, there)

    assert [row.row.submission for row in page.context["rows"]] == [here]
    assert "另有 1 件已报总公司" in page.text


def test_what_the_manager_could_decide_needs_a_reason_and_a_confirmation(branch: Branch):
    submission = waiting(branch, "400000", "adjudicator")
    page = shown(branch, submission)
    assert page.context["rows"][0].ascent.insiders == [f"{branch.manager.name}（部门负责人）"]

    for words in ({}, {"help_reason": "责任有争议"}, {"is_confirmed": "on"}):
        assert sent(branch, submission, **words).status_code == 422
    sent(branch, submission, help_reason="责任有争议", is_confirmed="on")

    assert Escalation.objects.get().pack["help_reason"] == "责任有争议"


def test_the_service_wants_the_reason_whatever_the_page(branch: Branch):
    submission = waiting(branch, "50000")
    with pytest.raises(Refused) as refusal:
        services.escalate(current(submission), Verdict("refer_up", 2, **WORDS), by=branch.manager)

    assert refusal.value.ruling.codes == ("no_help_reason",)


def test_the_page_costs_the_same_for_many_rows(branch: Branch, client):
    client.force_login(branch.manager)
    address = f"{REVIEW}?action=escalate"
    ids = [waiting(branch, "600000", "adjudicator").pk for _ in range(5)]
    few = "".join(f"&id={pk}" for pk in ids[:2])
    many = "".join(f"&id={pk}" for pk in ids)
    assert cost(client, address + few) == cost(client, address + many)


def cost(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_the_pack_asks_for_what_is_in_force(branch: Branch):
    PackItem.objects.exclude(name="照片").update(valid_to="2020-01-01")
    pack = services.pack_of(waiting(branch, "600000"))

    assert pack["items"] == [{"name": "照片", "is_present": False}]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_pack_item_dates_in_order", {"valid_to": "2000-01-01"}),
        ("cases_pack_item_names_a_paper", {"paper_kinds": []}),
        ("cases_pack_item_loss_class_known", {"loss_class": "soul"}),
    ],
)
def test_the_database_refuses(db, constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PackItem.objects.filter(name="照片").update(**values)
