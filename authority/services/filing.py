"""Filing the scan of a letter is a change of it like any other: locked, ruled, entered in the ledger."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from authority.granting import may_file
from authority.ledger import LedgerFacts, record
from authority.letters import actor_for, chain_of, letter_terms
from authority.models import AuthorityLetter, LetterScan
from authority.refusals import insist_on
from authority.services.ending import locked
from departments.models import Staff
from departments.uploads import AlreadyFiled, described


@transaction.atomic
def file_scan(letter: AuthorityLetter, upload: UploadedFile[bytes], *, by: Staff) -> LetterScan:
    """Files what `departments.uploads.checked` let through. Raises AlreadyFiled, or Refused."""
    letter = locked(letter)
    insist_on(may_file(letter_terms(letter), actor_for(by, letter.issuing_unit)))
    facts = described(upload)
    if letter.scans.filter(sha256=facts.sha256).exists():
        raise AlreadyFiled
    scan = LetterScan(
        letter=letter,
        name=facts.name,
        content_type=facts.content_type,
        size=facts.size,
        sha256=facts.sha256,
        filed_by=by,
    )
    scan.file.save(facts.stored_name, upload, save=False)
    scan.save()
    details = {"scan": scan.pk, "sha256": scan.sha256}
    state = LedgerFacts(from_state=letter.status, to_state=letter.status, reason=scan.name, details=details)
    record(chain_of(letter), by=by, action="file_scan", facts=state)
    return scan
