"""案卷抽检: scoring, appeal, second look, and what the results say."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.models import CaseStep, ProblemFinding, QualitySample
from cases.quality.scoring import Line, score_of
from cases.services import drawing, inspecting
from cases.services.inspecting import Mark
from departments.models import OutboxMessage
from tests.cast import World, hold
from tests.factories import SHANGHAI, CaseFactory, StaffFactory

GOOD = Mark("good")


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        pytest.param([Line(10, "good"), Line(10, "bad")], "50.0", id="half lost"),
        pytest.param([Line(10, "good"), Line(90, "none")], "100.0", id="what does not apply is left out"),
        pytest.param([Line(12, "partial", Decimal(4)), Line(18, "good")], "86.7", id="rounded to a tenth"),
        pytest.param([Line(5, "partial", Decimal(9))], "0.0", id="no more lost than it is worth"),
        pytest.param([Line(10, "good"), Line(0, "bad", is_veto=True)], "0", id="veto"),
        pytest.param([Line(10, "good"), Line(0, "none", is_veto=True)], "100.0", id="veto does not apply"),
        pytest.param([], "100", id="nothing applies"),
    ],
)
def test_the_score(lines: list[Line], value: str):
    assert score_of(lines).value == Decimal(value)


@pytest.fixture
def inspected(world: World) -> World:
    """One file of the sub-branch, drawn for the quality officer; a second officer is there for appeals."""
    world.people["officer"] = StaffFactory(name="钱品质")
    world.people["second"] = StaffFactory(name="冯品质")
    for name in ("officer", "second"):
        hold(world[name], world["adj"], "QM")
        world[name].refresh_from_db()
    case = CaseFactory(
        closed=True, unit=world["dy"], handler=world["clerk"], approved=9000, paid=9000,
        closed_at=datetime(2026, 10, 20, 10, tzinfo=SHANGHAI),
        reported_at=datetime(2026, 10, 2, tzinfo=SHANGHAI),
    )  # fmt: skip
    moment = datetime(2026, 10, 5, tzinfo=SHANGHAI)
    CaseStep.objects.create(
        case=case, step="survey", person=world["clerk"], entered_at=moment, left_at=moment
    )
    made = drawing.draw_month(world["motor"], date(2026, 10, 1))
    world.things["sample"] = made.samples.get()
    return world


def marks(sample: QualitySample, **others: Mark) -> dict[int, Mark]:
    """All in order, but for the questions named by the step they are about."""
    found = {}
    for item in sample.sheet.items.all():
        found[item.pk] = others.pop(item.step, GOOD)
    return found


def scored(world: World, **others: Mark) -> QualitySample:
    sample = world["sample"]
    return inspecting.finish_score(sample, marks(sample, **others), "核对", by=world["officer"])


def test_a_scored_file_tells_its_unit_and_stands_in_the_ledger(inspected: World, guarded):
    sample = scored(inspected, survey=Mark("bad", note="无现场照片"))
    guarded()

    assert (sample.status, sample.score) == ("scored", Decimal("90.0"))
    assert LedgerEntry.objects.get(chain=f"quality_sample:{sample.pk}").action == "score_file"
    told = OutboxMessage.objects.filter(payload__kind="quality", payload__title__icontains="得分")
    assert {one.payload["recipient"] for one in told} == {inspected["clerk"].pk, inspected["unit_head"].pk}
    fault = sample.answers.get(verdict="bad")
    assert (fault.person, fault.deducted) == (inspected["clerk"], 10)


def test_an_unfinished_sheet_is_kept_but_gives_no_score(inspected: World):
    sample = inspected["sample"]
    some = dict(list(marks(sample).items())[:3])
    inspecting.keep_marks(sample, some, by=inspected["officer"])
    with pytest.raises(Refused) as refusal:
        inspecting.finish_score(sample, some, "", by=inspected["officer"])

    assert refusal.value.ruling.codes == ("not_finished",)
    assert sample.answers.count() == 3


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (Mark("bad"), "no_note"),
        (Mark("partial", Decimal(0), "缺一张"), "deducted"),
        (Mark("partial", Decimal(99), "缺一张"), "deducted"),
    ],
)
def test_a_fault_says_what_and_how_much(inspected: World, mark: Mark, code: str):
    with pytest.raises(Refused) as refusal:
        scored(inspected, survey=mark)

    assert refusal.value.ruling.codes == (code,)


@pytest.mark.parametrize(("who", "code"), [("second", "not_assigned"), ("unit_head", "not_inspecting")])
def test_who_may_not_score(inspected: World, who: str, code: str):
    sample = inspected["sample"]
    with pytest.raises(Refused) as refusal:
        inspecting.finish_score(sample, marks(sample), "", by=inspected[who])

    assert code in refusal.value.ruling.codes


def test_who_worked_on_the_case_may_not_be_given_it(inspected: World):
    hold(inspected["clerk"], inspected["adj"], "QM")
    with pytest.raises(Refused) as refusal:
        drawing.assign(inspected["sample"], inspected["clerk"], by=inspected["department_head"])

    assert refusal.value.ruling.codes == ("own_work",)


def test_an_appeal_is_looked_at_by_another_and_its_score_counts(inspected: World, guarded):
    sample = scored(inspected, survey=Mark("bad", note="无现场照片"))
    appealed = inspecting.appeal_score(sample, "照片在另一报案号下", by=inspected["clerk"])
    assert appealed.second_assigned_to == inspected["second"]
    with pytest.raises(Refused):
        inspecting.look_again(appealed, marks(sample), "同意", by=inspected["officer"])
    settled = inspecting.look_again(appealed, marks(sample), "照片已找到", by=inspected["second"])
    guarded()

    assert (settled.status, settled.first_score, settled.score) == ("settled", Decimal("90.0"), 100)
    with pytest.raises(Refused) as refusal:
        inspecting.appeal_score(settled, "再申诉", by=inspected["clerk"])
    assert "appealed_before" in refusal.value.ruling.codes


def test_nobody_appeals_late_and_the_score_settles_by_itself(inspected: World):
    sample = scored(inspected)
    later = timezone.now() + timedelta(days=30)
    with time_machine.travel(later):
        with pytest.raises(Refused) as refusal:
            inspecting.appeal_score(sample, "迟了", by=inspected["clerk"])
        assert inspecting.settle_due(timezone.localdate()) == 1
        assert inspecting.settle_due(timezone.localdate()) == 0

    assert refusal.value.ruling.codes == ("too_late",)


def test_the_faults_of_a_settled_file_become_findings(inspected: World, guarded):
    faults = {"survey": Mark("bad", note="无现场照片"), "assess": Mark("partial", Decimal(2), "工时偏高")}
    sample = scored(inspected, **faults)
    assert not ProblemFinding.objects.exists()
    settled = inspecting.accept_score(sample, by=inspected["unit_head"])
    guarded()

    found = ProblemFinding.objects.order_by("problem_class__rank")
    assert [(one.problem_class.code, one.severity, one.source) for one in found] == [
        ("P2", "normal", "quality"), ("P3", "minor", "quality"),
    ]  # fmt: skip
    assert (found[0].person, found[0].found_by) == (inspected["clerk"], inspected["officer"])
    assert not inspecting.has_faults_to_enter(settled)
    assert inspecting.enter_findings(settled, by=inspected["officer"]) == 0


def test_the_page_keeps_what_is_filled_in_and_shows_the_score(inspected: World, client: Client):
    client.force_login(inspected["officer"])
    sample = inspected["sample"]
    first = sample.sheet.items.first()
    sent = {f"verdict-{first.pk}": "bad", f"note-{first.pk}": "责任比例错误"}
    kept = client.post(reverse("cases:quality_sample_keep", args=[sample.pk]), sent)

    assert "已评 1 / 16 项" in kept.content.decode()
    assert "责任比例错误" in client.get(sample.get_absolute_url()).content.decode()
    refused = client.post(sample.get_absolute_url(), sent)
    assert refused.status_code == 422
    assert "项未评" in refused.content.decode()


def test_the_unit_sees_no_draft(inspected: World, client: Client):
    client.force_login(inspected["unit_head"])

    assert client.get(inspected["sample"].get_absolute_url()).status_code == 404
    assert str(inspected["sample"].case) not in client.get(reverse("cases:quality_samples")).content.decode()


def test_results_lead_to_exactly_their_files(inspected: World, client: Client):
    scored(inspected, survey=Mark("bad", note="无现场照片"))
    client.force_login(inspected["department_head"])
    page = client.get(reverse("cases:quality_results"), {"since": "2026-10"}).context["results"]

    assert [(one.name, one.average) for one in page.units] == [("德阳中支", Decimal("90.0"))]
    assert [(one.name, one.lost) for one in page.people] == [("陈立案", Decimal(10))]
    assert [one.name for one in page.classes] == ["查勘"]
    for one in (*page.units, *page.people, *page.classes):
        assert len(client.get(one.url).context["rows"]) == one.count
    other = reverse("cases:quality_samples") + f"?person={inspected['second'].pk}"
    assert client.get(other).context["rows"] == []


def test_results_as_file_and_on_paper(inspected: World, client: Client):
    scored(inspected)
    client.force_login(inspected["department_head"])
    address = reverse("cases:quality_results") + "?since=2026-10"
    book = load_workbook(BytesIO(client.get(address + "&as=xlsx").content))

    assert next(iter(book["按机构"].iter_rows(min_row=2, values_only=True)))[:2] == ("德阳中支", 1)
    assert "案卷抽检月报" in client.get(address + "&as=print").content.decode()


def test_a_special_draw_by_the_page(inspected: World, client: Client):
    client.force_login(inspected["officer"])
    rule = inspected["sample"].drawn_rule.rule
    values: dict[str, Any] = {
        "title": "十月专项", "unit": inspected["motor"].pk, "since": "2026-10-01", "until": "2026-10-31",
        "rules": [rule.pk],
    }  # fmt: skip
    answer = client.post(reverse("cases:quality_draw_new"), values, follow=True)

    assert "重抽一致" in answer.content.decode()


def test_the_list_costs_the_same_for_many_files(inspected: World, client: Client, assert_flat_queries):
    client.force_login(inspected["officer"])
    first = inspected["sample"]

    def grow() -> None:
        number = QualitySample.objects.count() + 1
        QualitySample.objects.create(
            draw=first.draw, drawn_rule=first.drawn_rule, number=number,
            case=CaseFactory(unit=inspected["dy"]), unit=inspected["dy"], sheet=first.sheet,
            due_on=first.due_on, assigned_to=inspected["officer"],
        )  # fmt: skip

    assert_flat_queries(reverse("cases:quality_samples"), grow=grow)
    assert_flat_queries(reverse("cases:quality_draw", args=[first.draw_id]), grow=grow)
