"""How far a long piece of work is, on one line of a terminal and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def unseen(doing: str, done: int, total: int) -> None:
    """For whoever is not at a terminal."""


class TerminalLine:
    """A `Progress` that writes over its own line, at most once for each percent."""

    def __init__(self, stdout: Any) -> None:
        self.stdout, self.last = stdout, ""

    def __call__(self, doing: str, done: int, total: int) -> None:
        line = f"{doing}: {done * 100 // max(total, 1)}%"
        if line != self.last and self.stdout.isatty():
            self.last = line
            self.stdout.write(f"\r\033[K{line}", ending="")
            self.stdout.flush()

    def clear(self) -> None:
        if self.last:
            self.last = ""
            self.stdout.write("\r\033[K", ending="")
