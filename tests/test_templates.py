"""Templates hold to the content-security policy, and the error pages explain themselves."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse

from authority.refusals import Refused
from authority.rulings import Objection, Ruling
from claims_admin import views
from tests.factories import StaffFactory

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[^=]*)\s*=", re.IGNORECASE),
    "an evaluated value": re.compile(r"javascript:|js:\{|hx-vars", re.IGNORECASE),
    "an address outside": re.compile(r"(src|href)\s*=\s*\"(https?:)?//", re.IGNORECASE),
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_needs_more_than_the_policy_allows(template: Path) -> None:
    text = template.read_text()

    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def refusal_page(exception: Exception, staff: object) -> str:
    request = RequestFactory().get("/")
    request.user = staff
    response = views.permission_denied(request, exception)
    assert response.status_code == 403
    return response.content.decode()


@pytest.mark.django_db
def test_a_refusal_gives_every_reason_and_who_could() -> None:
    reasons = (Objection("sod", "回避：您参与定损"), Objection("over_limit", "超过权限"))
    refusal = Refused(
        Ruling("refused", objections=reasons, near_misses=("下一有权人：赵建国（核赔室主任）",))
    )

    page = refusal_page(refusal, StaffFactory())

    assert all(text in page for text in ("回避：您参与定损", "超过权限", "赵建国"))


@pytest.mark.django_db
def test_a_refusal_without_a_ruling_still_says_what_to_do() -> None:
    assert "联系本机构负责人" in refusal_page(PermissionDenied(), StaffFactory())


def test_a_stranger_is_refused_outside_the_frame() -> None:
    page = refusal_page(PermissionDenied(), AnonymousUser())

    assert "联系本机构负责人" in page
    assert 'id="side"' not in page


@pytest.mark.django_db
def test_what_cannot_be_seen_looks_like_what_does_not_exist(client) -> None:
    client.force_login(StaffFactory())

    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert reverse("home") in response.content.decode()


def test_the_failure_page_needs_nothing() -> None:
    page = (ROOT / "templates/500.html").read_text()

    assert "{%" not in page
    assert "{{" not in page
    assert (ROOT / "claims_admin/static/css/failure.css").exists()
