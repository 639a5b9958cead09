"""问题件通报 R21: drafted, written, signed, received, corrected; what it freezes; what findings add up to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.models import LedgerEntry
from cases import services
from cases.models import FeedbackLetter, ProblemFinding
from cases.problems import figures
from cases.services import SecondLook, feedback
from cases.services.feedback import Text
from departments.models import OutboxMessage
from tests.cases.branch import Branch, adjusted_case, in_post
from tests.cases.test_problem_pages import client_of
from tests.cases.test_problems import Scene, refusals

MONTH = timezone.localdate().replace(day=1)


@pytest.fixture
def scene(branch: Branch) -> Scene:
    unit_head, quality = in_post("UNIT_HEAD", branch.unit).staff, in_post("QM", branch.department).staff
    return Scene(branch, adjusted_case(branch), unit_head, quality)


def confirmed(scene: Scene, **fields: str) -> ProblemFinding:
    found = services.reply_to_problem(scene.find(**fields), "accepts", "属实", by=scene.unit_head)
    return services.confirm_problem(found, by=scene.quality)


def drafted(scene: Scene) -> FeedbackLetter:
    return feedback.draft_letter(scene.branch.unit, timezone.localdate().replace(day=1), by=scene.quality)


def issued(scene: Scene) -> FeedbackLetter:
    return feedback.sign_letter(drafted(scene), by=scene.branch.office_head)


def test_a_draft_holds_what_counts_in_the_month(scene: Scene):
    first, second = confirmed(scene, class_code="P5"), confirmed(scene)
    scene.replied()
    letter = drafted(scene)

    assert [line.finding for line in letter.lines.all()] == [second, first]
    assert letter.summary.startswith("本月确认问题件 2 件，扣 5 分")
    assert refusals(lambda: drafted(scene)) == ["already_drafted"]


def test_a_letter_is_signed_by_another_and_freezes(scene: Scene, guarded):
    found, letter = confirmed(scene), drafted(scene)
    remark = {letter.lines.get().pk: "限期整改"}
    feedback.edit_letter(letter, Text("总体尚可", "逐件整改", remark), by=scene.quality)
    assert refusals(lambda: feedback.sign_letter(letter, by=scene.quality)) == [
        "not_office_head",
        "own_draft",
    ]

    signed = feedback.sign_letter(letter, by=scene.branch.office_head)
    guarded()
    found.refresh_from_db()
    assert (signed.number[-2:], signed.lines.get().remark) == ("1号", "限期整改")
    assert found.frozen_at == signed.signed_at
    assert refusals(lambda: services.appeal_problem(found, "不服", by=scene.unit_head)) == ["frozen"]
    told = OutboxMessage.objects.filter(payload__url=signed.get_absolute_url())
    assert told.get().payload["recipient"] == scene.unit_head.pk


def test_what_is_confirmed_after_the_letter_counts_next_month(scene: Scene):
    confirmed(scene)
    issued(scene)

    late = confirmed(scene, class_code="P5")
    assert late.period == (MONTH + timedelta(days=32)).replace(day=1)
    assert refusals(lambda: feedback.correct_letter(issued_letter(), " ", by=scene.quality)) == ["no_reason"]


def issued_letter() -> FeedbackLetter:
    return FeedbackLetter.objects.issued().get()


def test_a_letter_without_findings_is_not_signed(scene: Scene):
    letter = drafted(scene)

    assert refusals(lambda: feedback.sign_letter(letter, by=scene.branch.office_head)) == ["empty"]
    confirmed(scene)
    assert feedback.refresh_letter(letter, by=scene.quality).lines.count() == 1


def test_an_appeal_before_the_signature_leaves_the_letter(scene: Scene):
    found, kept = confirmed(scene), confirmed(scene, class_code="P5")
    letter = drafted(scene)
    services.appeal_problem(found, "请复核", by=scene.unit_head)

    signed = feedback.sign_letter(letter, by=scene.branch.office_head)
    assert [line.finding for line in signed.lines.all()] == [kept]


def test_the_head_of_the_unit_receives_it(scene: Scene):
    confirmed(scene)
    letter = issued(scene)
    assert refusals(lambda: feedback.receive_letter(letter, by=scene.branch.manager)) == ["not_unit_head"]

    received = feedback.receive_letter(letter, "已组织学习", by=scene.unit_head)
    assert (received.status, received.received_by) == ("received", scene.unit_head)
    acts = LedgerEntry.objects.filter(chain=f"feedback:{letter.pk}").values_list("action", flat=True)
    assert list(acts.order_by("sequence")) == ["draft_letter", "sign_letter", "receive_letter"]


def test_a_correction_is_a_further_version(scene: Scene, guarded):
    found = confirmed(scene)
    letter = issued(scene)
    second = feedback.correct_letter(letter, "责任人有误", by=scene.quality)
    services.appeal_problem(found, "请复核", by=scene.unit_head)
    services.look_again(found, SecondLook("reduced", "减轻", 1), by=scene.branch.office_head)
    late = ProblemFinding.objects.get(pk=found.pk)

    assert late.period != MONTH  # the letter of the month is still in force
    assert refusals(lambda: feedback.sign_letter(second, by=scene.branch.office_head)) == ["empty"]
    confirmed_before = FeedbackLetter.objects.get(pk=letter.pk)
    assert (confirmed_before.status, confirmed_before.lines.get().points) == ("issued", 3)
    guarded()


def test_the_newer_version_takes_the_place_of_the_older(scene: Scene):
    confirmed(scene)
    letter = issued(scene)
    second = feedback.correct_letter(letter, "更正要求", by=scene.quality)
    feedback.sign_letter(second, by=scene.branch.office_head)

    letter.refresh_from_db()
    second.refresh_from_db()
    assert (letter.status, second.status, second.number) == ("superseded", "issued", letter.number)
    assert ProblemFinding.objects.get().frozen_at == second.signed_at


def test_figures_for_the_assessment(scene: Scene):
    confirmed(scene)
    confirmed(scene, class_code="P9", severity="serious")
    services.withdraw_problem(scene.find(), "误登", by=scene.quality)
    other = in_post("UNIT_HEAD", scene.branch.department).post.unit_id
    found = figures.figures_of([scene.branch.unit.pk, other], MONTH, MONTH)[scene.branch.unit.pk]

    assert (found.found, found.confirmed, found.points, found.lifted) == (3, 2, 23, 1)
    assert (found.due, found.in_time, found.reply_rate) == (2, 2, Decimal(100))
    assert found.uncorrected == 2
    assert figures.figures_of([other], MONTH, MONTH)[other].points_per_thousand is None


def test_repeat_offenders_and_classes(scene: Scene):
    for _ in range(3):
        confirmed(scene, person=scene.branch.surveyor)
    units = [scene.branch.unit.pk]

    assert [one.count for one in figures.repeat_offenders(units, MONTH, MONTH, 3)] == [3]
    assert figures.repeat_offenders(units, MONTH, MONTH, 4) == []
    assert [(one.code, one.points) for one in figures.top_classes(units, MONTH, MONTH)] == [("P2", 9)]


def test_every_number_of_the_matrix_leads_to_its_findings(scene: Scene):
    confirmed(scene)
    confirmed(scene, class_code="P5")
    client = client_of(scene.quality)
    span = {"since": f"{MONTH:%Y-%m}", "until": f"{MONTH:%Y-%m}"}
    (line,) = client.get(reverse("cases:problem_matrix"), span).context["board"].lines

    for cell in [*line.classes, *line.months]:
        if cell.url:
            assert len(client.get(cell.url).context["rows"]) == cell.count
    assert sum(cell.count for cell in line.classes) == 2


@pytest.mark.parametrize("way", ["", "xlsx", "print"])
def test_the_matrix_opens(scene: Scene, way: str):
    response = client_of(scene.quality).get(reverse("cases:problem_matrix"), {"as": way, "since": "2026-13"})

    assert response.status_code == 200


def test_the_letter_as_a_workbook_and_on_paper(scene: Scene):
    confirmed(scene)
    letter = issued(scene)
    client = client_of(scene.unit_head)
    book = load_workbook(
        BytesIO(client.get(reverse("cases:feedback_letter_export", args=[letter.pk])).content)
    )
    paper = client.get(reverse("cases:feedback_letter_print", args=[letter.pk])).content.decode()

    assert [row[2].value for row in book["明细"].rows][1] == "P2 查勘"
    assert all(text in paper for text in (letter.number, "整改要求", "签收："))


def test_a_letter_is_written_on_its_page(scene: Scene):
    confirmed(scene)
    client = client_of(scene.quality)
    month = f"{MONTH:%Y-%m}"
    response = client.post(
        reverse("cases:feedback_letter_new"), {"unit": scene.branch.unit.pk, "month": month}
    )
    letter = FeedbackLetter.objects.get()
    assert response.url == letter.get_absolute_url()
    sent = {"summary": "尚可", "demands": "整改", f"remark_{letter.lines.get().pk}": "限期"}
    client.post(letter.get_absolute_url(), sent)

    letter.refresh_from_db()
    assert (letter.summary, letter.lines.get().remark) == ("尚可", "限期")
    assert client.get(letter.get_absolute_url()).context["may_sign"].codes == ("not_office_head", "own_draft")
    assert client_of(scene.unit_head).get(letter.get_absolute_url()).status_code == 404


def test_the_list_of_letters_costs_the_same_for_many(scene: Scene, assert_flat_queries, client):
    client.force_login(scene.quality)
    months = iter(range(1, 9))

    def grow() -> None:
        feedback.draft_letter(scene.branch.unit, date(2025, next(months), 1), by=scene.quality)

    assert_flat_queries(reverse("cases:feedback_letters"), grow=grow)


def test_the_matrix_costs_the_same_for_many(scene: Scene, assert_flat_queries, client):
    client.force_login(scene.quality)

    assert_flat_queries(reverse("cases:problem_matrix"), grow=lambda: confirmed(scene))
