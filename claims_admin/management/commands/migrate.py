from typing import Any

from django.core.management.commands import migrate

from authority.ledger import filling


class Command(migrate.Command):
    """Migrations write seeds and mend rows without a history; only the owner of the tables runs them."""

    def handle(self, *args: Any, **options: Any) -> None:
        with filling():
            super().handle(*args, **options)
