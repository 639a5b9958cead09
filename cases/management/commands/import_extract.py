"""`manage.py import_extract FILE`: the same import as the page's, in this process."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from authority.refusals import Refused
from cases.importing.errors import UnreadableFileError
from cases.importing.work import work
from cases.models import ImportBatch, ImportProfile
from cases.services import importing
from departments.models import Staff

FAULTS_SHOWN = 20


class Command(BaseCommand):
    help = "导入核心系统清单（CSV、XLSX）：校验，加 --confirm 后写入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--profile", help="导入方案名称；不给则按列名识别")
        parser.add_argument("--by", required=True, help="导入人工号")
        parser.add_argument("--confirm", action="store_true", help="校验通过后立即写入；须给 --confirmed-by")
        parser.add_argument("--confirmed-by", default="", help="确认人工号，不得为导入人")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["confirm"] and not options["confirmed_by"]:
            raise CommandError("--confirm 须同时给出 --confirmed-by：上传人不得确认自己上传的清单")
        staff = self._person(options["by"])
        second = self._person(options["confirmed_by"]) if options["confirm"] else None
        try:
            batch = self._checked(options["file"], self._profile(options["profile"]), staff)
            if batch.status == ImportBatch.Status.CHECKED and second:
                batch = _worked_off(importing.confirm(batch, by=second))
        except (UnreadableFileError, Refused, OSError) as error:
            raise CommandError(str(error)) from None
        self._report(batch)

    def _person(self, number: str) -> Staff:
        staff = Staff.objects.filter(employee_no=number, is_active=True).first()
        if staff is None:
            raise CommandError(f"没有工号 {number}")
        return staff

    def _profile(self, name: str | None) -> ImportProfile | None:
        profile = ImportProfile.objects.filter(name=name).first() if name else None
        if name and profile is None:
            raise CommandError(f"没有导入方案「{name}」")
        return profile

    def _checked(self, path: Path, profile: ImportProfile | None, staff: Staff) -> ImportBatch:
        with path.open("rb") as file:
            batch = importing.upload(File(file, path.name), name=path.name, profile=profile, by=staff)
        return _worked_off(importing.start_check(batch, by=staff))

    def _report(self, batch: ImportBatch) -> None:
        self.stdout.write(f"批次 {batch.pk}：{batch.get_status_display()}，{batch.message}")
        self.stdout.write(
            f"读入 {batch.rows_read}，新建 {batch.rows_created}，更新 {batch.rows_updated}，"
            f"无变化 {batch.rows_unchanged}（暂不更新 {batch.rows_held}），拒收 {batch.rows_rejected}"
        )
        self.stdout.write(f"估损合计 {batch.estimate_sum:,.2f} 元，已付合计 {batch.paid_sum:,.2f} 元")
        for fault in batch.faults.all()[:FAULTS_SHOWN]:
            self.stdout.write(f"  {fault}（{fault.value}）")
        if batch.rows_rejected or batch.status == ImportBatch.Status.FAILED:
            raise CommandError("未导入任何数据")


def _worked_off(batch: ImportBatch) -> ImportBatch:
    """Here and now; a worker woken meanwhile finds the batch taken."""
    work(batch.pk)
    batch.refresh_from_db()
    return batch
