"""A journal of what heads of units were told is recorded, and what the register holds after the machine failed.

`python -m tests.journal` prints the second as JSON, with the settings of its environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any

from tests.bench.submissions import TARGET, Visitor, filled_in, photograph
from tests.server import ROOT, Site

SENDERS = 2
PHOTO = 90_000  # bytes
PAUSE = 0.05  # seconds before a sender that was not answered tries again
RECEIPT = re.compile(r"/kerja/kiriman/([0-9a-f-]{36})/")


@dataclass
class Journal:
    """What was sent, and which of it was acknowledged: a report's UUID, and the digest of its photograph."""

    sent: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    def lost(self, site: Site) -> list[str]:
        """A sentence for everything that was acknowledged and is not there, or is there by half."""
        found = recorded(site)
        reports = found["reports"]
        missing = [f"report {one} is gone" for one in self.acknowledged if one not in reports]
        wrong = [
            f"report {one}: {reports[one]}"
            for one, digest in self.sent.items()
            if one in reports and reports[one] != {"entries": 1, "files": [digest]}
        ]
        return [*found["faults"], *missing, *wrong]


class Sender(threading.Thread):
    """A head who sends report after report; what was not answered is sometimes sent again, as a telephone does."""

    def __init__(self, url: str, journal: Journal, done: threading.Event, dice: Random) -> None:
        super().__init__()
        self.visitor, self.journal, self.done, self.dice = Visitor(url), journal, done, dice
        self.unanswered: tuple[str, bytes, str] | None = None
        self.visitor.sign_in()

    def run(self) -> None:
        while not self.done.is_set():
            try:
                is_answered = self._again() if self.unanswered else self._new()
            except (OSError, HTTPException):
                is_answered = False
            if not is_answered:
                self.done.wait(PAUSE)

    def _new(self) -> bool:
        status, _, page = self.visitor.ask("GET", f"{TARGET}?nilai=17")
        if status != 200:
            return self._is_fine(status, "a page")
        identity, photo = str(uuid.UUID(bytes=self.dice.randbytes(16), version=4)), photograph(self.dice, PHOTO)
        self.journal.sent[identity] = hashlib.sha256(photo).hexdigest()
        self.unanswered = (identity, *filled_in(page, identity, [photo]))
        return self._send(*self.unanswered)

    def _again(self) -> bool:
        assert self.unanswered
        if self.dice.random() < 0.5:
            self.unanswered = None
            return True
        return self._send(*self.unanswered)

    def _send(self, identity: str, body: bytes, kind: str) -> bool:
        status, goal, _ = self.visitor.ask("POST", TARGET, body, kind)
        receipt = RECEIPT.match(goal)
        if receipt and receipt[1] == identity:
            self.journal.acknowledged[identity] = self.journal.sent[identity]
        if status in (200, 302):  # with 200 the register asks first: another report came in meanwhile
            self.unanswered = None
        return self._is_fine(status, goal if status == 302 and not receipt else "a report")

    def _is_fine(self, status: int, what: str) -> bool:
        self.journal.answers[f"{status} {what}"] += 1
        return status in (200, 302)


@contextmanager
def sending(site: Site, journal: Journal, seed: int) -> Iterator[None]:
    """Heads who send reports all the while, however often the server goes away."""
    done = threading.Event()
    senders = [Sender(site.url, journal, done, Random(f"{seed} {number}")) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        yield
    finally:
        done.set()
        for sender in senders:
            sender.join()


def recorded(site: Site) -> dict[str, Any]:
    """What a site's tables, register and evidence folder hold: faults that its own check names, and its reports."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journal"], cwd=ROOT, env=site.env, capture_output=True, text=True
    )
    if done.returncode:
        return {"faults": [done.stderr.strip().splitlines()[-1]], "reports": {}}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _print_recorded() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "semarang_mou.settings"
    django.setup()
    from django.conf import settings

    from commitments.evidence import stored_files
    from commitments.models import Evidence, Measurement
    from opd import register
    from opd.models import Entry

    entries = Counter(Entry.objects.filter(act="measurement.submitted").values_list("object", flat=True))
    reports: dict[str, Any] = {
        str(row.uuid): {"entries": entries[row.object_name], "files": []} for row in Measurement.objects.all()
    }
    for identity, digest in Evidence.objects.exclude(media_type="").values_list("measurement__uuid", "sha256"):
        reports[str(identity)]["files"].append(digest)
    files = [path for path in Path(settings.MEDIA_ROOT).glob("*/*/*") if not path.name.startswith(".part-")]
    partial = [path.name for path in files if not _is_whole(path)]
    run = register.CheckRun(from_start=True)
    faults = [*register.check(), *stored_files.faults(run), *(f"{name} is a part of a file" for name in partial)]
    print(json.dumps({"faults": faults, "reports": reports}))


def _is_whole(path: Path) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() == path.name


if __name__ == "__main__":
    _print_recorded()
