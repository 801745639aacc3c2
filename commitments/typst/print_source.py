"""Where a print comes from: what stands at the foot of every printed paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commitments.formats import long_moment, number
from commitments.typst import typst_runner
from opd.models import Entry


@dataclass(frozen=True)
class PrintSource:
    """Where the print comes from: the register's head, whether its progress is invented, the page's address."""

    head: Entry
    demo: bool
    address: str  # of the same facts on the public pages, as of the day printed

    def words(self) -> dict[str, Any]:
        return {
            "seq": number(self.head.seq),
            "hash": self.head.hash,
            "at": long_moment(self.head.at),
            "demo": self.demo,
            "address": self.address,
            "code": typst_runner.qr_code(self.address),
        }
