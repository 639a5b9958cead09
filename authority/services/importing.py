"""A whole authority matrix from a workbook: read, shown, and only then drafted, all of it or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from authority.granting import may_draft, may_import
from authority.letters import actor_for, letter_terms
from authority.models import AuthorityLetter, LetterImport
from authority.refusals import insist_on
from authority.services.drafting import LetterDraft, draft_letter
from authority.sheets.reading import Rows, read
from authority.sheets.resolving import Resolved, resolve
from departments.models import OrgUnit, Staff
from departments.uploads import harmless

_UNITS = ("issuing_unit", "scope_unit")
_DAYS = ("valid_from", "valid_to")


def read_matrix(upload: UploadedFile[bytes], draft: LetterDraft, *, by: Staff) -> LetterImport:
    """Reads the file and keeps its rows. Raises UnreadableFileError, or Refused."""
    letter = letter_to_be(draft, by)
    insist_on(may_draft(letter_terms(letter), actor_for(by, draft.issuing_unit)))
    with NamedTemporaryFile(suffix=".xlsx") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        rows = read(Path(copy.name), draft.mode)
        copy.seek(0)
        digest = hashlib.file_digest(copy, "sha256").hexdigest()
    return LetterImport.objects.create(
        uploaded_by=by,
        file_name=harmless(upload.name or ""),
        sha256=digest,
        heading=_heading(draft),
        rows=[[number, cells] for number, cells in rows],
    )


@transaction.atomic
def draft_from_import(batch: LetterImport, *, by: Staff) -> AuthorityLetter:
    """The draft, with every row a line; everything is looked up and judged anew.

    Refused when a row is faulty, when it was drafted already, or when the number was taken meanwhile.
    """
    batch = LetterImport.objects.select_for_update().get(pk=batch.pk)
    draft = heading_of(batch)
    found = resolved(batch)
    taken = AuthorityLetter.objects.filter(number=draft.number).exists()
    insist_on(may_import(len(found.faults), is_drafted=batch.letter_id is not None, is_taken=taken))
    note = f"由「{batch.file_name}」导入 {len(found.lines)} 项条款"
    letter = draft_letter(draft, by=by, lines=found.lines, note=note)
    batch.letter = letter
    batch.save(update_fields=["letter"])
    return letter


def resolved(batch: LetterImport) -> Resolved:
    """The rows as lines and faults, as of now."""
    rows: Rows = [(number, cells) for number, cells in batch.rows]
    return resolve(letter_to_be(heading_of(batch), batch.uploaded_by), rows)


def heading_of(batch: LetterImport) -> LetterDraft:
    """The heading with its units."""
    values: dict[str, Any] = dict(batch.heading)
    units = OrgUnit.objects.in_bulk([values[name] for name in _UNITS])
    values |= {name: units[values[name]] for name in _UNITS}
    values |= {name: date.fromisoformat(values[name]) for name in _DAYS if values[name]}
    return LetterDraft(**values)


def letter_to_be(draft: LetterDraft, by: Staff) -> AuthorityLetter:
    """Not saved: to judge and to compare before anything is written."""
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    return AuthorityLetter(**values, drafted_by=by)


def _heading(draft: LetterDraft) -> dict[str, Any]:
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    units = {name: values[name].pk for name in _UNITS}
    days = {name: values[name].isoformat() if values[name] else None for name in _DAYS}
    return {**values, **units, **days}
