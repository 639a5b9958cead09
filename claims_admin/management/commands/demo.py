"""`manage.py demo`: fill an empty database with a made-up branch."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authority.ledger import filling
from claims_admin.demo.branch import SIZES, make_branch
from claims_admin.demo.logins import login_table
from departments.models import OrgUnit


class Command(BaseCommand):
    help = "生成演示分公司：机构、人员、授权和一年的赔案（仅限演示模式和空库）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="small", help="每年报案数的档次")
        parser.add_argument("--seed", type=int, default=2026, help="同一种子生成同一分公司")
        parser.add_argument("--logins", action="store_true", help="只列出演示账号")
        parser.add_argument("--if-empty", action="store_true", help="已有机构时安静退出")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("生产环境不生成演示数据。")
        if not options["logins"]:
            if not self._is_free(if_empty=options["if_empty"]):
                return
            # Notifications are delivered here and now: no worker and no broker is needed to make a branch.
            # A thousand of them: one line each would bury what the person at the terminal should read.
            current_app.conf.task_always_eager = True
            logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
            with filling():
                make_branch(options["size"], seed=options["seed"], say=self._say)
        table = login_table()
        self.stdout.write(table)
        self._write_file(table)

    def _is_free(self, *, if_empty: bool) -> bool:
        if not OrgUnit.objects.exists():
            return True
        if if_empty:
            return False
        raise CommandError("数据库中已有机构，演示数据只写入空库。")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        sys.stdout.flush()

    def _write_file(self, table: str) -> None:
        file = Path(settings.VAR_DIR) / "demo-logins.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(table, encoding="utf-8")
