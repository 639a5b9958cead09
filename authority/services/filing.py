"""Filing the scan of a letter or of a certificate is a change of it like any other: locked, ruled, entered in
the ledger."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from authority import certificates
from authority.granting import may_file
from authority.ledger import LedgerFacts, record
from authority.letters import actor_for, chain_of, letter_terms
from authority.models import AuthorityLetter, CertificateScan, LetterScan
from authority.refusals import insist_on
from authority.services.certificates import clerk_of, locked_certificate
from authority.services.ending import locked
from departments.models import Certificate, Staff
from departments.uploads import AlreadyFiled, described


@transaction.atomic
def file_scan(letter: AuthorityLetter, upload: UploadedFile[bytes], *, by: Staff) -> LetterScan:
    """Files what `departments.uploads.checked` let through. Raises AlreadyFiled, or Refused."""
    letter = locked(letter)
    insist_on(may_file(letter_terms(letter), actor_for(by, letter.issuing_unit)))
    scan = LetterScan(letter=letter, filed_by=by)
    _file(scan, letter.scans, upload)
    _record(chain_of(letter), scan, letter.status, by)
    return scan


@transaction.atomic
def file_certificate(found: Certificate, upload: UploadedFile[bytes], *, by: Staff) -> CertificateScan:
    """The same for a certificate."""
    found = locked_certificate(found.pk)
    insist_on(certificates.may_file(found, clerk_of(by, found.staff_id)))
    scan = CertificateScan(certificate=found, filed_by=by)
    _file(scan, found.scans, upload)
    _record(certificates.chain_of(found), scan, found.state, by)
    return scan


def _file(scan: Any, others: Any, upload: UploadedFile[bytes]) -> None:
    facts = described(upload)
    if others.filter(sha256=facts.sha256).exists():
        raise AlreadyFiled
    scan.name, scan.content_type = facts.name, facts.content_type
    scan.size, scan.sha256 = facts.size, facts.sha256
    scan.file.save(facts.stored_name, upload, save=False)
    scan.save()


def _record(chain: str, scan: LetterScan | CertificateScan, state: str, by: Staff) -> None:
    details = {"scan": scan.pk, "sha256": scan.sha256}
    record(
        chain, by=by, action="file_scan", facts=LedgerFacts(state, state, reason=scan.name, details=details)
    )
