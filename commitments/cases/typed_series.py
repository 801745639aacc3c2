"""What a series of typed values makes one ask; no file stands behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

ALWAYS_ON_TARGET, ALWAYS_ROUND = 3, 5  # values in a row, the newest too
ROUND_STEP = Decimal(5)


class PutQuestion(NamedTuple):
    """A question as it is put: its code, its sentence, its rule."""

    code: str
    text: str
    rule: str


def of_typed(value: Decimal, goal: Decimal, earlier: Sequence[Decimal]) -> Iterator[PutQuestion]:
    """The questions to a typed value. `earlier`: the values before it, newest first."""
    series = [value, *earlier]
    on_target, all_round = series[:ALWAYS_ON_TARGET], series[:ALWAYS_ROUND]
    if earlier and value == earlier[0]:
        yield PutQuestion("same", "Angkanya sama persis dengan angka sebelumnya.", "angka yang sama lagi")
    if len(on_target) == ALWAYS_ON_TARGET and set(on_target) == {goal}:
        text = f"{ALWAYS_ON_TARGET} angka terakhir persis sama dengan target."
        yield PutQuestion("exact", text, f"persis target {ALWAYS_ON_TARGET} kali berturut-turut")
    if len(all_round) == ALWAYS_ROUND and all(one and one % ROUND_STEP == 0 for one in all_round):
        text = f"{ALWAYS_ROUND} angka terakhir semuanya kelipatan 5."
        yield PutQuestion("round_values", text, f"kelipatan 5 {ALWAYS_ROUND} kali berturut-turut")
