"""The door for case files: a process of its own, with limits, reads the bytes; nothing of them is kept."""

from __future__ import annotations

import json
from typing import Any

from commitments.cases.reading import Order, print_answer
from commitments.cases.sheets import UNREADABLE_FILE
from commitments.evidence import confined

MAX_CASE_FILE_BYTES = 25 * 1024 * 1024
CASE_FILE_SECONDS = 15  # of processor time
CASE_FILE_MEMORY = 400 * 1024 * 1024  # bytes of address space; what is really used stays below 200 MB


def read_file(order: Order, content: bytes) -> dict[str, Any]:
    """What a case file says: see `reading.answer`. A file that breaks its reader is one that cannot be read."""
    if len(content) > MAX_CASE_FILE_BYTES:
        return {"problem": "Berkas ini lebih dari 25 MB. Hapus kolom yang tidak perlu, lalu kirim lagi."}
    payload = order.packed().encode() + b"\n" + content
    out, is_done = confined.run(print_answer, payload, seconds=CASE_FILE_SECONDS, memory=CASE_FILE_MEMORY)
    found: dict[str, Any] = json.loads(out) if is_done else {"problem": UNREADABLE_FILE}
    return found
