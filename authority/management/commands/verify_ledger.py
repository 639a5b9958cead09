from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authority import ledger
from authority.models import LedgerEntry


class Command(BaseCommand):
    help = (
        "Check every chain of the ledger; says where it was edited, cut into or reordered and exits with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("chains", nargs="*", help='chains such as "case:42"; all when left out')

    def handle(self, *args: Any, **options: Any) -> None:
        chains = options["chains"] or None
        faults = ledger.verify(chains)
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"台账有 {len(faults)} 处异常")
        checked = LedgerEntry.objects.filter(chain__in=chains) if chains else LedgerEntry.objects.all()
        self.stdout.write(f"台账完好：{checked.count()} 项")
