"""Processes that read the register at the same moment, so that a check uses more than one processor."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from opd import reader_process
from opd.register import snapshot

Part = TypeVar("Part")
Report = TypeVar("Report")

MOST_READERS = 4
WORTH_A_READER = 3  # parts: each process takes a second to start


def in_turn(work: Callable[[Part], Report], parts: list[Part]) -> Iterator[Report]:
    """What `work` reports of each part, in their order. Inside a snapshot, several processes share the work."""
    moment = snapshot.shared_moment()
    readers = min(os.cpu_count() or 1, MOST_READERS, len(parts) // WORTH_A_READER)
    if moment is None or readers < 2:
        yield from map(work, parts)
        return
    # Started anew: a forked one would have connections and threads that are not its own.
    pool = ProcessPoolExecutor(readers, get_context("spawn"), reader_process.begin, (moment,))
    try:
        reports = pool.map(partial(reader_process.at_that_moment, work), parts)
        for part, report in zip(parts, reports, strict=True):
            yield work(part) if report is None else report
    finally:
        pool.shutdown(cancel_futures=True)
