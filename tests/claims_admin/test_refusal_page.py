"""The refusal page leads back to where the person came from, and nowhere outside."""

import pytest
from django.urls import reverse

from tests.cases.branch import Branch, adjusted_case, make_branch
from tests.cases.viewers import client_of


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


@pytest.mark.parametrize(
    ("referer", "shown"),
    [
        ("http://testserver/cases/?group=open", 'href="/cases/?group=open">返回上一页'),
        ("http://elsewhere.example/cases/", ""),
        ("http://testserver//elsewhere.example/", ""),
        ("", ""),
    ],
)
def test_the_way_back(branch: Branch, referer: str, shown: str):
    address = reverse("cases:hand_over", args=[adjusted_case(branch).pk])
    page = client_of(branch.adjudicator).get(address, headers={"referer": referer})

    assert page.status_code == 403
    assert shown in page.text
    assert ("返回上一页" in page.text) is bool(shown)
    assert 'href="/">回工作台' in page.text


def test_the_admin_speaks_chinese(branch: Branch):
    page = client_of(branch.manager).get(reverse("admin:index")).text

    assert "Model name" not in page
    assert "超权限案件" in page
