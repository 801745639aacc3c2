"""What only the whole chain shows: a demonstration in disguise, another key, entries of the future."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from opd import clock
from opd.register import key
from opd.register.ends import DEMO_ACT, DEMO_FIELD

if TYPE_CHECKING:
    from opd.register.checking.lines import StoredEntry

MAX_CLOCK_LEAD = timedelta(minutes=5)  # of the machine that wrote, before the one that checks


@dataclass
class WholeChain:
    """What only all entries together show: whether they are of a demonstration, and which were written too early."""

    latest: datetime = field(default_factory=lambda: clock.now() + MAX_CLOCK_LEAD)
    begins_as_demo: bool = False
    first_marked: int = 0  # the first entry that says it is of a demonstration
    first_future: tuple[int, datetime] | None = None  # the first entry later than `latest`

    def read(self, line: StoredEntry, data: dict[str, Any]) -> None:
        if line.seq == 1:
            self.begins_as_demo = json.loads(line.body)["act"] == DEMO_ACT
        if data.get(DEMO_FIELD) is True and not self.first_marked:
            self.first_marked = line.seq
        if self.first_future is None and line.at > self.latest:
            self.first_future = line.seq, line.at

    def add(self, later: WholeChain) -> None:
        """What the entries that follow show."""
        self.begins_as_demo |= later.begins_as_demo
        self.first_marked = self.first_marked or later.first_marked
        self.first_future = self.first_future or later.first_future

    def faults(self, keys: key.KeyRing) -> Iterator[str]:
        if self.first_marked and not self.begins_as_demo:
            yield (
                f"entri {self.first_marked}: dibuat di register contoh, tetapi entri 1 tidak mengatakannya: "
                "ini register contoh yang disamarkan"
            )
        is_demo = self.begins_as_demo or self.first_marked > 0
        if not is_demo and any(period.fingerprint == key.OPEN_KEY for period in keys.periods):
            yield "kuncinya terbuka: register ini memakai kunci milik data contoh, yang diketahui siapa pun"
        if self.first_future and not is_demo:
            seq, at = self.first_future[0], self.first_future[1].astimezone(clock.JAKARTA)
            yield (
                f"entri {seq}: waktunya ({at:%Y-%m-%d %H.%M} WIB) belum tiba, "
                "begitu pula semua sesudahnya: jam mesin ini tertinggal, atau dicatat dengan jam yang salah"
            )
        yield from map(_other_key, keys.missing())


def _other_key(period: key.KeyPeriod) -> str:
    return (
        f"kuncinya lain: entri {period.since} sampai {period.until} memakai kunci bersidik {period.fingerprint}, "
        f"mesin ini memegang {key.fingerprint()}; isian tertutup di entri itu tidak dibandingkan"
    )


def lost_head(seq: int, digest: str, *, last: int) -> str:
    """Why a head kept elsewhere is not in the chain."""
    if seq > last:
        return (
            f"kepala jejak {seq}:{digest} yang disimpan di luar lebih baru daripada catatan terakhir ({last}): "
            "ekor register ini terpotong, atau basis data ini salinan yang lebih lama"
        )
    return f"kepala jejak {seq}:{digest} yang disimpan di luar tidak ada di register ini: jejaknya ditulis ulang"
