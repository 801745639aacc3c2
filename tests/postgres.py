"""A throw-away PostgreSQL server for tests: initdb and pg_ctl in a temporary folder, without a port."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

INSTALL = "apt-get install postgresql"
UNSAFE_BUT_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
AS_INSTALLED = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on"  # PostgreSQL's own defaults
MANY_THREADS = "-c max_connections=200"
NO_HANGING = "-c lock_timeout=30s -c statement_timeout=120s"  # a forgotten transaction, a bad plan: fail and say so


class Postgres:
    """A server of our own: `start()` gives its DATABASE_URL, `stop()` leaves nothing behind.

    PostgreSQL refuses to run as root, so there it runs as the user `postgres` that Debian's package makes.
    """

    def __init__(self, durability: str = UNSAFE_BUT_FAST) -> None:
        self.durability = durability
        self.bin = find_bin() or Path()
        self.as_user = "postgres" if os.geteuid() == 0 else None
        # mkdtemp in /tmp, not in pytest's deeper folders: a socket's path may have 107 bytes at most
        self.folder = Path(tempfile.mkdtemp(prefix="semarang-pg-", dir="/tmp"))
        self.own(self.folder)

    def own(self, folder: Path) -> None:
        """Gives a folder to the server's user, for nobody else to read."""
        folder.chmod(0o700)
        if self.as_user:
            shutil.chown(folder, self.as_user, self.as_user)

    def start(self) -> str:
        try:
            self._run(
                "initdb",
                "--auth=trust",
                "--username=semarang",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            )
            self.up()
        except subprocess.CalledProcessError as failure:
            log = self.folder / "log"
            said = failure.stdout + (log.read_text() if log.exists() else "")
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"PostgreSQL did not start:\n{said}") from failure
        return f"postgres://semarang@/postgres?host={self.folder}"

    def up(self) -> None:
        place = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        options = f"{place} {self.durability} {MANY_THREADS} {NO_HANGING}"
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder}/log", f"--options={options}")

    def down(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate")

    def kill(self) -> None:
        """Ends the server and all that it started at once; `up()` recovers."""
        main = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        processes = (main, *_children(main))
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}").exists() for process in processes):
            time.sleep(0.01)  # the next server refuses to start beside them

    def stop(self) -> None:
        self.down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # Not a pipe for pg_ctl: the server would inherit it and keep it open for ever.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [self.bin / program, f"--pgdata={self.folder}/data", *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                user=self.as_user,
                group=self.as_user,
            )
            if done.returncode:
                said.seek(0)
                raise subprocess.CalledProcessError(done.returncode, program, output=said.read())


def _children(process: int) -> list[int]:
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for found in lists for child in found.read_text().split()]


def why_not() -> str:
    """Why no server can be started here; empty when one can."""
    if find_bin() is None:
        return "no PostgreSQL server binaries (initdb, pg_ctl) in PATH or /usr/lib/postgresql"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "root cannot run PostgreSQL, and there is no user `postgres` to run it as"
    return ""


def find_bin() -> Path | None:
    """The newest server's folder: PATH first, then where Debian keeps every version."""
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name), reverse=True)
    in_path = [Path(shutil.which("initdb") or "/nowhere").parent]
    return next(
        (bin for bin in [*in_path, *by_version] if (bin / "initdb").exists() and (bin / "pg_ctl").exists()),
        None,
    )
