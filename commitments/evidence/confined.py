"""Runs a parser on a file in a process of its own, with little time and memory: the file may be hostile."""

from __future__ import annotations

import importlib
import io
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from pathlib import Path

ROOT = Path(__file__).resolve().parents[__name__.count(".")]
_are_own: ContextVar[bool] = ContextVar("own files", default=False)


@contextmanager
def own_files() -> Iterator[None]:
    """Context in which all files were drawn by this very program, as in a demonstration: no process is needed."""
    token = _are_own.set(True)
    try:
        yield
    finally:
        _are_own.reset(token)


def run(work: Callable[[bytes], None], content: bytes, *, seconds: int, memory: int) -> tuple[bytes, bool]:
    """What `work` wrote to standard output about a file, and whether it finished within these limits.

    `work` stands in a module that needs no settings. `seconds` are of processor time, `memory` is bytes of address
    space. The process knows no secret of the environment, writes no file and leaves no image of its memory behind.
    """
    if _are_own.get():
        return _run_here(work, content)
    limits = [str(seconds), str(memory)]
    order = [sys.executable, "-I", __file__, str(ROOT), work.__module__, work.__name__, *limits]
    try:
        done = subprocess.run(order, input=content, capture_output=True, timeout=2 * seconds, env={})  # noqa: S603 - our own
    except subprocess.TimeoutExpired as late:
        return late.stdout or b"", False
    return done.stdout, done.returncode == 0


def _run_here(work: Callable[[bytes], None], content: bytes) -> tuple[bytes, bool]:
    """The same in this process: what fails there ends the other process, and only fails here."""
    out, is_done = io.BytesIO(), True
    with io.TextIOWrapper(out, "utf-8", write_through=True) as text, redirect_stdout(text):
        try:
            work(content)
        except SystemExit as end:
            is_done = not end.code
        except Exception:
            is_done = False
        return out.getvalue(), is_done


def _work(root: str, module: str, name: str, seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.path.append(root)
    getattr(importlib.import_module(module), name)(sys.stdin.buffer.read())


if __name__ == "__main__":
    root, module, name, seconds, memory = sys.argv[1:]
    _work(root, module, name, int(seconds), int(memory))
