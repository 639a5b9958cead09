from importlib import import_module

from django.apps import AppConfig


class AuthorityConfig(AppConfig):
    name = "authority"
    verbose_name = "授权"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The panels need the models, which are only there now."""
        import_module("authority.panels")
        import_module("authority.stand_in_mail")
        import_module("authority.ledger_words")
        import_module("authority.holdings")
        import_module("authority.coverage.keeping")
