"""Which column of a case file is which: guessed from its headings, and kept for the next file of the target."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from commitments.cases.sheets import BadCaseFile, CaseSheet, Row, as_cell, cell_at
from commitments.cases.stamps import figures_of

MAX_LINES_ABOVE_HEADING = 40
SAMPLED_ROWS = 300  # rows that are looked at to know the order of day and month


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


START_WORDS = _set_of(
    "mulai masuk datang daftar mendaftar pendaftaran ambil diambil terima permohonan pengajuan diajukan berangkat "
    "start begin checkin dipanggil panggil lengkap registrasi lapor dilaporkan awal"
)
STOP_WORDS = _set_of(
    "selesai keluar terbit diterbitkan jadi penyerahan diserahkan serah stop end finish finished akhir tutup "
    "ditutup checkout diterima pulang dijawab"
)
TICKET_WORDS = _set_of("antrian antrean tiket ticket nomor no register registrasi resi berkas kode")
NO_TICKET_WORDS = _set_of("nik kk ktp telepon telp hp wa rekening urut")
PAUSE_WORDS = _set_of("jeda tunda ditunda istirahat pause henti")
YES_WORDS = _set_of("daring online ya yes tanpa sesuai memenuhi")
DATE_WORDS = _set_of("tanggal tgl date hari")
TIME_WORDS = _set_of("jam pukul time")

ROLES = ("start", "start_time", "stop", "stop_time", "ticket", "pauses", "yes")
REQUIRED_ROLES = ("start", "stop")


def plain_heading(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


@dataclass(frozen=True)
class CaseColumns:
    """The headings of a file, and the place of each role among them."""

    headings: tuple[str, ...]
    places: dict[str, int] = field(default_factory=dict)
    month_first: bool = False
    kept_digest: str = ""  # of headings that were kept: their words are not

    def place(self, role: str) -> int | None:
        return self.places.get(role)

    @property
    def lacking(self) -> list[str]:
        return [role for role in REQUIRED_ROLES if role not in self.places]

    @property
    def has_one_date(self) -> bool:
        """Whether both times belong to the same column of days."""
        return "stop_time" in self.places and self.places.get("start") == self.places.get("stop")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the headings: whether they are the same again needs no word of them."""
        return hashlib.sha256("\x1f".join(self.headings).encode()).hexdigest()

    def for_store(self) -> dict[str, Any]:
        """What is kept for the next file of the target: nothing that stood in this one."""
        return {"digest": self.digest, "places": self.places, "month_first": self.month_first}

    @classmethod
    def stored(cls, kept: dict[str, Any]) -> Self:
        places = {role: int(place) for role, place in kept["places"].items() if role in ROLES}
        return cls((), places, bool(kept["month_first"]), kept["digest"])


@dataclass(frozen=True)
class FoundTable:
    """The table of a file: its sheet, the line of its headings, its columns, and whether these were known before."""

    sheet: CaseSheet
    line: int
    columns: CaseColumns
    is_known: bool


def headings_of(row: Row) -> tuple[str, ...]:
    texts = [as_cell(value).text for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def found_table(sheets: list[CaseSheet], kept: CaseColumns | None, *, is_yes: bool, has_pauses: bool) -> FoundTable:
    """The one table of the file: with the headings of the last file, else the best guess. Raises BadCaseFile."""
    candidates: list[FoundTable] = []
    for sheet in sheets:
        if kept and (known_here := _known(sheet, kept)):
            candidates.append(known_here)
        elif guess := _guessed(sheet, is_yes=is_yes, has_pauses=has_pauses):
            candidates.append(guess)
    known = [one for one in candidates if one.is_known] or candidates
    good = [one for one in known if not one.columns.lacking]
    if len(good) > 1 and len({one.sheet.name for one in good}) > 1:
        names = " dan ".join(one.sheet.name for one in good[:3])
        raise BadCaseFile(f"Ada beberapa lembar yang berisi kasus: {names}. Sisakan satu saja.")
    best = good or known
    if not best:
        raise BadCaseFile(
            "Baris judul tabel tidak ditemukan. Yang harus ada: satu kolom kapan mulai dan satu kolom kapan selesai."
        )
    return max(best, key=lambda one: (len(one.columns.places), len(one.columns.headings)))


def _known(sheet: CaseSheet, kept: CaseColumns) -> FoundTable | None:
    """The table under the headings that are known, when this sheet has them."""
    for line, row in sheet.rows():
        if line > MAX_LINES_ABOVE_HEADING:
            break
        here = CaseColumns(headings_of(row), kept.places, kept.month_first)
        if here.digest == kept.kept_digest and max(kept.places.values(), default=0) < len(here.headings):
            return FoundTable(sheet, line, here, is_known=True)
    return None


def _guessed(sheet: CaseSheet, *, is_yes: bool, has_pauses: bool) -> FoundTable | None:
    """The line among the first ones whose cells look most like headings."""
    best: FoundTable | None = None
    for line, row in sheet.rows():
        if line > MAX_LINES_ABOVE_HEADING:
            break
        headings = headings_of(row)
        if len([text for text in headings if text]) < 2 or any(_is_figure(text) for text in headings):
            continue
        places = _places(headings, is_yes=is_yes, has_pauses=has_pauses)
        if best is None or len(places) > len(best.columns.places):
            best = FoundTable(sheet, line, CaseColumns(headings, places), is_known=False)
    if best is None:
        return None
    columns = CaseColumns(best.columns.headings, best.columns.places, _is_month_first(best))
    return FoundTable(sheet, best.line, columns, is_known=False)


def _is_figure(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}[-/.:]\d{2}.*|\d{4}-\d{2}.*|\d{3,}", text))


def _places(headings: tuple[str, ...], *, is_yes: bool, has_pauses: bool) -> dict[str, int]:
    """The role of each heading, the first that fits."""
    words = [plain_heading(text).split() for text in headings]
    places: dict[str, int] = {}
    for role, of_role in (("start", START_WORDS), ("stop", STOP_WORDS)):
        mine = [place for place, each in enumerate(words) if _has(each, of_role) and not _is_ticket(each)]
        if role == "start":
            mine = [place for place in mine if not _has(words[place], STOP_WORDS)]
        dated = [place for place in mine if _has(words[place], DATE_WORDS) or not _has(words[place], TIME_WORDS)]
        timed = [place for place in mine if place not in dated]
        if dated:
            places[role] = dated[0]
        if timed:
            places[f"{role}_time"] = timed[0]
    _share_one_date(words, places)
    for place, each in enumerate(words):
        if place in places.values():
            continue
        if has_pauses and "pauses" not in places and _has(each, PAUSE_WORDS):
            places["pauses"] = place
        elif is_yes and "yes" not in places and _has(each, YES_WORDS):
            places["yes"] = place
        elif "ticket" not in places and _is_ticket(each):
            places["ticket"] = place
    return places


def _share_one_date(words: list[list[str]], places: dict[str, int]) -> None:
    """Times without days of their own: `Tanggal`, `Jam mulai`, `Jam selesai`; or times that hold their days."""
    taken = set(places.values())
    days = [place for place, each in enumerate(words) if place not in taken and _has(each, DATE_WORDS)]
    for role in ("start", "stop"):
        if role not in places and f"{role}_time" in places:
            if days or (role == "stop" and "start" in places and "start_time" in places):
                places[role] = days[0] if days else places["start"]
            else:
                places[role] = places.pop(f"{role}_time")


def _has(words: Iterable[str], of_role: Iterable[str]) -> bool:
    return not set(words).isdisjoint(of_role)


def _is_ticket(words: list[str]) -> bool:
    if _has(words, NO_TICKET_WORDS) or not _has(words, TICKET_WORDS) or _has(words, DATE_WORDS | TIME_WORDS):
        return False
    return words != ["no"] and not ("waktu" in words or _has(words, ["ambil", "masuk", "selesai"]))


def _is_month_first(table: FoundTable) -> bool:
    """Whether days are written month first: some second number is above 12, and no first one."""
    firsts, seconds = 0, 0
    for line, row in table.sheet.rows():
        if line <= table.line:
            continue
        if line > table.line + SAMPLED_ROWS:
            break
        for role in REQUIRED_ROLES:
            value = cell_at(row, table.columns.place(role)).value
            if isinstance(value, str) and (figures := figures_of(value)):
                firsts, seconds = max(firsts, figures[0]), max(seconds, figures[1])
    return seconds > 12 >= firsts
