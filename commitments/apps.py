from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = "Komitmen"

    def ready(self) -> None:
        from commitments.models import transfer
        from commitments.reports import month_ends
        from opd import register
        from opd.models import unit_change

        register.ALSO_CHECKED.append(register.AlsoChecked(month_ends.faults))
        unit_change.ALSO_SHOWN.append(transfer.at_stake)
