"""The whole check: every stretch of the chain, what only all of them show, and the rows that none of them settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from opd.register import key
from opd.register.checking import readers
from opd.register.checking.stretch import (
    LastTold,
    RowName,
    StretchReport,
    check_stretch,
    is_as_recorded,
    stretches,
)
from opd.register.checking.tables import batches, readable, registered_models, unlawful_rows
from opd.register.checking.whole_chain import WholeChain, lost_head
from opd.register.entry import Entry
from opd.register.registered import Registered

STRETCH_ENTRIES = 5_000


@dataclass
class Findings:
    """What the stretches found together so far."""

    last: int = 0
    has_kept_head: bool = False
    whole: WholeChain = field(default_factory=WholeChain)
    settled: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    open: dict[RowName, LastTold] = field(default_factory=dict)

    def add(self, report: StretchReport) -> None:
        """The next stretch: what it tells of a row stands, whatever was told before."""
        self.last = max(self.last, report.last)
        self.has_kept_head |= report.has_kept_head
        self.whole.add(report.whole)
        for kind, pks in report.settled.items():
            self.settled[kind].update(pks)
        for (kind, _), told in report.open.items():
            self.settled[kind].discard(told.pk or 0)
        known = {**self.open, **report.open}
        self.open = {name: told for name, told in known.items() if told.pk not in self.settled[name[0]]}


def check(
    kept_head: tuple[int, str] | None = None,
    progress: Callable[[int], None] = lambda seq: None,
    entries: int = STRETCH_ENTRIES,
) -> Iterator[str]:
    """Every fault found in the chain, in a head kept elsewhere (seq, hash) and in the replay; each is a sentence.

    While others write, call it inside a `snapshot()`. `progress` is called with the number of the last entry read.
    The chain is read in stretches of so many `entries`.
    """
    keys, found = key.KeyRing.of_register(Entry.objects.count()), Findings()
    for report in readers.in_turn(partial(check_stretch, keys=keys, kept_head=kept_head), list(stretches(entries))):
        yield from report.faults
        found.add(report)
        progress(found.last)
    if kept_head and not found.has_kept_head:
        yield lost_head(*kept_head, last=found.last)
    yield from found.whole.faults(keys)
    yield from unlawful_rows()
    for model in registered_models():
        yield from _unsettled(model, found, keys)
    for kind, name in found.open:
        yield f"{kind}:{name}: dicatat di register, tidak ada lagi di tabel"


def _unsettled(model: type[Registered], found: Findings, keys: key.KeyRing) -> Iterator[str]:
    """Looks at the rows that no stretch settled: drafts, or what is not as it was told."""
    settled = found.settled[model.kind]
    pks = model._base_manager.order_by("pk").values_list("pk", flat=True).iterator()
    for some in batches(pk for pk in pks if pk not in settled):
        for pk, instance in readable(model.for_register().filter(pk__in=some)):
            if instance is None:
                yield f"{model.kind} di baris {pk}: tidak dapat dibaca"
            elif instance.in_register:
                yield from _replay_fault(instance, found.open.pop((model.kind, instance.public_name), None), keys)


def _replay_fault(instance: Registered, told: LastTold | None, keys: key.KeyRing) -> Iterator[str]:
    if told is None:
        yield f"{instance.object_name}: ada di tabel, tidak pernah dicatat di register"
    elif not is_as_recorded(instance, told.seq, told.digest, keys):
        yield f"{instance.object_name}: berbeda dari yang dicatat entri {told.seq}"
