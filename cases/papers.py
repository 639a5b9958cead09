"""Papers of a case's file: what may be filed, under which name it lies, who may add one."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import PurePath
from uuid import uuid4

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from authority.refusals import insist_on
from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.lifecycle import Stage
from cases.models import CasePaper, ChainStep, ClaimCase
from departments.access import HANDLE_CASES
from departments.models import Staff

LARGEST = 10 * 1024 * 1024
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"%PDF-", "application/pdf", ".pdf"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")


class AlreadyFiled(Exception):  # noqa: N818
    """The very same file lies in this case's file already."""


def sniffed(head: bytes) -> tuple[str, str] | None:
    """Content type and ending by the first bytes, whatever the name claims; None for anything else."""
    return next(((kind, ending) for magic, kind, ending in _MAGIC if head.startswith(magic)), None)


def may_add_paper(case: ClaimCase, staff: Staff) -> Ruling:
    """Whoever handles the case or the cases of its unit, or is asked about it now; while the case is open."""
    objections = []
    if case.stage == Stage.CLOSED:
        objections.append(Objection("wrong_stage", "赔案已结案，不能再归档材料"))
    if staff.admin_role or not staff.is_active:
        objections.append(Objection("admin_role", "系统、安全、审计管理员不得办理业务"))
    handles = case.handler_id == staff.pk or case.unit_id in staff.unit_scope.ids(HANDLE_CASES)
    if not handles and not _waits_for(case, staff):
        objections.append(Objection("not_handling", "不是本案责任人或当前审批人，也没有该机构的赔案处理权限"))
    return Ruling(REFUSED if objections else ALLOWED, objections=tuple(objections))


def _waits_for(case: ClaimCase, staff: Staff) -> bool:
    """A reviewer files what he asked for while the case lies with him."""
    now = ChainStep.objects.filter(submission__case=case, staff=staff, status=ChainStep.Status.NOW)
    return now.exists()


def add_paper(case: ClaimCase, upload: UploadedFile[bytes], kind: str, *, by: Staff) -> CasePaper:
    """Files a paper whose content `sniffed` knows. Raises AlreadyFiled, or Refused with the reasons."""
    insist_on(may_add_paper(case, by))
    content_type, ending = sniffed(_head(upload)) or ("", "")
    digest = sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    paper = CasePaper(
        case=case,
        kind=kind,
        name=_CONTROL.sub("_", PurePath(upload.name or "").name)[-120:],
        content_type=content_type,
        size=upload.size or 0,
        sha256=digest.hexdigest(),
        uploaded_by=by,
    )
    return _store(paper, upload, f"{uuid4().hex}{ending}")


def _head(upload: UploadedFile[bytes]) -> bytes:
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    return bytes(head)


def _store(paper: CasePaper, upload: File[bytes], name: str) -> CasePaper:
    if CasePaper.objects.filter(case=paper.case, sha256=paper.sha256).exists():
        raise AlreadyFiled
    upload.seek(0)
    paper.file.save(name, upload, save=False)
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError as error:
        paper.file.delete(save=False)
        if "cases_paper_once_per_case" in str(error):
            raise AlreadyFiled from error
        raise
    return paper
