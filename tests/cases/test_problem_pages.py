"""问题件 on the screen: list, finding, several confirmed at once, the tab of the case, the workbench."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases import services
from cases.models import ProblemFinding
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, assessed_case, in_post, send
from tests.cases.test_problems import Scene


@pytest.fixture
def scene(branch: Branch) -> Scene:
    unit_head, quality = in_post("UNIT_HEAD", branch.unit).staff, in_post("QM", branch.department).staff
    return Scene(branch, adjusted_case(branch), unit_head, quality)


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def listed(staff: Staff, query: str = "") -> list[str]:
    response = client_of(staff).get(f"{reverse('cases:problems')}?{query}")
    assert response.status_code == 200
    return sorted(row.record.number for row in response.context["rows"])


def test_the_list_narrows(scene: Scene):
    first, second = scene.find(), scene.find(class_code="P5", severity="serious")
    services.reply_to_problem(second, "accepts", "属实", by=scene.unit_head)

    assert listed(scene.branch.adjudicator) == [first.number, second.number]
    for query in ("problem_class=P5", "severity=serious", "status=replied", "month=2019-01"):
        expected = [] if query.startswith("month") else [second.number]
        assert listed(scene.branch.adjudicator, query) == expected
    assert listed(scene.unit_head, "mine=reply") == [first.number]
    assert listed(scene.unit_head, "mine=correct") == [second.number]
    assert listed(scene.quality, "mine=confirm") == [second.number]
    assert listed(scene.quality, f"unit={scene.branch.unit.pk}&status=uncorrected") == [
        first.number,
        second.number,
    ]


def test_the_register_holds_what_was_found(scene: Scene):
    found = scene.replied()
    response = client_of(scene.quality).get(reverse("cases:problems"), {"as": "xlsx"})
    heading, row = load_workbook(BytesIO(response.content)).active.values

    told = dict(zip(heading, row, strict=True))
    assert (told["编号"], told["问题描述"], told["答复"]) == (found.number, found.description, "说明情况")
    assert "R21" in client_of(scene.quality).get(reverse("cases:problems"), {"as": "print"}).content.decode()


def test_a_problem_is_found_on_the_case_page(scene: Scene):
    case, client = scene.case, client_of(scene.quality)
    assert "登记问题件" in client.get(f"{case.get_absolute_url()}?tab=related").content.decode()
    address = reverse("cases:problem_new", args=[case.pk])
    problem_class = scene.find().problem_class_id
    sent = {"problem_class": problem_class, "severity": "normal", "step": "survey", "source": "quality"}

    assert client.post(address, sent).status_code == 422
    response = client.post(address, {**sent, "description": "无照片", "needs_correction": "on"})
    made = ProblemFinding.objects.latest("pk")
    assert (response.url, made.description, made.source) == (made.get_absolute_url(), "无照片", "quality")


def test_the_doors_are_those_of_the_person(scene: Scene):
    found = scene.find()

    def doors(staff: Staff) -> list[str]:
        return [name for name, _, _ in client_of(staff).get(found.get_absolute_url()).context["doors"]]

    assert doors(scene.unit_head) == ["reply", "correct", "appeal"]
    assert doors(scene.quality) == ["amend", "withdraw"]
    assert doors(scene.branch.adjudicator) == []
    services.appeal_problem(found, "请复核", by=scene.unit_head)
    assert doors(scene.branch.office_head) == ["look"]


def test_what_the_service_refuses_is_said_on_the_form(scene: Scene):
    found = scene.appealed()
    address = reverse("cases:problem_act", args=[found.pk, "look"])
    response = client_of(scene.branch.office_head).post(
        address, {"look": "reduced", "points": 9, "opinion": "减轻"}
    )

    assert response.status_code == 422
    assert "减轻后的扣分须低于 3 分" in response.content.decode()


def test_the_events_of_a_finding_are_its_own(scene: Scene):
    other, found = scene.find(), scene.replied()
    response = client_of(scene.quality).get(found.get_absolute_url())

    assert [event.title for event in response.context["events"]] == ["答复问题件", "登记问题件"]
    assert other.number not in response.content.decode()


def test_several_are_confirmed_each_on_its_own(scene: Scene):
    ready, waiting = scene.replied(), scene.find()
    response = client_of(scene.quality).post(
        reverse("cases:problems_to_confirm"), {"finding": [ready.pk, waiting.pk]}
    )

    assert (response.context["done"], response.context["failed"]) == (1, 0)
    ready.refresh_from_db()
    waiting.refresh_from_db()
    assert (ready.status, waiting.status) == ("confirmed", "found")


def test_the_workbench_tells_what_is_owed(scene: Scene):
    scene.find()
    text = client_of(scene.unit_head).get(reverse("cases:workbench")).content.decode()

    assert "问题件待答复" in text


def test_a_return_without_a_step_done_blames_who_submitted(scene: Scene):
    case = assessed_case(scene.branch)
    step = send(case, "damage_review", by=scene.branch.clerk).chain.get(status="now")
    verdict = services.Verdict(
        "return", step.submission.case.version, "缺件", return_to="submit", problem_codes=("P5",)
    )
    services.decide(step, verdict, by=scene.branch.damage_reviewer)

    assert ProblemFinding.objects.get(case=case).number in listed(scene.branch.clerk)


@pytest.mark.parametrize("page", ["cases:problems", "cases:problems_to_confirm"])
def test_lists_cost_the_same_for_many(scene: Scene, page: str, assert_flat_queries, client):
    client.force_login(scene.quality)

    assert_flat_queries(reverse(page), grow=scene.replied)
