"""A PDF and an image of the file looked at inside our page, by the browser's own reader."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page

from cases.models import CasePaper, ClaimCase
from tests.cases.branch import adjusted_case, make_branch

pytestmark = pytest.mark.browser
ENOUGH = 2_000
"""Pixels of the red heading: more than any button of ours has."""


def filed(case: ClaimCase, name: str, content: bytes, content_type: str) -> CasePaper:
    paper = CasePaper(
        case=case, kind="medical", name=name, content_type=content_type, size=len(content),
        sha256=f"{len(content):064}", uploaded_by=case.handler,
    )  # fmt: skip
    paper.file.save(name, ContentFile(content))
    return paper


RED = "<h1 style='font-size:90pt;color:#c00'>诊断证明书</h1>"
COUNT_RED = """async (shot) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${shot}`)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    canvas.drawImage(picture, 0, 0);
    const { data } = canvas.getImageData(0, 0, picture.width, picture.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) {
        red += data[at] > 180 && data[at + 1] < 40 && data[at + 2] < 40;
    }
    return red;
}"""


@pytest.fixture
def paper_desk(chromium) -> Iterator[Page]:
    """A page of its own: makes a real PDF and a real picture, and counts what a screenshot shows."""
    page = chromium.new_page()
    page.set_content(RED)
    yield page
    page.close()


def red_in(desk: Page, page: Page) -> int:
    return int(desk.evaluate(COUNT_RED, b64encode(page.screenshot()).decode()))


def wait_for_red(desk: Page, page: Page) -> int:
    """The reader draws when it is ready."""
    for _ in range(40):
        if (found := red_in(desk, page)) > ENOUGH:
            return found
        page.wait_for_timeout(250)
    return 0


@pytest.fixture
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.mark.parametrize("kind", ["application/pdf", "image/png"])
def test_it_is_shown_in_our_page_and_nothing_complains(open_live, paper_desk, media, kind):
    branch = make_branch()
    content = paper_desk.pdf(format="A5") if kind == "application/pdf" else paper_desk.screenshot()
    paper = filed(adjusted_case(branch), f"证明.{kind[-3:]}", content, kind)
    page = open_live("/login/", branch.clerk)
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.goto(f"/cases/papers/{paper.pk}/view/")

    assert wait_for_red(paper_desk, page) > ENOUGH
    assert said == []
