import hashlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

STAMP = "static.stamp"


class Command(BaseCommand):
    """One process for what would otherwise be four starts of Django: the second start stays short."""

    help = "准备好运行所需的一切：迁移数据库、装入基础数据、首次装入演示数据、收集静态文件"

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        commands = get_commands()
        if "seed" in commands:
            call_command("seed", verbosity=0)
        if "demo" in commands and settings.MODE == "demo" and not get_user_model().objects.exists():
            self._make_branch()
        self._collect_static()

    def _make_branch(self) -> None:
        if settings.DEMO_SIZE == "none":
            return
        self.stdout.write("首次启动：正在装入演示数据……")
        call_command("demo", size=settings.DEMO_SIZE, verbosity=0, stdout=StringIO())

    def _collect_static(self) -> None:
        """Compressing and naming by content takes seconds: only when a file changed since the last time."""
        stamp = settings.VAR_DIR / STAMP
        fingerprint = hashlib.sha256("\n".join(sorted(_static_files())).encode()).hexdigest()
        if stamp.exists() and stamp.read_text() == fingerprint and settings.STATIC_ROOT.exists():
            return
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(fingerprint)


def _static_files() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            facts = path.stat()
            yield f"{path} {facts.st_size} {facts.st_mtime_ns}"
