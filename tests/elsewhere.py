"""What does another process do to a register? `python -m tests.elsewhere tell|append ...`, each in its own Django.

tell             migrate the database of DATABASE_URL, tell the history of everything, print the head's hash
append NAME N    say "ready", wait for a line, enter N people, print how many were done and how many refused;
                 with UNLOCKED=1 without the register's lock, to show what it is for
"""

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.elsewhere", *arguments],
        cwd=ROOT,
        env=os.environ | {"THREADS": "1"} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def address_of_this_database() -> str:
    """The DATABASE_URL of the database under test."""
    from django.db import connection

    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(told['NAME']))}"
    return f"postgres://{told['USER']}@/{told['NAME']}?host={told['HOST']}"


def tell() -> None:
    from django.conf import settings
    from django.core.management import call_command

    from opd import register
    from tests import history_of_everything as story
    from tests.cast import Cast

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    with story.demonstration() as turned:
        story.told(story.everything(Cast()), story.at_its_own_pace(turned))
    head = register.head()
    print(head and head.hash)


def append(name: str, acts: str) -> None:
    from django.db import DatabaseError, connection

    from opd import access, register
    from opd.models import Person

    done = refused = 0
    connection.ensure_connection()
    if os.environ.get("UNLOCKED"):
        register._LOCK = os.getpid()  # PostgreSQL: a lock of its own
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # SQLite: none before the first write
        _think_before_writing()
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(acts)):
        try:
            Person.enter(by=access.SYSTEM, name=f"{name} {number}")
            done += 1
        except DatabaseError:
            refused += 1
    print(done, refused)


def _think_before_writing() -> None:
    """An act looks at the clock after it has read the last entry: long enough for another one to come between."""
    from opd import clock

    now = clock.now

    def slowly() -> datetime:
        time.sleep(0.01)
        return now()

    clock.now = slowly


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "semarang_mou.settings"
    import django

    django.setup()
    {"tell": tell, "append": append}[sys.argv[1]](*sys.argv[2:])
