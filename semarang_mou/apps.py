"""Which admin is used? Django's, with the secretariat's desk as its site."""

from django.contrib.admin.apps import AdminConfig


class SecretariatAdminConfig(AdminConfig):
    default_site = "commitments.secretariat.dashboard.SecretariatSite"
