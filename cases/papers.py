"""Papers of a case's file: what may be filed, under which name it lies, who may add one."""

from __future__ import annotations

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from authority.refusals import insist_on
from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.lifecycle import Stage
from cases.models import CasePaper, ChainStep, ClaimCase
from departments.access import HANDLE_CASES
from departments.models import Staff
from departments.uploads import AlreadyFiled, described


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
    """Files what `departments.uploads.checked` let through. Raises AlreadyFiled, or Refused."""
    insist_on(may_add_paper(case, by))
    facts = described(upload)
    paper = CasePaper(
        case=case,
        kind=kind,
        name=facts.name,
        content_type=facts.content_type,
        size=facts.size,
        sha256=facts.sha256,
        uploaded_by=by,
    )
    return _store(paper, upload, facts.stored_name)


def _store(paper: CasePaper, upload: File[bytes], name: str) -> CasePaper:
    if CasePaper.objects.filter(case=paper.case, sha256=paper.sha256).exists():
        raise AlreadyFiled
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
