from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authority.seals.keys import SealError
from authority.seals.sealing import begin_file, seal_ledger


class Command(BaseCommand):
    help = (
        "Seal the ledger now instead of at the next minute. After a restore, or where the file of seals is "
        "new: --begin-file, which puts the old file aside and says so in the ledger."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--begin-file", metavar="REASON", help="why the file and the database differ")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["begin_file"]:
                self.stdout.write(f"新封存文件：{begin_file(options['begin_file'])}")
            self.stdout.write(f"新封存 {seal_ledger()} 次")
        except SealError as error:
            raise CommandError(str(error)) from error
