"""May this person bring an extract in, and may this batch go on? Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.models import ImportBatch, ImportProfile
from departments.models import Staff

Status = ImportBatch.Status
STARTABLE = frozenset({Status.UPLOADED, Status.CHECKED, Status.FAULTY, Status.CANCELLED, Status.FAILED})
CANCELLABLE = frozenset({Status.UPLOADED, Status.CHECKING, Status.CHECKED, Status.FAULTY, Status.COMMITTING})


def may_import(*, units: Collection[int], admin_role: str) -> Ruling:
    """`units`: ids of the units whose extracts the person imports."""
    return _ruling(_personal(units, admin_role))


def may_check(
    batch: ImportBatch, *, units: Collection[int], admin_role: str, missing: Collection[str] = ()
) -> Ruling:
    """`missing`: labels of required fields that nothing in the file is matched to."""
    return _ruling(_check_objections(batch, units, admin_role, missing))


def may_confirm(batch: ImportBatch, *, by: Staff, units: Collection[int]) -> Ruling:
    """Only a batch without a single fault, by a second person, who imports for every unit in it."""
    return _ruling(_confirm_objections(batch, by, units))


def may_replace_profile(profile: ImportProfile, *, by: Staff) -> Ruling:
    """Others load their extracts by it: only who made it changes it. Those that came with the system stay."""
    taken = Objection("profile_taken", f"方案「{profile.name}」由他人建立，请另取名称")
    return _ruling([] if profile.created_by_id == by.pk else [taken])


def may_cancel(batch: ImportBatch) -> Ruling:
    over = batch.status not in CANCELLABLE
    return _ruling([_wrong_status(batch, "取消")] if over else [])


def _personal(units: Collection[int], admin_role: str) -> Iterator[Objection]:
    if admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不得导入业务数据")
    if not units:
        yield Objection("not_importing", "没有任何机构的清单导入权限")


def _check_objections(
    batch: ImportBatch, units: Collection[int], admin_role: str, missing: Collection[str]
) -> Iterator[Objection]:
    yield from _personal(units, admin_role)
    if batch.status not in STARTABLE:
        yield _wrong_status(batch, "校验")
    if missing:
        yield Objection("missing_columns", f"以下必填项没有对应的列或默认值：{'、'.join(missing)}")


def _confirm_objections(batch: ImportBatch, by: Staff, units: Collection[int]) -> Iterator[Objection]:
    yield from _personal(units, by.admin_role)
    if batch.uploaded_by_id == by.pk:
        yield Objection("same_person", "上传人不得确认自己上传的清单，须由另一人确认")
    if batch.status != Status.CHECKED:
        yield _wrong_status(batch, "确认导入")
    if batch.rows_rejected:
        yield Objection("has_faults", f"{batch.rows_rejected:,} 行有错误：全部正确才能导入")
    if not set(batch.unit_ids) <= set(units):
        yield Objection("foreign_units", "清单含有本人无权处理的机构")


def _wrong_status(batch: ImportBatch, what: str) -> Objection:
    return Objection("wrong_status", f"批次{batch.get_status_display()}，不能{what}")


def _ruling(objections: Iterator[Objection] | list[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
