"""Drafting on the pages: forms shape the input, forged ids are no choice, errors stay with their field."""

import pytest
from django.urls import reverse

from authority.models import AuthorityItem, AuthorityLetter, PersonalGrant
from tests.authority.pages import page

pytestmark = pytest.mark.django_db


def heading(branch, **values: object) -> dict[str, object]:
    motor = branch.units["motor"].pk
    return {
        "number": "川理授〔2027〕1号",
        "title": "人员授权书",
        "mode": "by_person",
        "issuing_unit": motor,
        "scope_unit": motor,
        "basis": "管理办法",
        "valid_from": "2026-11-23",
        **values,
    }


def test_a_letter_is_drafted_like_the_one_in_force(as_head, branch, in_force):
    url = reverse("authority:letter_new") + f"?like={in_force.letter_id}"
    form = as_head.get(url).context["form"]
    assert form["title"].value() == in_force.letter.title

    as_head.post(url, heading(branch))

    letter = AuthorityLetter.objects.get(number="川理授〔2027〕1号")
    assert letter.drafted_by == branch.head
    assert letter.personalgrants.get().holder == branch.adjudicator


@pytest.mark.parametrize("like", ["x", "0"])
def test_there_is_nothing_to_draft_like(as_head, like):
    assert page(as_head, "letter_new", like=like).status_code == (404 if like == "0" else 200)


def test_a_taken_number_is_an_error_of_the_form(as_head, branch, in_force):
    answer = as_head.post(reverse("authority:letter_new"), heading(branch, number=in_force.letter.number))

    assert answer.status_code == 422
    assert "number" in answer.context["form"].errors


def test_units_one_does_not_manage_are_no_choice(client, branch):
    client.force_login(branch.sub_head)

    answer = client.post(reverse("authority:letter_new"), heading(branch))

    assert answer.status_code == 422
    assert "issuing_unit" in answer.context["form"].errors


def test_a_heading_is_changed(as_head, branch):
    letter = branch.draft()
    url = reverse("authority:letter_edit", args=[letter.pk])
    assert as_head.get(url).status_code == 200

    assert as_head.post(url, heading(branch, title="改过的标题")).status_code == 302
    letter.refresh_from_db()
    assert letter.title == "改过的标题"


def line(branch, **values: object) -> dict[str, object]:
    return {
        "clause": "第1条",
        "item": AuthorityItem.objects.get(code="adjudication").pk,
        "unit": branch.units["motor"].pk,
        "appointment": branch.adjudicator.appointments.get().pk,
        "includes_below": "on",
        "amount_max": "50000",
        "amount_min": "0",
        "lines": ["any"],
        "loss_classes": ["any"],
        "special_kinds": ["", "refusal"],
        "litigation": "no",
        "cosign_count": "0",
        **values,
    }


def test_a_line_is_added_changed_and_dropped(as_head, branch):
    letter = branch.draft()
    url = reverse("authority:letter_line_new", args=[letter.pk])
    assert as_head.get(url).context["form"].initial["clause"] == "第1条"

    assert as_head.post(url, line(branch)).status_code == 302
    grant = letter.personalgrants.get()
    assert (grant.special_kinds, grant.litigation, grant.amount_max) == (["", "refusal"], "no", 50_000)

    amounts = reverse("authority:letter_lines", args=[letter.pk])
    assert as_head.get(amounts).status_code == 200
    assert as_head.post(amounts, {f"amount_{grant.pk}": "-1"}).status_code == 422
    as_head.post(amounts, {f"amount_{grant.pk}": "60000"})
    grant.refresh_from_db()
    assert grant.amount_max == 60_000

    as_head.post(reverse("authority:letter_line_drop", args=[letter.pk, grant.pk]))
    assert not letter.personalgrants.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount_min": "60000"}, "amount_min"),
        ({"cosign_count": "1"}, "cosign_post_type"),
        ({"lines": []}, "lines"),
        ({"amount_max": "1.001"}, "amount_max"),
    ],
)
def test_a_line_that_makes_no_sense(as_head, branch, values, field):
    url = reverse("authority:letter_line_new", args=[branch.draft().pk])

    answer = as_head.post(url, line(branch, **values))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_forged_ids_are_no_choice(as_head, branch):
    letter = branch.draft(scope_unit=branch.units["adj"])
    url = reverse("authority:letter_line_new", args=[letter.pk])
    forged = line(branch, appointment=branch.clerk.appointments.get().pk, unit=branch.units["sc"].pk)

    answer = as_head.post(url, forged)

    assert set(answer.context["form"].errors) == {"appointment", "unit"}
    assert not PersonalGrant.objects.exists()


def test_a_ceiling_is_added_to_a_from_institution_letter(as_head, branch):
    my = branch.units["my"]
    letter = branch.draft(mode="by_institution", scope_unit=my)
    values = {name: value for name, value in line(branch, unit=my.pk).items() if name != "appointment"}

    as_head.post(reverse("authority:letter_line_new", args=[letter.pk]), values)

    assert letter.unitceilings.get().unit == my
    assert page(as_head, "letter", letter.pk).status_code == 200
    assert page(as_head, "letter_lines", letter.pk).status_code == 200
    assert page(as_head, "letter_print", letter.pk).status_code == 200


def test_what_is_no_draft_is_not_edited(as_head, in_force):
    for name in ("letter_edit", "letter_line_new", "letter_lines"):
        assert page(as_head, name, in_force.letter_id).status_code == 403


def test_the_security_administrator_drafts_for_any_unit(client, branch):
    client.force_login(branch.security)
    hq = branch.units["hq"].pk

    answer = client.post(
        reverse("authority:letter_new"), heading(branch, issuing_unit=hq, scope_unit=branch.units["sc"].pk)
    )

    assert answer.status_code == 302
