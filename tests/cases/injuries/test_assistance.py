"""非车险人伤协助: asked, answered in time by the right people, withdrawn; no case of ours moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.injuries.assistance import Dues
from cases.models import AssistancePaper, InjuryAssistance
from cases.services import assisting
from cases.services.assisting import Opinion
from departments.models import AccessRecord
from tests.cases.injuries.factories import AssistanceFactory, AssistancePaperFactory
from tests.cast import hold
from tests.factories import SHANGHAI, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def medical(world):
    staff = StaffFactory(name="医审员")
    hold(staff, world["inj"], "INJ_REV")
    return staff


def asked(world, medical, **fields):
    facts = {
        "unit": world["dy"],
        "line": "employer",
        "department": "责任险理赔部",
        "asked_by": "何静",
        "injured_name": "周秀英",
        "subject": "审核误工费",
        "asked_at": timezone.now(),
        "assigned_to": medical,
    }
    return assisting.record_assistance({**facts, **fields}, by=world["clerk"])


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refusal.value.ruling.objections]


def test_from_the_request_to_the_opinion(world, medical):
    found = asked(world, medical)

    done = assisting.answer_assistance(found, Opinion("按 90 日核定", Decimal("9000")), by=medical)

    assert (done.state, done.answered_by, done.advised) == ("answered", medical, Decimal(9000))


def test_only_medical_people_answer_and_only_once(world, medical):
    found = asked(world, medical)

    with pytest.raises(Refused) as refusal:
        assisting.answer_assistance(found, Opinion("同意"), by=world["clerk"])
    assert codes(refusal) == ["not_medical"]
    with pytest.raises(Refused) as refusal:
        assisting.answer_assistance(found, Opinion(" "), by=medical)
    assert codes(refusal) == ["no_opinion"]
    assisting.answer_assistance(found, Opinion("同意"), by=medical)
    with pytest.raises(Refused) as refusal:
        assisting.answer_assistance(found, Opinion("不同意"), by=medical)
    assert codes(refusal) == ["not_open"]


def test_requests_are_taken_in_for_units_one_sees(world, medical):
    with pytest.raises(Refused) as refusal:
        asked(world, medical, unit=world["my"])

    assert codes(refusal) == ["not_seeing"]


def test_an_answer_is_due_after_three_working_days():
    """A Friday: Monday is the first of the three."""
    friday = datetime(2026, 11, 20, 15, tzinfo=SHANGHAI)

    found = AssistanceFactory(asked_at=friday, recorded_at=timezone.now())

    assert Dues.today().due_on(found) == date(2026, 11, 25)


def test_late_ones_are_found(world, medical):
    old = asked(world, medical, asked_at=timezone.now() - timedelta(days=30))
    asked(world, medical)

    rows = InjuryAssistance.objects.visible_to(world["clerk"])

    assert list(Dues.today().late(rows)) == [old]


def test_withdrawn_it_is_over(world, medical):
    found = asked(world, medical)

    assisting.withdraw_assistance(found, "已撤案", by=world["clerk"])

    with pytest.raises(Refused):
        assisting.answer_assistance(found, Opinion("同意"), by=medical)


def test_names_are_masked_in_page_file_and_sheet(world, medical, client):
    found = asked(world, medical)
    client.force_login(world["department_head"])

    pages = [
        client.get(found.get_absolute_url()).content.decode(),
        client.get(reverse("cases:assistances") + "?as=print").content.decode(),
        client.get(reverse("cases:assistance_sheet", args=[found.pk])).content.decode(),
    ]

    shown = world["department_head"].sees_personal_data
    assert [("周秀英" in page) == shown for page in pages] == [True, True, True]


def test_the_list_costs_the_same_for_many(world, client, assert_flat_queries):
    client.force_login(world["clerk"])

    assert_flat_queries(reverse("cases:assistances"), grow=lambda: AssistanceFactory(unit=world["dy"]))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_assistance_amounts", {"claimed": -1}),
        ("cases_assistance_answered_with_opinion", {"opinion": "同意"}),
        ("cases_assistance_withdrawn_with_reason", {"withdrawn_why": "已撤案"}),
        (
            "cases_assistance_times_in_order",
            {"asked_at": timezone.now() + timedelta(days=9), "recorded_at": timezone.now()},
        ),
    ],
)
def test_the_database_refuses(constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        AssistanceFactory(**values)


PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 40


def upload(content: bytes = PNG, name: str = "../病历.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def filed(world, medical, client) -> AssistancePaper:
    """By the clerk, who is logged in."""
    found = asked(world, medical)
    client.force_login(world["clerk"])
    url = reverse("cases:assistance_file", args=[found.pk])
    assert client.post(url, {"file": upload()}).status_code == 302
    return found.files.get()


def test_papers_are_filed_once_and_only_of_kinds_that_are_safe(world, medical, client, media):
    paper = filed(world, medical, client)
    url = reverse("cases:assistance_file", args=[paper.assistance_id])

    assert client.post(url, {"file": upload()}).status_code == 422
    assert client.post(url, {"file": upload(b"MZ executable", "a.png")}).status_code == 422
    chain = LedgerEntry.objects.filter(chain=f"assistance:{paper.assistance_id}")
    assert chain.filter(action="file_assistance_paper").count() == 1


def test_papers_are_served_to_who_sees_the_request(world, medical, client, media):
    paper = filed(world, medical, client)
    assert (paper.name, paper.content_type, "病历" in paper.file.name) == ("病历.png", "image/png", False)
    assert "病历.png" in client.get(paper.assistance.get_absolute_url()).content.decode()
    shown = client.get(reverse("cases:assistance_paper_view", args=[paper.pk]))
    assert (b"".join(shown.streaming_content), shown["Content-Type"]) == (PNG, "image/png")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    taken = client.get(reverse("cases:assistance_paper", args=[paper.pk]))
    assert (b"".join(taken.streaming_content), taken["Content-Disposition"][:10]) == (PNG, "attachment")
    assert AccessRecord.objects.filter(staff=world["clerk"], kind="download").count() == 2


def test_no_more_papers_once_it_is_answered(world, medical):
    found = asked(world, medical)
    assisting.answer_assistance(found, Opinion("同意"), by=medical)

    with pytest.raises(Refused) as refusal:
        assisting.file_assistance_paper(found, upload(), by=world["clerk"])
    assert codes(refusal) == ["not_open"]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_assistance_paper_once", {"sha256": "a" * 64}),
        ("cases_assistance_paper_not_empty", {"size": 0}),
    ],
)
def test_the_database_refuses_papers(constraint, values):
    first = AssistancePaperFactory(sha256="a" * 64)

    with pytest.raises(IntegrityError, match=constraint):
        AssistancePaperFactory(assistance=first.assistance, **values)


@pytest.fixture
def unnoticed() -> InjuryAssistance:
    return AssistanceFactory()


def test_it_does_not_change_without_an_entry(unnoticed, guarded):
    def change() -> None:
        InjuryAssistance.objects.filter(pk=unnoticed.pk).update(advised=1)
        guarded()

    with pytest.raises(IntegrityError, match="authority_ledger_missing"), transaction.atomic():
        change()
