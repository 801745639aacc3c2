"""How a check was asked for, and what other applications add to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class CheckRun:
    """How a long check was asked for: all of it, or from where the last one stopped.

    `progress` is called with a subject, how much is done and how much there is; `say` with a sentence that is no
    fault.
    """

    from_start: bool = False
    progress: Callable[[str, int, int], None] = lambda subject, done, total: None
    say: Callable[[str], None] = lambda sentence: None


@dataclass(frozen=True)
class AlsoChecked:
    """What another application keeps: `faults` gives a sentence for every difference from the facts.

    One with an `option` takes long: it is checked outside of the snapshot, when the command is given that option.
    """

    faults: Callable[[CheckRun], Iterator[str]]
    option: str = ""
    help: str = ""


ALSO_CHECKED: list[AlsoChecked] = []
