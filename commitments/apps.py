from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = "Komitmen"

    def ready(self) -> None:
        from commitments.reports import month_ends
        from opd import register

        register.ALSO_CHECKED.append(month_ends.faults)
