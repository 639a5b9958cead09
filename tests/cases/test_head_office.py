"""上报总公司 in depth: deadlines, ways of sending, conditions, reminders, figures."""

import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.models import ReferralRule
from authority.refusals import Refused
from cases import services
from cases.escalation import drop
from cases.escalation.reminding import remind
from cases.models import AnswerTerm, CasePaper, ClaimCase, Escalation, EscalationReminder, Transmission
from cases.services import Answer
from cases.services.terms import term_for
from departments.delivery import MOST_ATTEMPTS, deliver_waiting
from departments.models import OutboxMessage
from tests.cases.branch import Branch, adjusted_case, say, send
from tests.cases.viewers import client_of

FIGURES = "/cases/escalations/figures/"


@pytest.fixture(autouse=True)
def folders(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ESCALATION_DROP = ""


@pytest.fixture
def drop_folder(settings, tmp_path: Path) -> Path:
    settings.ESCALATION_DROP = str(tmp_path / "up")
    return tmp_path / "up"


def sent_up(branch: Branch, amount: str = "900000") -> Escalation:
    submission = send(adjusted_case(branch, amount), by=branch.clerk)
    fields = {"opinion": "建议同意", "missing_papers": "照片在核心系统"}
    for person in (branch.adjudicator, branch.manager):
        say(submission, "refer_up", by=person, **fields)
    return Escalation.objects.get(submission=submission)


def answered(branch: Branch, answer: str = "agreed", conditions: str = "", **fields) -> Escalation:
    escalation = sent_up(branch)
    said = Answer(answer, "1号", conditions=conditions, **fields)
    services.answer_escalation(escalation, said, by=branch.head_office_reviewer)
    escalation.refresh_from_db()
    return escalation


def codes(act, *args, **kwargs) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return set(refusal.value.ruling.codes)


@pytest.mark.parametrize(
    ("item", "amount", "level"),
    [
        ("adjudication", 900_000, "reviewer"),
        ("adjudication", 2_000_000, "head"),
        ("litigation", 9, "reviewer"),
    ],
)
def test_the_term_follows_from_item_and_amount(db, item: str, amount: int, level: str):
    now = timezone.now()
    term = term_for(item, Decimal(amount), now)

    assert (term.level, term.due_at is not None) == (level, True)
    assert now < term.warn_at < term.due_at


def test_an_item_of_its_own_goes_before_the_general_rule(db):
    shorter, usual = (term_for(item, Decimal(9), timezone.now()) for item in ("injury_mediation", "x"))

    assert shorter.due_at < usual.due_at


def test_without_a_rule_nothing_is_due(db):
    AnswerTerm.objects.all().delete()

    assert term_for("adjudication", Decimal(1), timezone.now()).due_at is None


def test_the_deadline_is_kept_with_the_escalation(branch: Branch):
    escalation = sent_up(branch, "2000000")

    assert (escalation.level, escalation.due_at > escalation.warn_at) == ("head", True)
    assert [one.kind for one in escalation.transmissions.all()] == ["system"]


def test_a_pack_is_dropped_as_one_file(branch: Branch, drop_folder: Path):
    escalation = sent_up(branch)
    paper = CasePaper(
        case=escalation.case, kind="photo", name="现场.png", content_type="image/png", size=9,
        sha256="a" * 64, uploaded_by=branch.clerk,
    )  # fmt: skip
    paper.file.save("x.png", ContentFile(b"\x89PNG\r\n\x1a\n."))
    deliver_waiting()

    sent = escalation.transmissions.get(kind="file")
    with ZipFile(drop_folder / sent.file_name) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
        manifest = json.loads(archive.read(f"{escalation.number}/manifest.json"))
        html = archive.read(f"{escalation.number}/上报表.html").decode()
    assert {"上报表.html", "上报表.xlsx", "form.css", "manifest.json"} <= names
    assert f"材料/{paper.pk}-照片-现场.png" in names
    assert (manifest["number"], manifest["times"], manifest["amount"]) == (escalation.number, 1, "900000.00")
    assert "建议同意" in html
    assert "初核意见" in html
    assert len(sent.sha256) == 64


def test_a_deliverer_killed_after_the_file_changes_nothing(branch: Branch, drop_folder: Path):
    """The file lies there whole, the message waits: the next round only writes down that it is done."""
    escalation = sent_up(branch)
    sent = escalation.transmissions.get(kind="file")
    drop.write(drop.folder() / sent.file_name, drop.zip_of(sent))
    before = (drop_folder / sent.file_name).read_bytes()
    deliver_waiting()
    deliver_waiting()

    assert (drop_folder / sent.file_name).read_bytes() == before
    assert [path.name for path in drop_folder.iterdir()] == [sent.file_name]
    assert drop.state_of(Transmission.objects.select_related("outbox").get(pk=sent.pk)) == ("已投递", "done")


def test_a_folder_that_cannot_be_written_is_shown_and_sent_again(branch: Branch, drop_folder: Path, settings):
    drop_folder.write_text("not a folder")
    escalation = sent_up(branch)
    for _ in range(MOST_ATTEMPTS):
        deliver_waiting()
    assert "投递失败" in client_of(branch.manager).get(escalation.get_absolute_url()).text

    drop_folder.unlink()
    assert "no_reason" in codes(services.drop_again, escalation, " ", by=branch.manager)
    services.drop_again(escalation, "目录已修复", by=branch.manager)
    deliver_waiting()
    assert [path.name for path in drop_folder.iterdir()] == [f"{escalation.number}-2.zip"]


def test_without_a_folder_nothing_is_dropped(branch: Branch):
    escalation = sent_up(branch)

    assert codes(services.drop_again, escalation, "x", by=branch.manager) == {"no_folder"}
    assert codes(services.note_printed, escalation, by=branch.statistician) == {"not_handling"}
    assert services.note_printed(escalation, by=branch.manager).kind == "printed"


def test_each_condition_is_checked_before_the_whole_is_confirmed(branch: Branch):
    escalation = answered(branch, conditions="残值入账\n取得原件\n")
    first, second = escalation.demands.all()
    assert codes(services.confirm_execution, escalation, by=branch.clerk) == {"conditions_open"}

    services.check_condition(first, "met", "入账凭证 1 号", by=branch.clerk)
    services.check_condition(second, "failed", "原件已遗失", by=branch.clerk)
    assert codes(services.confirm_execution, escalation, by=branch.clerk) == {"conditions_failed"}
    told = OutboxMessage.objects.filter(payload__kind="condition_failed")
    assert told.get().payload["recipient"] == branch.manager.pk
    services.check_condition(second, "met", "补开证明", by=branch.clerk)
    assert services.confirm_execution(escalation, by=branch.clerk).status == "executed"


def test_who_answered_does_not_check_and_nobody_without_evidence(branch: Branch):
    condition = answered(branch, conditions="残值入账").demands.get()

    assert "head_office" in codes(
        services.check_condition, condition, "met", "x", by=branch.head_office_reviewer
    )
    assert codes(services.check_condition, condition, "open", " ", by=branch.clerk) == {
        "no_evidence", "unknown_status",
    }  # fmt: skip


def test_a_refusal_has_no_conditions_but_a_reason(branch: Branch):
    assert not answered(branch, "refused", "证据不足\n补充后再报").demands.exists()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_condition_checked_by_somebody", {"status": "met"}),
        ("cases_condition_said", {"text": ""}),
    ],
)
def test_the_database_refuses_a_condition(branch: Branch, constraint: str, values: dict):
    condition = answered(branch, conditions="残值入账").demands.get()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(condition).objects.filter(pk=condition.pk).update(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_transmission_kind_known", {"kind": "pigeon"}),
        ("cases_transmission_files_are_promised", {"kind": "file"}),
        ("cases_transmission_one_per_place", {"number": 1}),
    ],
)
def test_the_database_refuses_a_transmission(branch: Branch, constraint: str, values: dict):
    escalation = sent_up(branch)
    row = {"kind": "system", "number": 2, "sent_by": branch.manager, "sent_at": timezone.now()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Transmission.objects.create(escalation=escalation, **{**row, **values})


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_answer_term_amount", {"amount_over": -1}),
        ("cases_answer_term_level_known", {"level": "minister"}),
        ("cases_answer_term_dates_in_order", {"valid_to": "2001-01-01"}),
        ("cases_answer_term_one_version", {"item": ""}),
    ],
)
def test_the_database_refuses_a_term(db, constraint: str, values: dict):
    row = {"item": "x", "level": "head", "clock": "x", "source": "x", "valid_from": "2020-01-01"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AnswerTerm.objects.create(**{**row, **values})


def test_sender_and_superior_are_reminded_before_and_after_once(branch: Branch):
    escalation = sent_up(branch)
    now = timezone.now()
    Escalation.objects.update(warn_at=now - timedelta(hours=1), due_at=now + timedelta(hours=1))
    assert (remind(), remind()) == (1, 0)  # nobody of the branch stands above its manager here

    Escalation.objects.update(due_at=now - timedelta(minutes=1))
    assert (remind(), remind()) == (1, 0)
    marks = EscalationReminder.objects.filter(escalation=escalation).values_list("mark", "told")
    assert set(marks) == {("warning", branch.manager.pk), ("overdue", branch.manager.pk)}
    with pytest.raises(IntegrityError, match="cases_reminder_once"), transaction.atomic():
        EscalationReminder.objects.create(
            escalation=escalation, mark="overdue", told=branch.manager, told_at=now
        )


def test_who_stands_above_the_sender_is_reminded_too(branch: Branch):
    escalation = sent_up(branch)
    Escalation.objects.update(sent_by=branch.adjudicator, due_at=timezone.now())

    assert remind() == 2
    told = set(EscalationReminder.objects.filter(escalation=escalation).values_list("told", flat=True))
    assert told == {branch.adjudicator.pk, branch.office_head.pk}


def test_what_is_answered_is_not_reminded_of(branch: Branch):
    answered(branch)
    Escalation.objects.update(due_at=timezone.now() - timedelta(days=1))

    assert remind() == 0


@pytest.mark.parametrize("by", ["unit", "item", "month"])
def test_every_figure_opens_exactly_its_cases(branch: Branch, by: str):
    for answer in ("agreed", "refused"):
        answered(branch, answer)
    sent_up(branch)
    client = client_of(branch.manager)
    page = client.get(f"{FIGURES}?by={by}")

    for line in (*page.context["lines"], page.context["total"]):
        for cell in line.cells:
            rows = client.get(cell.url).context["rows"]
            assert len(rows) == cell.count
    assert [cell.count for cell in page.context["total"].cells] == [3, 1, 0, 1, 1, 0, 0, 2]


def test_the_figures_go_into_a_file_and_on_paper(branch: Branch):
    answered(branch)
    client = client_of(branch.manager)
    book = load_workbook(BytesIO(client.get(f"{FIGURES}?as=xlsx").content), read_only=True)

    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["机构", "绵阳中支", "合计"]
    assert "制表" in client.get(f"{FIGURES}?as=print").text


def test_the_form_is_printed_with_opinions_and_proposal(branch: Branch):
    escalation = answered(branch, conditions="残值入账")
    page = client_of(branch.manager).get(reverse("cases:escalation_print", args=[escalation.pk])).text

    for text in ("车险超权限案件上报表", "初核意见", "建议同意", "照片在核心系统", "残值入账", "玖拾万元整"):
        assert text in page


def test_late_and_unexecuted_are_found_in_the_list(branch: Branch):
    late, done = sent_up(branch), answered(branch)
    Escalation.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    client = client_of(branch.manager)
    found = {
        state: [row.record.pk for row in client.get(f"/cases/escalations/?state={state}").context["rows"]]
        for state in ("waiting", "late", "unexecuted", "executed", "conditions")
    }

    assert found == {
        "waiting": [late.pk], "late": [late.pk], "unexecuted": [done.pk], "executed": [], "conditions": [],
    }  # fmt: skip


def test_the_page_of_an_escalation_checks_a_condition(branch: Branch):
    escalation = answered(branch, conditions="残值入账")
    client, condition = client_of(branch.clerk), escalation.demands.get()
    address = reverse("cases:escalation_condition", args=[condition.pk])
    assert address in client.get(escalation.get_absolute_url()).text

    assert client.post(address, {"status": "met", "evidence": "凭证 1 号"}).status_code == 302
    condition.refresh_from_db()
    assert condition.status == "met"
    assert ClaimCase.objects.get(pk=escalation.case_id).stage == "approved"


def test_whom_a_rule_wants_told_hears_of_head_offices_answer(branch: Branch):
    ReferralRule.objects.create(
        code="HEARD", name="大额须报告", kind="notify", items=["adjudication"], post="STAT", text="x",
        source="x", valid_from="2020-01-01",
    )  # fmt: skip
    answered(branch)

    told = OutboxMessage.objects.filter(payload__kind="decided", payload__recipient=branch.statistician.pk)
    assert told.count() == 1
