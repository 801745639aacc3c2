#!/usr/bin/env python3
"""Watches a register of "Melewati Seremoni" from outside, with Python 3.9 or later and nothing else.

    python3 witness.py https://register.example /var/lib/saksi

Run it every day. It fetches the entries that are new, checks that they continue what it saw the last time, and adds
the new head to `kepala.txt` in that folder. When the register was rewritten it says so on standard error, keeps what
it had, and exits with 1: publish your head then. 2: no answer. With `kunci` (a private key of ssh-keygen) in the
folder it signs each head, so that others can check that it was you who saw it.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

FIRST = "0" * 64
KEPT, KEY = "kepala.txt", "kunci"


def last_kept(folder):
    """(number, hash) of the newest head in the folder; (0, sixty-four zeros) at the beginning."""
    kept = folder / KEPT
    lines = kept.read_text().split("\n") if kept.exists() else []
    _, seq, digest = next((line.split() for line in reversed(lines) if line), ("", "0", FIRST))
    return int(seq), digest


def continued(base, seq, digest):
    """The head of the register now. ValueError when it does not continue the head given."""
    after = max(seq - 1, 0)  # the entry that was the last one, once more: it must still have that hash
    previous = None if seq else FIRST
    with urllib.request.urlopen(f"{base}/jejak.jsonl?sejak={after}") as answer:
        for line in answer:
            text, _, told = line.decode().rstrip("\n")[len('{"entry": ') :].rpartition(', "hash": "')
            told, number = told[:64], json.loads(text)["seq"]
            after += 1
            if number != after:
                raise ValueError(f"entry {after} is missing")
            if previous is None:
                if told != digest:
                    raise ValueError(f"entry {number} has another hash than the head that was kept: {told}")
            elif hashlib.sha256((previous + text).encode()).hexdigest() != told:
                raise ValueError(f"entry {number} does not continue the one before it")
            previous = told
    if after < seq or previous is None:
        raise ValueError(f"entry {seq} is gone")
    return after, previous


def main(base, folder):
    seq, digest = last_kept(folder)
    try:
        now, head = continued(base, seq, digest)
    except OSError as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"REWRITTEN: {error}. The head that was kept is {seq}:{digest}; publish it.", file=sys.stderr)
        return 1
    if now > seq:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with (folder / KEPT).open("a") as kept:
            kept.write(f"{at} {now} {head}\n")
        sign(folder, now, head)
    print(f"{now}:{head}")
    return 0


def sign(folder, seq, head):
    """A signature of the head by ssh-keygen beside it, when there is a key."""
    if (folder / KEY).exists() and shutil.which("ssh-keygen"):
        note = folder / f"kepala-{seq}.note"
        note.write_text(f"{seq}:{head}\n")
        command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(folder / KEY), "-n", "melewati-seremoni", str(note)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1].rstrip("/"), Path(sys.argv[2])))
