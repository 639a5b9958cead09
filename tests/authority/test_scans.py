"""The signed paper of a letter: filed once, under a random name, given only to those who see the letter."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from authority.models import LedgerEntry, LetterScan
from departments.models import AccessRecord
from tests.authority.pages import page
from tests.factories import ScanFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed and sealed"


def file(client, letter, content: bytes = PDF, name: str = "../盖章.pdf"):
    url = reverse("authority:letter_scan_upload", args=[letter.pk])
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def test_a_scan_is_filed_listed_and_given_back(as_head, in_force):
    assert file(as_head, in_force.letter).status_code == 302

    scan = LetterScan.objects.get()
    assert (scan.name, scan.content_type, scan.size) == ("盖章.pdf", "application/pdf", len(PDF))
    assert "盖章" not in scan.file.name
    assert "盖章.pdf" in page(as_head, "letter", in_force.letter_id).content.decode()
    answer = page(as_head, "letter_scan", scan.pk)
    assert answer.getvalue() == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert AccessRecord.objects.get().kind == "download"


def test_filing_is_one_entry_on_the_chain(as_head, branch, in_force):
    file(as_head, in_force.letter)

    entry = LedgerEntry.objects.get()
    assert (entry.chain, entry.action, entry.actor) == (
        f"letter:{in_force.letter_id}",
        "file_scan",
        branch.head,
    )
    event = page(as_head, "letter", in_force.letter_id).context["page"].events[0]
    assert (event.title, event.text) == ("归档扫描件", "盖章.pdf")


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ not a paper", "只接受 JPG"), (b"%PDF-" + b"x" * (10 << 20), "超过 10 MB")]
)
def test_what_is_no_paper_is_not_filed(as_head, in_force, content, words):
    answer = file(as_head, in_force.letter, content)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LetterScan.objects.exists()


def test_the_same_file_is_filed_once(as_head, in_force):
    file(as_head, in_force.letter)

    answer = file(as_head, in_force.letter)

    assert answer.status_code == 422
    assert "已经归档" in answer.content.decode()
    assert LedgerEntry.objects.count() == 1


def test_whoever_does_not_look_after_the_letter_files_nothing(client, branch, in_force):
    client.force_login(branch.adjudicator)

    assert file(client, in_force.letter).status_code == 403
    assert not LetterScan.objects.exists()


def test_a_scan_of_a_letter_out_of_sight_is_not_there(client, branch, in_force):
    scan = ScanFactory(letter=in_force.letter)
    client.force_login(branch.clerk)

    assert page(client, "letter_scan", scan.pk).status_code == 404


@pytest.mark.parametrize(
    ("constraint", "values"),
    [("authority_scan_not_empty", {"size": 0}), ("authority_scan_once_per_letter", {"sha256": "a"})],
)
def test_the_database_refuses(constraint, values, in_force):
    ScanFactory(letter=in_force.letter, sha256="a")

    with pytest.raises(IntegrityError, match=constraint):
        ScanFactory(letter=in_force.letter, **values)


def test_the_paper_has_the_sum_in_capitals(as_head, branch, in_force):
    text = page(as_head, "letter_print", in_force.letter_id).content.decode()

    assert "壹拾万元整" in text
    assert "（盖章）" in text
    assert "共 1 项条款" in text
    assert "不作为授权依据" not in text
    draft = page(as_head, "letter_print", branch.draft().pk).content.decode()
    assert "草拟 · 不作为授权依据" in draft
    assert "没有条款" in draft
