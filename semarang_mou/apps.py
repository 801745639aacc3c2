"""App config of Django's admin, with the secretariat's site instead of the default one."""

from django.contrib.admin.apps import AdminConfig


class SecretariatAdminConfig(AdminConfig):
    default_site = "commitments.secretariat.dashboard.SecretariatSite"
