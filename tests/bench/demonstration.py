"""Benchmark of `make demo` after the installation: `python -m tests.bench.demonstration`.

The same commands, on a database of its own; installing packages takes another twelve seconds.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.server import ROOT

BROWSABLE, INSTALLED = 60, 12  # seconds from a fresh clone on two cores; of those, for the packages


def started(env: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    order = [sys.executable, "manage.py", *command]
    return subprocess.Popen(order, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = {"DATABASE_URL": f"sqlite:///{Path(folder) / 'demo.sqlite3'}", "EVIDENCE_DIR": f"{folder}/evidence"}
        keys = dict.fromkeys(("SECRET_KEY", "REGISTER_KEY"), "a-key-for-a-measurement-" * 3)
        env = os.environ | keys | place | {"CACHE_DIR": f"{folder}/cache", "SECURE": "0"}
        began, static, worked = time.monotonic(), started(env, "collectstatic", "--no-input"), {}
        for command in ("migrate", "demo"):
            before = processor_seconds()
            assert started(env, command).wait() == 0, command
            worked[command] = processor_seconds() - before
        assert static.wait() == 0
        seconds = time.monotonic() - began
    parts = ", ".join(f"{command} {spent:.1f} s" for command, spent in worked.items())
    print(f"make demo without installing, n = 1: {seconds:.1f} s; processor: {parts}")
    print(f"at most {BROWSABLE - INSTALLED} s")
    return seconds > BROWSABLE - INSTALLED


if __name__ == "__main__":
    sys.exit(main())
