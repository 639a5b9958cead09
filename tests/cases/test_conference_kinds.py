"""会商种类 are kept by the security administrator in the admin: codes of posts that exist, with history."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cases.models import ConferenceKind
from departments.models.people import AdminRole
from tests.factories import StaffFactory

NEW = reverse("admin:cases_conferencekind_add")
VALUES = {
    "code": "reinsured",
    "name": "分保案件会商",
    "convening_posts": "ADJ,OFFICE_HEAD",
    "member_posts": "ADJ,LEGAL,OFFICE_HEAD",
    "quorum_present": 3,
    "quorum_written": 2,
    "rank": 9,
    "source": "部门约定",
    "valid_from": "2026-01-01",
}


@pytest.fixture
def keeper(client, db) -> Any:
    client.force_login(StaffFactory(admin_role=AdminRole.SECURITY, is_staff=True))
    return client


def test_a_kind_is_added_and_changed_with_its_author(keeper):
    assert keeper.post(NEW, VALUES).status_code == 302
    kind = ConferenceKind.objects.get(code="reinsured")
    assert kind.member_posts == ["ADJ", "LEGAL", "OFFICE_HEAD"]

    url = reverse("admin:cases_conferencekind_change", args=[kind.pk])
    assert keeper.post(url, {**VALUES, "quorum_present": 4}).status_code == 302
    kind.refresh_from_db()
    assert kind.quorum_present == 4
    assert {one.history_user.admin_role for one in kind.history.all()} == {AdminRole.SECURITY}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"member_posts": "ADJ,NOBODY"}, "没有这样的岗位代码：NOBODY"),
        ({"quorum_present": 1}, "cases_conference_kind_quorum"),
        ({"valid_to": "2020-01-01"}, "cases_conference_kind_dates_in_order"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(keeper, change: dict[str, Any], said: str):
    response = keeper.post(NEW, {**VALUES, **change})

    assert (response.status_code, said in response.content.decode()) == (200, True)
    assert not ConferenceKind.objects.filter(code="reinsured").exists()


def test_the_other_administrators_only_look(client, db):
    client.force_login(StaffFactory(admin_role=AdminRole.SYSTEM, is_staff=True))

    assert client.get(reverse("admin:cases_conferencekind_changelist")).status_code == 200
    assert client.get(NEW).status_code == 403
