"""Papers: filed by content, once, by those who handle the case; taken out as attachments, with a trace."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from authority.models import LedgerEntry
from cases.models import CasePaper
from departments.models import AccessRecord
from departments.uploads import LARGEST
from tests.cases.branch import Branch, adjusted_case
from tests.cases.viewers import client_of
from tests.factories import CaseFactory

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(client, case, content: bytes = PNG, name: str = "照片.png"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("cases:paper_upload", args=[case.pk]), {"kind": "photo", "file": file})


def test_a_paper_is_filed_under_a_random_name(branch: Branch):
    case = adjusted_case(branch)
    upload(client_of(branch.clerk), case, name="../../etc/照片.png")
    paper = CasePaper.objects.get()

    assert (paper.name, paper.content_type, paper.size) == ("照片.png", "image/png", len(PNG))
    assert "照片" not in paper.file.name
    assert "etc" not in paper.file.name


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<script>alert(1)</script>", "文件内容不是这几种格式"),
        (b"PK\x03\x04zip", "文件内容不是这几种格式"),
        (PNG + b"0" * LARGEST, "超过 10 MB"),
    ],
)
def test_anything_else_is_refused_whatever_its_name(branch: Branch, content, text):
    response = upload(client_of(branch.clerk), adjusted_case(branch), content)

    assert response.status_code == 422
    assert text in response.content.decode()
    assert not CasePaper.objects.exists()


def test_the_same_file_is_filed_once(branch: Branch):
    client, case = client_of(branch.clerk), adjusted_case(branch)
    upload(client, case)

    assert upload(client, case).status_code == 422
    assert CasePaper.objects.count() == 1


def test_filing_is_entered_in_the_ledger(branch: Branch):
    client, case = client_of(branch.clerk), adjusted_case(branch)
    before = case.version
    for _ in range(2):
        upload(client, case)

    case.refresh_from_db()
    entry = LedgerEntry.objects.get(chain=f"case:{case.pk}", action="file_paper")
    assert (case.version, entry.details["paper"]) == (before + 1, CasePaper.objects.get().pk)


def test_a_closed_case_takes_no_papers(branch: Branch):
    case = CaseFactory(unit=branch.unit, closed=True)

    assert upload(client_of(branch.clerk), case).status_code == 403


def test_a_download_is_an_attachment_and_leaves_a_trace(branch: Branch):
    client = client_of(branch.clerk)
    upload(client, adjusted_case(branch))
    response = client.get(reverse("cases:paper", args=[CasePaper.objects.get().pk]))

    assert response.getvalue() == PNG
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert AccessRecord.objects.get().kind == "download"


def test_papers_of_cases_out_of_sight_do_not_exist(branch: Branch):
    upload(client_of(branch.clerk), adjusted_case(branch))
    CasePaper.objects.update(case=CaseFactory())

    answer = client_of(branch.clerk).get(reverse("cases:paper", args=[CasePaper.objects.get().pk]))

    assert answer.status_code == 404
    assert not AccessRecord.objects.exists()


def test_a_paper_is_shown_in_our_page_and_can_do_nothing_there(branch: Branch):
    client, case = client_of(branch.clerk), adjusted_case(branch)
    upload(client, case)
    paper = CasePaper.objects.get()
    page = client.get(reverse("cases:paper_view", args=[paper.pk]))
    shown = client.get(reverse("cases:paper_inline", args=[paper.pk]))

    assert b"".join(shown.streaming_content) == PNG
    assert f'src="{reverse("cases:paper_inline", args=[paper.pk])}"' in page.content.decode()
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert AccessRecord.objects.filter(subject__startswith="查看").count() == 1


def test_the_papers_are_leafed_through(branch: Branch):
    client, case = client_of(branch.clerk), adjusted_case(branch)
    for number in range(3):
        upload(client, case, PNG + bytes([number]), f"{number}.png")
    first, middle, last = CasePaper.objects.order_by("kind", "pk")
    text = client.get(reverse("cases:paper_view", args=[middle.pk])).content.decode()

    assert f'rel="prev" data-key="ArrowLeft" href="{reverse("cases:paper_view", args=[first.pk])}"' in text
    assert f'href="{reverse("cases:paper_view", args=[last.pk])}"' in text


def test_a_pdf_gets_the_browsers_own_reader(branch: Branch):
    client, case = client_of(branch.clerk), adjusted_case(branch)
    upload(client, case, b"%PDF-1.4 x", "单证.pdf")

    assert (
        "<iframe"
        in client.get(reverse("cases:paper_view", args=[CasePaper.objects.get().pk])).content.decode()
    )
