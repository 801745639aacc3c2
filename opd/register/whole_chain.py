"""What no single entry shows, only the whole chain: a demonstration in disguise, another key, entries of the future."""

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
    marked: list[int] = field(default_factory=list)  # the first that says it is of a demonstration
    future: list[Entry] = field(default_factory=list)  # the first that is later than that moment

    def read(self, entry: Entry, data: dict[str, Any]) -> None:
        if entry.seq == 1:
            self.begins_as_demo = json.loads(entry.body)["act"] == DEMO_ACT
        if data.get(DEMO_FIELD) is True and not self.marked:
            self.marked.append(entry.seq)
        if not self.future and entry.at > self.latest:
            self.future.append(entry)

    def faults(self, keys: key.KeyRing) -> Iterator[str]:
        if self.marked and not self.begins_as_demo:
            yield (
                f"entri {self.marked[0]}: dibuat di register contoh, tetapi entri 1 tidak mengatakannya: "
                "ini register contoh yang disamarkan"
            )
        is_demo = self.begins_as_demo or bool(self.marked)
        if not is_demo and any(period.fingerprint == key.OPEN_KEY for period in keys.periods):
            yield "kuncinya terbuka: register ini memakai kunci milik data contoh, yang diketahui siapa pun"
        if self.future and not is_demo:
            first = self.future[0]
            yield (
                f"entri {first.seq}: waktunya ({first.at.astimezone(clock.JAKARTA):%Y-%m-%d %H.%M} WIB) belum tiba, "
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
