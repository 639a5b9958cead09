"""A small department that imports: two sub-branches, a manager over both, keepers of open cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile

from cases.importing.work import work
from cases.models import ImportBatch, ImportProfile
from cases.services import importing
from departments.models import OrgUnit, PostType, Staff
from tests.cases.viewers import viewer_of
from tests.extracts import HEADINGS
from tests.factories import AppointmentFactory, OrgUnitFactory, PostFactory

COLLEAGUE = "同事"
PLACE = {heading: place for place, heading in enumerate(HEADINGS)}


@dataclass(frozen=True)
class Department:
    chengdu: OrgUnit
    mianyang: OrgUnit
    manager: Staff
    colleague: Staff
    surveyor: Staff
    keeper: Staff


def make_department() -> Department:
    hq = OrgUnitFactory(code="hq", name="总公司", short_name="总公司")
    motor = OrgUnitFactory(parent=hq, code="motor", kind="department", name="车险理赔部", short_name="理赔部")
    units = [
        OrgUnitFactory(parent=motor, code=code, name=f"{city}中心支公司理赔部", short_name=f"{city}中支")
        for code, city in (("cd", "成都"), ("my", "绵阳"))
    ]
    keepers = [keeper_of(unit) for unit in units]
    return Department(
        *units,
        manager=viewer_of(motor),
        colleague=viewer_of(motor, name=COLLEAGUE),
        surveyor=viewer_of(units[1]),
        keeper=keepers[0],
    )


def keeper_of(unit: OrgUnit) -> Staff:
    post = PostFactory(unit=unit, post_type=PostType.objects.get(code="OUTST"))
    return AppointmentFactory(post=post, staff__name=f"{unit.short_name}管理岗").staff


def stored(path: Path, *, by: Staff, profile: ImportProfile | None = None) -> ImportBatch:
    return importing.upload(ContentFile(path.read_bytes()), name=path.name, profile=profile, by=by)


def checked(path: Path, *, by: Staff, profile: ImportProfile | None = None) -> ImportBatch:
    """Uploaded and through the dry run."""
    return worked_off(importing.start_check(stored(path, by=by, profile=profile), by=by))


def imported(path: Path, *, by: Staff, profile: ImportProfile | None = None) -> ImportBatch:
    """All the way into the books; fails loudly when the file has faults."""
    batch = checked(path, by=by, profile=profile)
    assert batch.status == "checked", [str(fault) for fault in batch.faults.all()[:5]] or batch.message
    return worked_off(importing.confirm(batch, by=colleague_of(by)))


def colleague_of(staff: Staff) -> Staff:
    """Who confirms what the person uploaded."""
    return Staff.objects.exclude(pk=staff.pk).get(name=COLLEAGUE)


def worked_off(batch: ImportBatch) -> ImportBatch:
    work(batch.pk)
    batch.refresh_from_db()
    return batch


def changed(row: Sequence[str], **cells: str) -> list[str]:
    """A copy of the row with other cells, by heading."""
    copy = list(row)
    for heading, cell in cells.items():
        copy[PLACE[heading]] = cell
    return copy


def reasons(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return list(batch.faults.values_list("row", "column", "reason"))


def each(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    return [list(row) for row in rows]
