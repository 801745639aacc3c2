"""Processes that read the register at the same moment, so that a check uses more than one processor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

Part = TypeVar("Part")
Report = TypeVar("Report")


def in_turn(work: Callable[[Part], Report], parts: list[Part]) -> Iterator[Report]:
    """What `work` reports of each part, in their order."""
    yield from map(work, parts)
