from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "赔案"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The panels need the models, which are only there now."""
        import_module("cases.panels")
        import_module("cases.injuries.panels")
        import_module("cases.injuries.clocks")
        import_module("cases.injuries.words")
        import_module("cases.injuries.holdings")
        import_module("cases.services.mediating")
        import_module("cases.ledger_words")
        import_module("cases.holdings")
        import_module("cases.data_quality.places")
        import_module("cases.problems.places")
        import_module("cases.notices")
        import_module("cases.escalation.places")
        import_module("cases.specials.registering")
        import_module("cases.recoveries.places")
        import_module("cases.lawsuits.areas")
        import_module("cases.conferences.areas")
        import_module("cases.clearing.areas")
        import_module("cases.conferences.panel")
        import_module("cases.lawsuits.panel")
        import_module("cases.majors.panels")
        import_module("cases.resurveys.places")
        import_module("cases.fraud.places")
        import_module("cases.clearing.places")
