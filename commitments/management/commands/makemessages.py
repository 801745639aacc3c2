"""`manage.py makemessages`: collects the texts of the public pages into the English catalogue.

It is Django's command with the options of this project: only English (the texts in the code are Indonesian), no line
numbers and no dates, so that a diff shows texts only; texts that no page uses any more are dropped.
"""

from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

OUTSIDE = [
    "templates/workspace/*",
    "templates/admin/*",
    "templates/secretariat/*",
    "templates/account/*",
    "templates/mfa/*",
    "tests/*",
    ".*",
]
DATE = '"POT-Creation-Date: '


class Command(makemessages.Command):
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]  # no guesses

    def handle(self, *args: Any, **options: Any) -> None:
        options |= {
            "locale": ["en"],
            "ignore_patterns": [*OUTSIDE, "staticfiles/*", "static/*"],
            "extensions": ["html", "svg", "txt", "py"],
            "no_obsolete": True,
            "no_wrap": True,
            "add_location": "file",
        }
        super().handle(*args, **options)

    def write_po_file(self, potfile: str, locale: str) -> None:
        super().write_po_file(potfile, locale)
        catalogue = Path(potfile).with_name(locale) / "LC_MESSAGES" / "django.po"
        lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
        catalogue.write_text("".join(line for line in lines if not line.startswith(DATE)), encoding="utf-8")
