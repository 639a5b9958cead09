"""Letters and their lines in the admin: written by the security administrator, through the services alone."""

import pytest
from django.urls import reverse

from authority import services
from authority.models import AuthorityItem, AuthorityLetter, LedgerEntry, PersonalGrant, UnitCeiling
from authority.refusals import Refused
from tests.authority.test_drafting_pages import heading
from tests.factories import CeilingFactory, ScanFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, branch):
    """Logged in as the security administrator of the branch."""
    type(branch.security).objects.filter(pk=branch.security.pk).update(is_staff=True)
    branch.security.refresh_from_db()
    client.force_login(branch.security)
    return client


def address(name: str, *args: object) -> str:
    return reverse(f"admin:authority_{name}", args=args)


def acts() -> list[str]:
    return list(LedgerEntry.objects.order_by("pk").values_list("action", flat=True))


def line(branch, letter, **values: object) -> dict[str, object]:
    return {
        "letter": letter.pk,
        "clause": "第1条",
        "appointment": branch.adjudicator.appointments.get().pk,
        "item": AuthorityItem.objects.get(code="adjudication").pk,
        "unit": branch.units["motor"].pk,
        "includes_below": "on",
        "amount_max": "50000",
        "amount_min": "0",
        "lines": ["own_damage"],
        "loss_classes": ["any"],
        "special_kinds": [""],
        "litigation": "no",
        "cosign_count": "0",
        **values,
    }


def test_a_letter_is_drafted_amended_and_thrown_away(admin, branch):
    admin.post(address("authorityletter_add"), heading(branch))
    letter = AuthorityLetter.objects.get()
    assert letter.drafted_by == branch.security

    admin.post(address("authorityletter_change", letter.pk), heading(branch, title="改过的标题"))
    letter.refresh_from_db()
    assert letter.title == "改过的标题"

    admin.post(address("authorityletter_delete", letter.pk), {"post": "yes"})
    assert not AuthorityLetter.objects.exists()
    assert acts() == ["draft", "amend", "discard"]


def test_a_line_is_added_changed_and_removed(admin, branch):
    letter = branch.draft()
    answer = admin.post(address("personalgrant_add"), line(branch, letter))
    assert answer.status_code == 302, answer.context["errors"]
    grant = letter.personalgrants.get()
    assert (grant.lines, grant.special_kinds, grant.holder) == (["own_damage"], [""], branch.adjudicator)

    admin.post(address("personalgrant_change", grant.pk), {"amount_max": "60000"})
    grant.refresh_from_db()
    assert grant.amount_max == 60_000

    admin.post(address("personalgrant_delete", grant.pk), {"post": "yes"})
    assert not PersonalGrant.objects.exists()
    assert acts() == ["add_grant", "revise", "revise"]


def test_a_ceiling_is_added(admin, branch):
    my = branch.units["my"]
    letter = branch.draft(mode="by_institution", scope_unit=my)
    values = line(branch, letter, unit=my.pk)

    assert admin.post(address("unitceiling_add"), values).status_code == 302

    assert UnitCeiling.objects.get().unit == my
    assert acts() == ["add_ceiling"]


def test_the_rules_of_the_services_hold_here_too(admin, branch):
    letter = branch.draft()
    forged = line(branch, letter, appointment=branch.deputy.appointments.get().pk)

    answer = admin.post(address("personalgrant_add"), forged)

    assert answer.status_code == 403
    assert "须由上级机构授予" in answer.content.decode()
    assert acts() == []


@pytest.mark.parametrize("kind", ["in force", "of the other mode"])
def test_lines_go_into_drafts_of_their_kind_only(admin, branch, kind):
    letter = branch.in_force() if kind == "in force" else branch.draft(mode="by_institution")

    answer = admin.post(address("personalgrant_add"), line(branch, letter))

    assert answer.status_code == 200
    assert "letter" in answer.context["adminform"].form.errors


def test_what_is_in_force_is_only_looked_at(admin, branch, in_force):
    for name, row in (("authorityletter", in_force.letter), ("personalgrant", in_force)):
        page = admin.get(address(f"{name}_change", row.pk))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert admin.post(address(f"{name}_delete", row.pk), {"post": "yes"}).status_code == 403


def test_the_admins_own_bulk_removal_is_gone(admin, branch, in_force):
    answer = admin.get(address("personalgrant_changelist"))

    assert [name for name, _ in answer.context["action_form"].fields["action"].choices if name] == [
        "revoke_selected"
    ]


def chosen(*rows, **values: object) -> dict[str, object]:
    return {"action": "revoke_selected", "_selected_action": [row.pk for row in rows], **values}


def test_several_grants_are_revoked_each_on_its_own(admin, branch, in_force):
    gone = branch.grant(in_force.letter, branch.clerk, revoked_at="2026-11-01T00:00Z")
    url = address("personalgrant_changelist")

    asked = admin.post(url, chosen(in_force, gone)).context
    assert [one.ruling.allowed for one in asked["chosen"]] == [True, False]
    assert admin.post(url, chosen(in_force, gone, confirm="1")).context["form"].errors

    done = admin.post(url, chosen(in_force, gone, confirm="1", reason="岗位调整", despite="另有安排")).context
    assert [(one.is_done, one.text) for one in done["results"]] == [
        (True, "已撤销"),
        (False, "该项授权已经撤销"),
    ]
    assert acts() == ["revoke_grant", "leave_uncovered"]


def test_a_ceiling_is_revoked_from_its_list(admin, branch, in_force):
    ceiling = CeilingFactory(letter=in_force.letter, unit=branch.units["motor"])
    url = address("unitceiling_changelist")

    assert [one.ruling.allowed for one in admin.post(url, chosen(ceiling)).context["chosen"]] == [True]
    done = admin.post(url, chosen(ceiling, confirm="1", reason="改由新授权书")).context
    assert [one.is_done for one in done["results"]] == [True]
    assert acts() == ["revoke_ceiling"]


def test_what_would_be_left_to_nobody_is_refused_without_a_reason(admin, branch, in_force):
    done = admin.post(address("personalgrant_changelist"), chosen(in_force, confirm="1", reason="停用"))

    (result,) = done.context["results"]
    assert (result.is_done, "不再有人有权决定" in result.text) == (False, True)
    assert acts() == []


def test_several_letters_are_revoked_each_on_its_own(admin, branch, in_force):
    draft = branch.draft()
    url = address("authorityletter_changelist")

    done = admin.post(
        url, chosen(in_force.letter, draft, confirm="1", reason="停用", despite="另有安排")
    ).context

    assert sorted(one.is_done for one in done["results"]) == [False, True]
    assert acts() == ["revoke", "leave_uncovered"]


@pytest.mark.parametrize("role", ["audit", "system", ""])
def test_nobody_else_writes_or_revokes(client, branch, in_force, role):
    client.force_login(StaffFactory(is_staff=True, admin_role=role))
    for name in ("authorityletter", "personalgrant", "unitceiling"):
        assert client.get(address(f"{name}_add")).status_code == 403
    client.post(address("personalgrant_changelist"), chosen(in_force, confirm="1", reason="试"))

    assert acts() == []


def test_items_are_kept_by_the_security_administrator_only(branch):
    with pytest.raises(Refused, match="安全管理员"):
        services.keep_in_catalogue(AuthorityItem(code="x", name="x", measure="item"), {}, by=branch.head)


def test_a_draft_with_a_scan_is_not_thrown_away(branch):
    letter = branch.draft()
    ScanFactory(letter=letter)

    with pytest.raises(Refused, match="已归档扫描件"):
        services.discard_draft(letter, by=branch.deputy)


def test_a_draft_is_thrown_away_with_its_lines(branch):
    letter = branch.draft(mode="by_institution", scope_unit=branch.units["my"])
    CeilingFactory(letter=letter, unit=branch.units["my"])

    services.discard_draft(letter, by=branch.deputy)

    assert not UnitCeiling.objects.exists()
    assert len(LedgerEntry.objects.get().details["lines"]) == 1
