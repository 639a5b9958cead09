from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from authority.ledger import filling

BETWEEN = (
    "数据库停在合并迁移之前的某个开发版，本版不能从那里升级。"
    "演示环境：删除数据目录（默认 var/）后重新启动；有要保留的数据：先用合并前的最后一版"
    "执行 manage.py migrate 到底，再用本版（见 docs/operations.md 的 Upgrade）。"
)


class Command(migrate.Command):
    """Migrations write seeds and mend rows without a history; only the owner of the tables runs them."""

    def handle(self, *args: Any, **options: Any) -> None:
        _insist_on_a_known_place()
        with filling():
            super().handle(*args, **options)


def _insist_on_a_known_place() -> None:
    """Django itself would go on from a half that it knows no files of."""
    loader = MigrationLoader(connection)
    for merged in loader.replacements.values():
        applied = [name in loader.applied_migrations for name in merged.replaces]
        if any(applied) and not all(applied):
            raise CommandError(BETWEEN)
