"""Who took sensitive data out of the system or looked behind a mask. Kept as long as the logs."""

from departments.models import AccessRecord, Staff
from departments.origin import current_origin
from departments.refusals import insist_on
from departments.rulings import Objection, Ruling


def record_export(by: Staff, subject: str, row_count: int, *, reason: str = "") -> AccessRecord:
    return _record(by, AccessRecord.Kind.EXPORT, subject, row_count, reason)


def record_download(by: Staff, subject: str, row_count: int = 1) -> AccessRecord:
    return _record(by, AccessRecord.Kind.DOWNLOAD, subject, row_count, "")


def record_reveal(by: Staff, person: Staff, reason: str) -> AccessRecord:
    """Raises NotAllowed for a viewer whose posts do not let him look behind masks."""
    insist_on(may_reveal(by.sees_personal_data or by.pk == person.pk))
    return _record(by, AccessRecord.Kind.REVEAL, f"人员 {person.employee_no} {person.name}", 1, reason)


def may_reveal(sees_personal_data: bool) -> Ruling:
    refused = Objection("personal_data_masked", "您的岗位不能查看完整的个人信息")
    return Ruling() if sees_personal_data else Ruling((refused,))


def _record(by: Staff, kind: str, subject: str, row_count: int, reason: str) -> AccessRecord:
    return AccessRecord.objects.create(
        staff=by,
        kind=kind,
        subject=subject[:200],
        row_count=row_count,
        reason=reason[:200],
        request_id=current_origin().request_id[:40],
    )
