"""What only the whole chain shows: a demonstration in disguise, another key, entries of the future."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from opd import clock
from opd.register import key
from opd.register.ends import DEMO_ACT, DEMO_FIELD
from opd.register.entry import Entry

MAX_CLOCK_LEAD = timedelta(minutes=5)  # of the machine that wrote, before the one that checks


@dataclass
class WholeChain:
    """What only all entries together show: whether they are of a demonstration, and which were written too early."""

    latest: datetime = field(default_factory=lambda: clock.now() + MAX_CLOCK_LEAD)
    begins_as_demo: bool = False
    first_marked: Entry | None = None  # that says it is of a demonstration
    first_future: Entry | None = None  # later than `latest`

    def read(self, entry: Entry, data: dict[str, Any]) -> None:
        if entry.seq == 1:
            self.begins_as_demo = json.loads(entry.body)["act"] == DEMO_ACT
        if data.get(DEMO_FIELD) is True and self.first_marked is None:
            self.first_marked = entry
        if self.first_future is None and entry.at > self.latest:
            self.first_future = entry

    def faults(self, keys: key.KeyRing) -> Iterator[str]:
        if self.first_marked and not self.begins_as_demo:
            yield (
                f"entri {self.first_marked.seq}: dibuat di register contoh, tetapi entri 1 tidak mengatakannya: "
                "ini register contoh yang disamarkan"
            )
        is_demo = self.begins_as_demo or self.first_marked is not None
        if not is_demo and any(period.fingerprint == key.OPEN_KEY for period in keys.periods):
            yield "kuncinya terbuka: register ini memakai kunci milik data contoh, yang diketahui siapa pun"
        if self.first_future and not is_demo:
            at = self.first_future.at.astimezone(clock.JAKARTA)
            yield (
                f"entri {self.first_future.seq}: waktunya ({at:%Y-%m-%d %H.%M} WIB) belum tiba, "
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
