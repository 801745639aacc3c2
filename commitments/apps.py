from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = "Komitmen"

    def ready(self) -> None:
        from commitments import changes
        from commitments.reports import month_ends
        from opd import register
        from opd.models import change

        register.ALSO_CHECKED.append(month_ends.faults)
        change.ALSO_SHOWN.append(changes.at_stake)
