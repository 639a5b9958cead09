"""Filing a paper is a change of the case like any other: locked, ruled, entered in the ledger."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from cases.models import CasePaper, ClaimCase
from cases.papers import add_paper
from cases.services.transition import apply, lock_case, stay
from departments.models import Staff


@transaction.atomic
def file_paper(case: ClaimCase, upload: UploadedFile[bytes], kind: str, *, by: Staff) -> CasePaper:
    """Adds to what is there and overwrites nothing, so no version seen is asked for.

    Raises AlreadyFiled, or Refused with the reasons.
    """
    case = lock_case(case.pk, None)
    paper = add_paper(case, upload, kind, by=by)
    details = {"paper": paper.pk, "kind": paper.kind, "sha256": paper.sha256}
    apply(case, stay(case, "file_paper").because(paper.name).with_details(details), by)
    return paper
