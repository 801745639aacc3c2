from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = "Komitmen"

    def ready(self) -> None:
        from commitments.backup.checks import backups_are_recent
        from commitments.evidence import stored_files
        from commitments.ladder import kept
        from commitments.models import transfer
        from commitments.reports import month_ends
        from opd import register
        from opd.models import unit_change

        register.ALSO_CHECKED += [
            register.AlsoChecked(kept.faults),
            register.AlsoChecked(month_ends.faults),
            register.AlsoChecked(
                stored_files.faults, option="evidence", help="juga berkas bukti: setiap berkas dihitung sidiknya"
            ),
        ]
        register.FOLLOWERS.append(kept.follow)
        post_migrate.connect(kept.after_migration, sender=self, dispatch_uid="kept ladder")
        unit_change.ALSO_SHOWN.append(transfer.commitments_moving)
        checks.register(backups_are_recent, checks.Tags.security, deploy=True)
