"""Django's configuration of this app."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, post_save, pre_migrate


class OpdConfig(AppConfig):
    name = "opd"
    verbose_name = "Perangkat daerah"

    def ready(self) -> None:
        from opd import checks
        from opd.models import grant, staff_role
        from opd.register import ALSO_CHECKED, AlsoChecked, append, triggers

        register(checks.open_files, Tags.security, deploy=True)
        register(checks.site_url, Tags.security, deploy=True)
        register(checks.report_address, Tags.security, deploy=True)
        # SQLite loses triggers when it rebuilds a table, and cannot rename one that another table's trigger
        # names: so they are lifted before every migration and laid anew after it.
        pre_migrate.connect(triggers.drop, dispatch_uid="guards")
        post_migrate.connect(triggers.install, dispatch_uid="guards")
        post_migrate.connect(append.record_key, sender=self, dispatch_uid="key")
        post_migrate.connect(grant.record_existing, sender=self, dispatch_uid="grants")
        post_save.connect(staff_role.record_superuser, sender="auth.User", dispatch_uid="superusers")
        ALSO_CHECKED.append(AlsoChecked(staff_role.superusers_off_the_record))
