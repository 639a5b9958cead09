from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "机构与人员"
    default_auto_field = "django.db.models.BigAutoField"
