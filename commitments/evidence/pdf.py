"""Which words does a PDF hold? Read in a process of its own with little time and memory: who knows who made it."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

MAX_PDF_PAGES = 50
MAX_PDF_LETTERS = 500_000
MAX_PDF_SECONDS = 3  # of processor time
MAX_PDF_MEMORY = 512 * 1024 * 1024  # bytes of address space


def read(path: Path) -> tuple[str, bool]:
    """Its words, and whether that is all: every page has some, and was read within these limits.

    A scan has no words, and what is no PDF has none either.
    """
    order = [sys.executable, "-I", __file__, str(path), str(MAX_PDF_SECONDS), str(MAX_PDF_MEMORY)]
    try:
        done = subprocess.run(order, capture_output=True, timeout=2 * MAX_PDF_SECONDS, env={})  # noqa: S603 - our own
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace"), False
    return done.stdout.decode(errors="replace"), done.returncode == 0


def _tell(path: str, seconds: int, memory: int) -> bool:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    from pypdf import PdfReader

    pages, left = PdfReader(path).pages, MAX_PDF_LETTERS
    is_all = len(pages) <= MAX_PDF_PAGES
    for page in pages[:MAX_PDF_PAGES]:
        words = page.extract_text()
        is_all &= bool(words.strip()) and len(words) <= left
        print(words[:left], flush=True)
        left -= len(words[:left])
    return is_all


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a real one here
    sys.exit(0 if _tell(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])) else 1)
