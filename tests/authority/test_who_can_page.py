"""谁能批: everybody may ask, and is told who can, who nearly can and what stands in the way."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.approvers import address_of
from authority.rulings import Matter, StepDone
from tests.authority.pages import another_grant, page
from tests.factories import AbsenceFactory, EmergencyFactory, StandInFactory

pytestmark = pytest.mark.django_db


def question(branch, **values: object) -> dict[str, object]:
    return {
        "item": "adjudication",
        "amount": "100000",
        "unit": branch.units["my"].path,
        "lines": "third_party",
        "loss_classes": "vehicle",
        **values,
    }


def asked(client, branch, **values: object):
    return page(client, "who_can", **question(branch, **values)).context["found"]


def test_everybody_may_ask_who_can(client, branch, in_force):
    client.force_login(branch.clerk)

    assert page(client, "who_can").context["found"] is None
    found = asked(client, branch)

    assert [one.holder.name for one in found.able] == ["核赔员"]
    assert (found.chain.final.name, found.near, found.others) == ("核赔员", (), ())


def test_who_nearly_can_and_what_is_missing(as_head, branch, in_force):
    found = asked(as_head, branch, amount="100000.01")

    assert [one.ruling.near_misses for one in found.near] == [("超出 0.01 元",)]
    assert found.chain.ends_at == "head_office"
    assert "上报总公司" in page(as_head, "who_can", **question(branch, amount="9999999")).content.decode()


def test_who_holds_the_item_but_cannot(as_head, branch):
    branch.grant(branch.in_force(), litigation="no")

    found = asked(as_head, branch, is_litigated="on")

    assert [one.post_name for one in found.others] == ["核赔员岗"]
    assert found.others[0].limit == 10_000_000


def test_a_hard_stop_stops_everybody(as_head, branch, in_force):
    text = page(as_head, "who_can", **question(branch, flags="frozen")).content.decode()

    assert "任何人都不能批" in text


def test_notices_are_shown_whoever_decides(as_head, branch, in_force):
    found = asked(as_head, branch, flags="suspected_fraud")

    assert [notice.code for notice in found.notices] == ["must_consult:SUSPECTED_FRAUD"]


def test_who_stands_in_is_named_with_whom_he_stands_in_for(as_head, branch, in_force):
    """And who was given it for hours; who is away is not asked, and said to be away."""
    now = timezone.now()
    absence = AbsenceFactory(staff=branch.adjudicator, starts_at=now - timedelta(hours=1))
    StandInFactory(absence=absence, delegate=branch.deputy, accepted=True)
    EmergencyFactory(based_on=in_force, holder=branch.sub_head, amount_max=100_000)

    text = page(as_head, "who_can", **question(branch)).content.decode()

    assert "副经理（代核赔员）" in text
    assert "代 核赔员" in text
    assert "临时授权" in text
    assert "休假中，不经过：核赔员" in text


def test_half_a_question_is_asked_again(as_head, branch):
    answer = page(as_head, "who_can", item="adjudication")

    assert answer.status_code == 422
    assert "amount" in answer.context["form"].errors


def test_asking_costs_the_same_for_many(as_head, branch, in_force, assert_flat_queries):
    query = "&".join(f"{name}={value}" for name, value in question(branch).items())
    url = f"{reverse('authority:who_can')}?{query}"

    assert_flat_queries(url, grow=lambda: another_grant(branch, in_force.letter))


def test_a_case_brings_its_matter_along(as_head, branch, in_force):
    matter = Matter(
        item="adjudication",
        measure="case_total",
        amounts={"case_total": 23_890_050, "item": 1},
        unit_path=branch.units["my"].path,
        lines=frozenset({"ctpl", "third_party"}),
        loss_classes=frozenset({"injury"}),
        is_litigated=True,
        flags=frozenset({"death", "flag_of_no_rule"}),
        steps=(StepDone("survey", branch.adjudicator.pk), StepDone("submit", 7)),
    )

    form = as_head.get(address_of(matter)).context["form"]

    assert form.is_valid(), form.errors
    asked = form.matter()
    assert asked.amounts["case_total"] == 23_890_050
    assert (asked.lines, asked.is_litigated, asked.flags) == (matter.lines, True, {"death"})
    assert asked.steps == matter.steps


def test_who_surveyed_the_case_does_not_adjudicate_it(as_head, branch, in_force):
    found = asked(as_head, branch, steps=f"survey:{branch.adjudicator.pk},nonsense")

    assert (found.able, found.others[0].ruling.codes) == ((), ("sod:SOD-02",))
