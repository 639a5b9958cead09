"""The scan of a certificate: filed once, under a random name, given only to those who see the certificate."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from authority.models import CertificateScan, LedgerEntry
from departments.models import AccessRecord, Certificate
from tests.cast import World, hold
from tests.factories import CertificateFactory, StaffFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 certificate"


@pytest.fixture
def keeper(world: World):
    staff = StaffFactory(name="综合员")
    hold(staff, world["gen"], "ADMIN")
    staff.refresh_from_db()
    return staff


@pytest.fixture
def certificate(world: World) -> Certificate:
    return CertificateFactory(staff=world["reviewer"])


@pytest.fixture
def as_keeper(client, keeper):
    client.force_login(keeper)
    return client


def page(client, name: str, key: int):
    return client.get(reverse(f"authority:{name}", args=[key]))


def file(client, certificate: Certificate, content: bytes = PDF, name: str = "../证.pdf"):
    url = reverse("authority:certificate_scan_upload", args=[certificate.pk])
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def test_a_scan_is_filed_and_listed(as_keeper, keeper, certificate):
    assert file(as_keeper, certificate).status_code == 302

    scan = CertificateScan.objects.get()
    facts = (scan.name, scan.content_type, scan.size, scan.filed_by)
    assert facts == ("证.pdf", "application/pdf", len(PDF), keeper)
    assert "证" not in scan.file.name
    text = page(as_keeper, "certificate", certificate.pk).content.decode()
    assert "证.pdf" in text
    assert "归档扫描件" in text


def test_it_is_given_back_as_an_attachment(as_keeper, certificate):
    file(as_keeper, certificate)

    answer = page(as_keeper, "certificate_scan", CertificateScan.objects.get().pk)

    assert answer.getvalue() == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AccessRecord.objects.get().kind == "download"


def test_filing_is_one_entry_on_the_chain(as_keeper, keeper, certificate):
    file(as_keeper, certificate)

    entry = LedgerEntry.objects.get()
    told = (entry.chain, entry.action, entry.actor, entry.reason)
    assert told == (f"certificate:{certificate.pk}", "file_scan", keeper, "证.pdf")


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ not a paper", "只接受 JPG"), (b"%PDF-" + b"x" * (10 << 20), "超过 10 MB")]
)
def test_what_is_no_paper_is_not_filed(as_keeper, certificate, content, words):
    answer = file(as_keeper, certificate, content)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not CertificateScan.objects.exists()


def test_the_same_file_is_filed_once(as_keeper, certificate):
    file(as_keeper, certificate)
    answer = file(as_keeper, certificate)

    assert (answer.status_code, "已经归档" in answer.content.decode()) == (422, True)
    assert LedgerEntry.objects.count() == 1


def test_nobody_files_his_own(client, world, certificate):
    """Who holds it reads it; to others it is not there."""
    client.force_login(world["reviewer"])
    assert "归档扫描件</label>" not in page(client, "certificate", certificate.pk).content.decode()
    assert file(client, certificate).status_code == 403

    client.force_login(world["stranger"])
    assert page(client, "certificate", certificate.pk).status_code == 404
    assert file(client, certificate).status_code == 404


def test_none_for_one_that_was_revoked(as_keeper, world, certificate):
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_by=world["security_admin"], revoked_at="2026-01-01T00:00Z", revoke_reason="x"
    )

    assert file(as_keeper, certificate).status_code == 403


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_certificatescan_not_empty", {"size": 0, "sha256": "b"}),
        ("authority_scan_once_per_certificate", {}),
    ],
)
def test_the_database_refuses(constraint, values, certificate, keeper):
    given = {"certificate": certificate, "name": "x", "size": 1, "sha256": "a", "filed_by": keeper}
    CertificateScan.objects.create(**given)

    with pytest.raises(IntegrityError, match=constraint):
        CertificateScan.objects.create(**{**given, **values})
