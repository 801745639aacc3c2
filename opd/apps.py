from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OpdConfig(AppConfig):
    name = "opd"
    verbose_name = "Perangkat daerah"

    def ready(self) -> None:
        from opd import guards

        # SQLite drops triggers whenever it rebuilds a table, so they are laid anew after every migration.
        post_migrate.connect(guards.install, dispatch_uid="guards")
