from django.apps import AppConfig
from django.core.checks import Tags, register

from claims_admin.checks import database_keeps_what_it_acknowledges


class ClaimsAdminConfig(AppConfig):
    name = "claims_admin"
    verbose_name = "车险理赔部管理系统"

    def ready(self) -> None:
        register(database_keeps_what_it_acknowledges, Tags.database)
