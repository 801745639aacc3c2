"""Long imports: each runs in a thread of its own, tells how far it is, and can be stopped without leaving anything.

What a job tells stands in a file, because the next request may reach another process.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connections

from commitments.secretariat.imports import pending_files
from opd.errors import Refused

logger = logging.getLogger(__name__)
ROWS_BETWEEN_SIGNS = 25  # after which a job says how far it is, and looks whether it shall stop
SECONDS_WITHOUT_SIGN = 180  # after which its process must have ended; the last rows of all are written in one go
ONE_AT_A_TIME = threading.Lock()  # a process has few threads, and the machine few cores
Tell = Callable[[int, int], None]  # (rows done, of how many); what it raises ends the run, and nothing stays


class JobStopped(Refused):
    """Error: somebody asked this import to stop."""

    sentence = "Dihentikan. Tidak ada yang tercatat."


@dataclass
class ImportJob:
    """What is known of one long import. `html`: the page with its result, once it has one."""

    key: str
    slug: str
    name: str  # of the file
    by: Any  # the key of the account
    keeps: bool  # whether it writes to the register, or only tries
    done: int = 0
    total: int = 0
    is_over: bool = False
    status: int = 200
    html: str = ""
    problem: str = ""  # why there is no result
    success: str = ""  # what was kept

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_lost(self) -> bool:
        """Whether it has said nothing for so long that its process must have ended; then nothing was kept either."""
        return not self.is_over and time.time() - _file(self.key).stat().st_mtime > SECONDS_WITHOUT_SIGN

    def write(self) -> None:
        """Replaces the file at once, so that nobody reads half of it."""
        new = _file(self.key, "new")
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(asdict(self)))
        new.replace(_file(self.key))


def _file(key: str, ending: str = "job") -> Path:
    return pending_files.folder("menunggu") / f"{key}.{ending}"


def find(key: str) -> ImportJob | None:
    try:
        return ImportJob(**json.loads(_file(key).read_text()))
    except OSError:
        return None


def stop(job: ImportJob) -> None:
    """Asks a job to stop; it does so at one of its next rows."""
    _file(job.key, "stop").touch()


def start(work: Callable[[ImportJob, Tell], None], *, slug: str, name: str, by: Any, keeps: bool) -> ImportJob:
    """Begins a job: `work` gets it with what tells of each row, and writes into it what comes of it."""
    job = ImportJob(secrets.token_urlsafe(16), slug, name, by, keeps)
    job.write()
    threading.Thread(target=_run, args=(job, work), name=f"import-{job.key}", daemon=True).start()
    return job


def _run(job: ImportJob, work: Callable[[ImportJob, Tell], None]) -> None:
    def tell(done: int, total: int) -> None:
        job.done, job.total = done, total
        if done % ROWS_BETWEEN_SIGNS == 0:
            job.write()
            if _file(job.key, "stop").exists():
                raise JobStopped

    try:
        with ONE_AT_A_TIME:
            work(job, tell)
    except Refused as refused:
        job.problem = str(refused)
    except Exception:  # whatever it was, the person must not wait for ever; the log has it
        logger.exception("an import failed")
        job.problem = "Ada kesalahan pada program ini. Tidak ada yang tercatat; laporkan kepada pengelola server."
    finally:
        connections.close_all()
        job.is_over = True
        job.write()
        _file(job.key, "stop").unlink(missing_ok=True)
