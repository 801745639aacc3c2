"""Django's configuration of this app."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate


class OpdConfig(AppConfig):
    name = "opd"
    verbose_name = "Perangkat daerah"

    def ready(self) -> None:
        from opd import checks
        from opd.register import append, triggers

        register(checks.open_files, Tags.security, deploy=True)
        register(checks.site_url, Tags.security, deploy=True)
        register(checks.report_address, Tags.security, deploy=True)
        # SQLite loses triggers when it rebuilds a table, and cannot rename one that another table's trigger
        # names: so they are lifted before every migration and laid anew after it.
        pre_migrate.connect(triggers.drop, dispatch_uid="guards")
        post_migrate.connect(triggers.install, dispatch_uid="guards")
        post_migrate.connect(append.record_key, sender=self, dispatch_uid="key")
