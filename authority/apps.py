from django.apps import AppConfig


class AuthorityConfig(AppConfig):
    name = "authority"
    verbose_name = "授权"
    default_auto_field = "django.db.models.BigAutoField"
