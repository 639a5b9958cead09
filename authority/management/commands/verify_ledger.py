from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authority.chain_faults import Fault
from authority.models import LedgerEntry, LedgerSeal
from authority.seals.keys import SealError
from authority.seals.verifying import Ledger, verify_chains, verify_everything

MOST_SHOWN = 1000


class Command(BaseCommand):
    help = (
        "Check the ledger: every chain, every seal, and the file of seals outside the database. Says where "
        "it was edited, inserted into, cut, reordered or sealed falsely, and exits with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("chains", nargs="*", help='chains such as "case:42"; all when left out')
        parser.add_argument(
            "--without-file", action="store_true", help="on a machine that does not have the file of seals"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chains = options["chains"]
        try:
            whole = Ledger(with_file=not options["without_file"])
            found = self._tell(verify_chains(chains) if chains else verify_everything(whole))
        except SealError as error:
            raise CommandError(str(error)) from error
        if found:
            raise CommandError(f"台账有 {found} 处异常")
        self.stdout.write(_all_is_well(chains))

    def _tell(self, faults: Iterable[Fault]) -> int:
        number = 0
        for number, fault in enumerate(faults, start=1):
            if number <= MOST_SHOWN:
                self.stderr.write(str(fault))
        return number


def _all_is_well(chains: list[str]) -> str:
    if chains:
        return f"台账完好：{LedgerEntry.objects.filter(chain__in=chains).count()} 项"
    last = LedgerSeal.objects.order_by("-sequence").first()
    sealed = (
        f"{last.sequence} 次封存，最近一次 {last.at.astimezone():%Y-%m-%d %H:%M:%S}" if last else "尚未封存"
    )
    return f"台账完好：{LedgerEntry.objects.count()} 项，{sealed}"
