"""The real server for tests, as in production: collected files and a database of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

INTERFACE = "asginl"  # as in the Makefile
ROOT = Path(__file__).resolve().parent.parent
START = 60  # seconds


class Site:
    """Granian on 127.0.0.1, as `make serve` runs it; `fill`: the commands that fill its database."""

    def __init__(
        self,
        folder: Path,
        *fill: str,
        database: str = "",
        served: str = "semarang_mou.asgi:application",
        interface: str = INTERFACE,
        workers: int = 2,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder, self.served, self.interface, self.workers = folder, served, interface, workers
        folder.mkdir(parents=True, exist_ok=True)
        self.env = os.environ | {
            "DATABASE_URL": database or f"sqlite:///{folder / 'site.sqlite3'}",
            "EVIDENCE_DIR": str(folder / "evidence"),
            "SECRET_KEY": "a-key-for-a-site-under-test-" * 3,
            "REGISTER_KEY": "a-register-key-for-a-site-under-test-" * 3,
            "CACHE_DIR": str(folder / "cache"),
            "CACHE_URL": "",
            "DEBUG": "0",
            "SECURE": "0",
            "THREADS": "4",
            **settings,
        }
        self._collect()
        for command in ("migrate --verbosity 0", *fill):
            self._run("manage.py", *command.split())
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.process = self._serve()

    def kill(self) -> None:
        """Ends the server and its workers at once, as the kernel does when memory runs out: nothing is finished."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def serve_again(self) -> None:
        self.process = self._serve()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _collect(self) -> None:
        """One test process at a time: the collected files have one folder."""
        with (ROOT / "manage.py").open() as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            self._run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")

    def _run(self, *command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=ROOT, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def _serve(self) -> subprocess.Popen[bytes]:
        where = f"--host 127.0.0.1 --port {self.url.rpartition(':')[2]} --workers {self.workers}"
        options = f"--interface {self.interface} --http 1 --no-ws --log-level error {where}"
        command = [sys.executable, "-m", "granian", *options.split(), self.served]
        process = subprocess.Popen(command, cwd=ROOT, env=self.env, process_group=0)
        end = time.monotonic() + START
        while time.monotonic() < end and process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return process
        os.killpg(process.pid, signal.SIGKILL)
        raise RuntimeError(f"the server did not answer within {START} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
