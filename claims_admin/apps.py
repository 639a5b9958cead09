from django.apps import AppConfig


class ClaimsAdminConfig(AppConfig):
    name = "claims_admin"
    verbose_name = "车险理赔部管理系统"
