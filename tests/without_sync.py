"""The site as it would be without its protection against a power cut: `WITHOUT_SYNC` names what is not synced.

`files`: evidence is written, but never waited for. `rows`: the same for SQLite's commits.
"""

from __future__ import annotations

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")
if os.environ["WITHOUT_SYNC"] == "files":
    os.fsync = lambda fd: None
else:
    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    assert "synchronous=OFF" in options["init_command"]

from semarang_mou.asgi import application

__all__ = ["application"]
