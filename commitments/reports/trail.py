"""What happened, told to people: the register's entries as sentences, newest first, with where to look."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy

from commitments.models import Commitment, Measurement, ServiceTarget
from commitments.reports import offices
from opd import clock
from opd.models import Entry, Unit

PAGE = 50

ACTS: dict[str, Any] = {
    "demo": gettext_lazy("memulai register contoh"),
    "unit.entered": gettext_lazy("mencatat unit"),
    "unit.corrected": gettext_lazy("membetulkan catatan unit"),
    "unit.renamed": gettext_lazy("mengganti nama unit"),
    "unit_change.proposed": gettext_lazy("mengusulkan perubahan unit"),
    "unit_change.confirmed": gettext_lazy("mengesahkan perubahan unit"),
    "person.entered": gettext_lazy("mencatat pejabat"),
    "tenure.entered": gettext_lazy("mencatat masa jabatan"),
    "tenure.ended": gettext_lazy("mengakhiri masa jabatan"),
    "memorandum.entered": gettext_lazy("mencatat kesepakatan"),
    "signature.entered": gettext_lazy("mencatat tanda tangan"),
    "signature.withdrawn": gettext_lazy("mencabut tanda tangan yang keliru tercatat"),
    "public_fact.entered": gettext_lazy("mencatat keterangan dari sumber"),
    "commitment.proposed": gettext_lazy("mengusulkan komitmen"),
    "commitment.published": gettext_lazy("mengumumkan komitmen"),
    "commitment.withdrawn": gettext_lazy("menarik komitmen"),
    "commitment.acknowledged": gettext_lazy("menerima komitmen warisan"),
    "target.proposed": gettext_lazy("mengusulkan target"),
    "target.published": gettext_lazy("mengumumkan target"),
    "target.withdrawn": gettext_lazy("menarik target"),
    "revision.proposed": gettext_lazy("mengusulkan perubahan target"),
    "revision.approved": gettext_lazy("menyetujui perubahan target"),
    "revision.refused": gettext_lazy("menolak perubahan target"),
    "measurement.submitted": gettext_lazy("mengirim hasil pengukuran"),
    "measurement.pulled_back": gettext_lazy("menarik kembali kirimannya"),
    "measurement.verified": gettext_lazy("memverifikasi hasil pengukuran"),
    "measurement.returned": gettext_lazy("mengembalikan hasil pengukuran"),
    "measurement.rejected": gettext_lazy("menolak hasil pengukuran"),
    "measurement.revoked": gettext_lazy("mencabut verifikasi"),
    "measurement.redacted": gettext_lazy("menghapus catatan berisi data pribadi"),
    "evidence.redacted": gettext_lazy("menghapus bukti berisi data pribadi"),
}


@dataclass(frozen=True)
class Line:
    """One entry as people read it. `about` names its object; `href` leads there, empty when nothing is public."""

    entry: Entry
    office: str
    act: str
    about: str
    href: str


@dataclass(frozen=True)
class Trail:
    lines: tuple[Line, ...]
    total: int
    number: int  # of this page
    pages: int
    about: str  # the object asked for, or ""

    @property
    def newer(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def older(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def trail(day: date, page: str = "", about: str = "") -> Trail:
    """A page of what the register held at the end of a day. A page number that makes no sense is the nearest one."""
    entries = Entry.objects.filter(at__lt=clock.end_of(day))
    about = about.replace("\0", "")[:120]
    if about:
        entries = entries.filter(object=about)
        total = entries.count()
    else:
        total = entries.aggregate(last=Max("seq"))["last"] or 0  # numbered without gaps
    pages = max(1, -(-total // PAGE))
    number = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    start = (number - 1) * PAGE
    if about:
        shown = entries.order_by("-seq")[start : start + PAGE]
    else:  # by number, so that the oldest page is as quick as the newest
        shown = entries.filter(seq__lte=total - start, seq__gt=total - start - PAGE).order_by("-seq")
    return Trail(tuple(_lines(shown, day)), total, number, pages, about)


def whole() -> Iterator[str]:
    """Every entry from the first on, each a line of JSON that holds the text exactly as it was hashed."""
    for body, digest in Entry.objects.order_by("seq").values_list("body", "hash").iterator():
        yield f'{{"entry": {body}, "hash": "{digest}"}}\n'


def act_name(act: str) -> str:
    """The act in words; its code when nobody has found words for it yet."""
    return str(ACTS.get(act, act))


def _lines(entries: QuerySet[Entry], day: date) -> Iterator[Line]:
    rows = [(entry, json.loads(entry.body)["data"]) for entry in entries]
    names = dict(Unit.objects.with_names(day).values_list("code", "short_name"))
    said = offices.in_words((entry.actor for entry, _ in rows), day)
    places = Places.of(rows, day)
    for entry, data in rows:
        about, href = places.place(entry.object, data, names)
        yield Line(entry, said[entry.actor], act_name(entry.act), about, href)


@dataclass(frozen=True)
class Places:
    """Where the objects of some entries can be looked up; three queries for any number of entries."""

    commitments: frozenset[str]  # references announced by that day
    targets: frozenset[str]
    target_of: dict[str, str]  # measurement UUID -> reference of its target

    @classmethod
    def of(cls, rows: Iterable[tuple[Entry, dict[str, Any]]], day: date) -> Places:
        named = [entry.object.partition(":") for entry, _ in rows]
        measured = [name for kind, _, name in named if kind == "measurement"]
        measured += [
            row["measurement"] for _, data in rows for row in data.get("evidence", []) if "measurement" in row
        ]
        return cls(
            commitments=frozenset(Commitment.objects.published_on(day).values_list("reference", flat=True)),
            targets=frozenset(ServiceTarget.objects.published_on(day).values_list("reference", flat=True)),
            target_of={
                str(uuid): reference
                for uuid, reference in Measurement.objects.filter(uuid__in=measured).values_list(
                    "uuid", "target__reference"
                )
            },
        )

    def place(self, name: str, data: dict[str, Any], units: dict[str, str]) -> tuple[str, str]:
        """What the object is called and its address; the address is empty while nothing about it is public."""
        kind, _, key = name.partition(":")
        first = next(iter(data.get(kind, [])), {})
        if kind == "evidence":
            kind, key = "measurement", first.get("measurement", "")
        if kind == "measurement":
            kind, key = "target", self.target_of.get(key, "")
        elif kind == "revision":
            kind, key = "target", first.get("target", "")
        elif kind in ("tenure", "public_fact") or (kind == "signature" and first.get("unit")):
            kind, key = "unit", first.get("unit", "")
        elif kind == "unit_change":
            kind, key = "unit", next(iter(first.get("predecessors", [])), "")
        return self._address(kind, key, first, units)

    def _address(self, kind: str, key: str, row: dict[str, Any], units: dict[str, str]) -> tuple[str, str]:
        if kind == "unit":
            return units.get(key, key), f"/unit/{key}/" if key in units else ""
        if kind == "target":
            return key, f"/sasaran/{key}/" if key in self.targets else ""
        if kind == "commitment":
            return key, f"/komitmen/{key}/" if key in self.commitments else ""
        if kind == "memorandum":
            return row.get("title", ""), "/mou/"
        if kind == "signature":
            return row.get("printed_name", ""), "/mou/"
        return row.get("name", ""), ""
