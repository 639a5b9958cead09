from importlib import import_module

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "机构与人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is held needs the models, which are only there now."""
        import_module("departments.post_holdings")
        import_module("departments.mailing")
