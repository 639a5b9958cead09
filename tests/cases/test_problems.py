"""问题件: found, answered, put right, appealed, looked at by another, confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.courses import courses_of_cases
from cases.models import ClaimCase, ProblemClass, ProblemFinding, ProblemPoints
from cases.services import Amended, Problem, SecondLook
from departments.models import OutboxMessage, Staff
from tests.cases.branch import Branch, adjusted_case, in_post
from tests.factories import StaffFactory


@dataclass
class Scene:
    branch: Branch
    case: ClaimCase
    unit_head: Staff
    quality: Staff

    def find(self, **fields: Any) -> ProblemFinding:
        problem = {"class_code": "P2", "step": "survey", "description": "无第一现场照片", **fields}
        return services.find_problem(self.case, Problem(**problem), by=self.quality)

    def replied(self, kind: str = "explains") -> ProblemFinding:
        return services.reply_to_problem(self.find(), kind, "雨天无法拍摄", by=self.unit_head)

    def appealed(self) -> ProblemFinding:
        return services.appeal_problem(self.replied(), "请复核", by=self.unit_head)


@pytest.fixture
def scene(branch: Branch) -> Scene:
    case = adjusted_case(branch)
    return Scene(
        branch, case, in_post("UNIT_HEAD", branch.unit).staff, in_post("QM", branch.department).staff
    )


def refusals(deed: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refusal:
        deed()
    return list(refusal.value.ruling.codes)


def test_a_finding_names_unit_points_and_when_an_answer_is_due(scene: Scene):
    with time_machine.travel("2026-11-26 10:00+08:00", tick=False):  # a Thursday
        found = scene.find(severity="serious", source="quality")

    assert (found.unit, found.points, found.status) == (scene.branch.unit, 6, "found")
    assert timezone.localtime(found.reply_due_at).date() == date(2026, 12, 2)
    told = OutboxMessage.objects.filter(payload__kind="problem").values_list("payload__recipient", flat=True)
    assert list(told) == [scene.unit_head.pk]
    entry = LedgerEntry.objects.get(chain=f"case:{scene.case.pk}")
    assert (entry.action, entry.details["problem"]) == ("find_problem", found.number)


def test_the_points_are_those_of_the_day(scene: Scene):
    problem_class = ProblemClass.objects.get(code="P2")
    today = timezone.localdate()
    ProblemPoints.objects.filter(problem_class=problem_class, severity="normal").update(
        valid_to=today - timedelta(days=1)
    )
    ProblemPoints.objects.create(
        problem_class=problem_class, severity="normal", points=7, valid_from=today, source="新办法"
    )

    assert scene.find().points == 7


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"class_code": "P99"}, "no_class"),
        ({"step": "dance"}, "no_step"),
        ({"description": " "}, "no_description"),
    ],
)
def test_a_finding_is_complete(scene: Scene, fields: dict[str, Any], code: str):
    assert refusals(lambda: scene.find(**fields)) == [code]


def test_nobody_of_a_sub_branch_finds(scene: Scene):
    problem = Problem("P2", "survey", "缺照片")

    assert refusals(lambda: services.find_problem(scene.case, problem, by=scene.unit_head)) == [
        "not_reviewing"
    ]


def test_nobody_finds_against_himself(scene: Scene):
    assert refusals(lambda: scene.find(person=scene.quality)) == ["own_fault"]


def test_the_finder_puts_it_right_until_it_is_answered(scene: Scene):
    found = scene.find()
    amended = Amended("serious", "无照片，报告为空", scene.branch.surveyor)
    changed = services.amend_problem(found, amended, by=scene.quality)

    assert (changed.points, changed.person) == (6, scene.branch.surveyor)
    services.reply_to_problem(found, "accepts", "属实", by=scene.branch.surveyor)
    assert refusals(lambda: services.amend_problem(found, amended, by=scene.quality)) == ["wrong_status"]


def test_the_unit_answers_and_puts_it_right(scene: Scene, guarded):
    found = scene.replied("accepts")
    services.correct_problem(found, "已补拍", by=scene.branch.clerk)
    confirmed = services.confirm_problem(found, by=scene.branch.adjudicator)

    guarded()
    assert (confirmed.status, confirmed.period) == ("confirmed", timezone.localdate().replace(day=1))
    assert not confirmed.awaits_correction


@pytest.mark.parametrize(
    ("actor", "codes"),
    [
        (lambda scene: scene.quality, ["own_finding"]),
        (lambda scene: scene.branch.adjudicator, ["not_of_the_unit"]),
        (lambda scene: StaffFactory(admin_role="system"), ["admin_role", "not_of_the_unit"]),
    ],
    ids=["finder", "another reviewer", "administrator"],
)
def test_who_may_not_answer(scene: Scene, actor: Callable[[Scene], Staff], codes: list[str]):
    by, found = actor(scene), scene.find()

    assert refusals(lambda: services.reply_to_problem(found, "accepts", "属实", by=by)) == codes


def test_without_an_answer_it_is_confirmed_only_when_the_time_is_over(scene: Scene):
    found = scene.find()
    assert refusals(lambda: services.confirm_problem(found, by=scene.quality)) == ["not_answered"]

    with time_machine.travel(timezone.now() + timedelta(days=12)):
        assert services.confirm_problem(found, by=scene.quality).status == "confirmed"


def test_the_unit_does_not_confirm_its_own(scene: Scene):
    found = scene.replied()

    assert refusals(lambda: services.confirm_problem(found, by=scene.unit_head)) == [
        "not_reviewing",
        "own_unit",
    ]


def test_an_explanation_may_convince(scene: Scene):
    found = services.withdraw_problem(scene.replied(), "暴雨属实", by=scene.quality)

    assert (found.status, found.period) == ("lifted", None)
    assert refusals(lambda: services.appeal_problem(found, "请复核", by=scene.unit_head)) == ["wrong_status"]


@pytest.mark.parametrize(
    ("look", "points", "expected"),
    [
        ("upheld", 0, ("confirmed", 3, None)),
        ("reduced", 1, ("confirmed", 1, 3)),
        ("lifted", 0, ("lifted", 3, None)),
    ],
)
def test_another_person_looks_again(scene: Scene, look: str, points: int, expected: tuple, guarded):
    found = services.look_again(
        scene.appealed(), SecondLook(look, "已核对", points), by=scene.branch.office_head
    )

    guarded()
    assert (found.status, found.points, found.points_before) == expected
    assert (found.period is None) == (look == "lifted")


def test_who_may_not_look_again(scene: Scene):
    found, second = scene.appealed(), SecondLook("lifted", "撤销")
    assert refusals(lambda: services.look_again(found, second, by=scene.quality)) == [
        "not_office_head",
        "own_finding",
    ]
    assert refusals(lambda: services.look_again(found, second, by=scene.unit_head)) == [
        "not_office_head",
        "own_appeal",
        "own_unit",
    ]


def test_the_head_who_found_it_does_not_look_again(scene: Scene):
    found = services.find_problem(
        scene.case,
        Problem("P6", "adjust", "免赔错误", person=scene.branch.manager),
        by=scene.branch.office_head,
    )
    services.appeal_problem(found, "请复核", by=scene.unit_head)
    second = SecondLook("upheld", "维持")

    assert refusals(lambda: services.look_again(found, second, by=scene.branch.office_head)) == [
        "own_finding"
    ]
    assert refusals(lambda: services.look_again(found, second, by=scene.branch.manager)) == ["own_fault"]


def test_a_reduced_finding_costs_less(scene: Scene):
    found = scene.appealed()

    codes = refusals(
        lambda: services.look_again(found, SecondLook("reduced", "减轻", 3), by=scene.branch.office_head)
    )
    assert codes == ["not_less"]


def test_an_appeal_is_made_once_and_in_time(scene: Scene):
    found = services.confirm_problem(scene.replied(), by=scene.quality)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert refusals(lambda: services.appeal_problem(found, "请复核", by=scene.unit_head)) == ["too_late"]

    again = services.appeal_problem(found, "请复核", by=scene.unit_head)
    assert (again.status, again.period) == ("appealed", None)
    upheld = services.look_again(again, SecondLook("upheld", "维持"), by=scene.branch.office_head)
    assert refusals(lambda: services.appeal_problem(upheld, "再申诉", by=scene.unit_head)) == [
        "already_appealed"
    ]


def test_the_time_to_answer_is_a_clock_of_the_person_at_fault(scene: Scene):
    found = scene.find(person=scene.branch.surveyor)

    def clocks() -> list[tuple[str, bool]]:
        courses = courses_of_cases([scene.case.pk])
        return [(one.rule, one.course.stopped_at is None) for one in courses if one.area == "problem"]

    assert clocks() == [("problem_reply", True)]
    assert next(iter(courses_of_cases([scene.case.pk]))).owed_by_id == scene.branch.surveyor.pk
    services.appeal_problem(found, "请复核", by=scene.unit_head)
    assert sorted(clocks()) == [("problem_reply", False), ("problem_second_look", True)]
