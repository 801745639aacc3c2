"""Which words does a PDF hold? Read in a process of its own with little time and memory: who knows who made it."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

MOST_PAGES = 50
SECONDS = 3  # of processor time
MEMORY = 512 * 1024 * 1024  # bytes of address space


def text(path: Path) -> str:
    """The words of its first 50 pages, as far as 3 s and 512 MB reach; nothing of a scan, or of what is no PDF."""
    order = [sys.executable, "-I", __file__, str(path), str(SECONDS)]
    try:
        said = subprocess.run(order, capture_output=True, timeout=2 * SECONDS, env={}).stdout  # noqa: S603 - our own
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    return said.decode(errors="replace")


def _tell(path: str, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from pypdf import PdfReader

    for page in PdfReader(path).pages[:MOST_PAGES]:
        sys.stdout.buffer.write(page.extract_text().encode(errors="replace") + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _tell(sys.argv[1], int(sys.argv[2]))
