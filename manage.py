#!/usr/bin/env python3
"""The command line: `manage.py help` lists what it can do."""

import logging
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")
    os.environ.setdefault("LOCK_WAIT", "60")  # nobody sits before it: it may wait for a long import
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.DATABASES  # reads the settings now: a missing key is one sentence, not a traceback
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))
    from django.db import OperationalError, connection

    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # each try anew: the sentence below says it once
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as refusal:
        if connection.connection is not None:  # something else: it was open
            raise
        sys.exit(f"Basis data tidak dapat dibuka: periksa DATABASE_URL. ({refusal})")


if __name__ == "__main__":
    main()
