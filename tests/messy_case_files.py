"""Messy and hostile case files, each with the value that is right or a piece of the sentence that refuses it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl

HEAD = ["Nomor", "Nama", "Waktu masuk", "Waktu selesai"]
GOOD = [
    ("A1", "Budi", "01/02/2019 08:00", "01/02/2019 08:10"),
    ("A2", "Siti", "01/02/2019 08:05", "01/02/2019 08:25"),
]
VALUE = "15"  # the median minutes of GOOD


@dataclass(frozen=True)
class MessyFile:
    """One file; what is right: a value, or words of the refusal. `unit` and `statistic` are what is asked."""

    name: str
    content: bytes
    right: str
    unit: str = "minutes"
    statistic: str = "median"
    is_refused: bool = False


def csv(*lines: tuple[str, ...] | list[str], sign: str = ";", encoding: str = "utf-8", before: str = "") -> bytes:
    return (before + "\r\n".join(sign.join(line) for line in lines)).encode(encoding)


def good(**options: Any) -> bytes:
    return csv(HEAD, *GOOD, **options)


def book(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    workbook = openpyxl.Workbook()
    fill(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def sheet(*rows: Any) -> bytes:
    def fill(workbook: openpyxl.Workbook) -> None:
        for row in rows:
            workbook.active.append(row)

    return book(fill)


def moment(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2019, 2, 1, hour, minute, second)


EXCEL = [["A1", "Budi", moment(8, 0), moment(8, 10)], ["A2", "Siti", moment(8, 5), moment(8, 25)]]


def merged_titles(workbook: openpyxl.Workbook) -> None:
    page = workbook.active
    page["A1"] = "REKAP ANTREAN LOKET 1"
    page.merge_cells("A1:D1")
    page["A2"] = "Februari 2019"
    page.append([])
    page.append(HEAD)
    for row in EXCEL:
        page.append(row)
    page.append([None, "Mengetahui, Kepala Seksi"])


def two_sheets(workbook: openpyxl.Workbook) -> None:
    for page in (workbook.active, workbook.create_sheet("Loket 2")):
        page.append(HEAD)
        for row in EXCEL:
            page.append(row)


def notes_beside(workbook: openpyxl.Workbook) -> None:
    workbook.active.append(["Petunjuk", "mengisi"])
    page = workbook.create_sheet("Data")
    page.append(HEAD)
    for row in EXCEL:
        page.append(row)


def hidden_twin(workbook: openpyxl.Workbook) -> None:
    two_sheets(workbook)
    workbook.worksheets[1].sheet_state = "hidden"


def days_only(workbook: openpyxl.Workbook) -> None:
    page = workbook.active
    page.append(HEAD)
    page.append(["A1", "Budi", date(2019, 2, 1), date(2019, 2, 4)])
    page.append(["A2", "Siti", date(2019, 2, 1), date(2019, 2, 6)])


def midnight(workbook: openpyxl.Workbook) -> None:
    page = workbook.active
    page.append(HEAD)
    page.append(["A1", "Budi", datetime(2019, 1, 31, 23, 50), datetime(2019, 2, 1)])
    page["D2"].number_format = "dd/mm/yyyy hh:mm"


def formulas(workbook: openpyxl.Workbook) -> None:
    page = workbook.active
    page.append(HEAD)
    for line in (2, 3, 4):
        page.append([f"A{line}", "Budi", moment(8, 0), f"=C{line}+10/1440"])


def times_apart(workbook: openpyxl.Workbook) -> None:
    page = workbook.active
    page.append(["Tanggal", "Nomor", "Jam masuk", "Jam selesai"])
    page.append([date(2019, 2, 1), "A1", time(8, 0), time(8, 10)])
    page.append([date(2019, 2, 1), "A2", time(8, 5), time(8, 25)])


def mixed_dates(workbook: openpyxl.Workbook) -> None:
    page = workbook.active
    page.append(HEAD)
    page.append(["A1", "Budi", moment(8, 0), moment(8, 10)])
    page.append(["A2", "Siti", "02/01/2019 08:05", "02/01/2019 08:25"])


def bomb() -> bytes:
    out = io.BytesIO()
    packed = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
    with packed as archive, archive.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(200):
            part.write(b"<row>" * 200_000)
    return out.getvalue()


def entity_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet(HEAD, *EXCEL))) as old, zipfile.ZipFile(out, "w") as archive:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                laugh = b"".join(
                    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 12)
                )
                content = b'<!DOCTYPE x [<!ENTITY l0 "lol">' + laugh + b"]>" + content.replace(b">A1<", b">&l11;<")
            archive.writestr(part, content)
    return out.getvalue()


def with_cells(start: str, stop: str, more: int = 0) -> bytes:
    return csv(HEAD, ("A1", "Budi", start, stop), *[(f"B{n}", "X", *GOOD[0][2:]) for n in range(more)])


def refused(name: str, content: bytes, words: str, **asked: str) -> MessyFile:
    return MessyFile(name, content, words, is_refused=True, **asked)


def many(count: int) -> bytes:
    return csv(HEAD, *[(f"A{n}", "X", *GOOD[n % 2][2:]) for n in range(count)])


MESSY_FILES = (
    MessyFile("semicolons", good(), VALUE),
    MessyFile("commas", good(sign=","), VALUE),
    MessyFile("tabs", good(sign="\t"), VALUE),
    MessyFile("bars", good(sign="|"), VALUE),
    MessyFile("sep=; first", good(before="sep=;\r\n"), VALUE),
    MessyFile('"sep=," first', good(sign=",", before='"sep=,"\n'), VALUE),
    MessyFile("utf-8 with a mark", good(encoding="utf-8-sig"), VALUE),
    MessyFile("utf-16 of Excel", good(encoding="utf-16", sign="\t"), VALUE),
    MessyFile("utf-16 without a mark", good(encoding="utf-16-le"), VALUE),
    MessyFile("windows-1252", csv(HEAD, *[(n, "Renée", *rest) for n, _, *rest in GOOD], encoding="cp1252"), VALUE),
    MessyFile("blank lines", csv([], [], HEAD, [], GOOD[0], [], GOOD[1], []), VALUE),
    MessyFile("a title above", csv(["REKAP LOKET"], ["Februari 2019"], HEAD, *GOOD), VALUE),
    MessyFile("headings again on the next page", csv(HEAD, GOOD[0], HEAD, GOOD[1]), VALUE),
    MessyFile("quoted cells over two lines", csv(HEAD, ("A1", '"Bu\ndi"', *GOOD[0][2:]), GOOD[1]), VALUE),
    MessyFile("times with dots", csv(HEAD, *[[c.replace(":", ".") for c in row] for row in GOOD]), VALUE),
    MessyFile("dates in words", with_cells("1 Februari 2019 pukul 08.00 WIB", "Jumat, 1 Feb 2019 08:15"), VALUE),
    MessyFile("AM and PM", with_cells("01/02/2019 11:50 AM", "01/02/2019 12:05 PM"), VALUE),
    MessyFile("ISO with offset", with_cells("2019-02-01T01:00:00Z", "2019-02-01T08:15:59+07:00"), VALUE),
    MessyFile("serials of Excel in CSV", with_cells("43497,333333333", "43497,34375"), VALUE),
    MessyFile("seconds are cut", with_cells("01/02/2019 08:00:59", "01/02/2019 08:15:00"), VALUE),
    MessyFile("over midnight", with_cells("31/01/2019 23:50", "01/02/2019 00:05"), VALUE),
    MessyFile(
        "month first, known by a 13th",
        csv(
            HEAD,
            ("A1", "B", "01/31/2019 23:50", "02/01/2019 00:05"),
            ("A2", "B", "02/13/2019 08:00", "02/13/2019 08:15"),
        ),
        VALUE,
    ),
    MessyFile(
        "empty and dash are not finished",
        csv(HEAD, *GOOD, ("A3", "B", GOOD[0][2], "-"), ("A4", "B", GOOD[0][2], "")),
        VALUE,
    ),
    MessyFile("the same row twice", csv(HEAD, *GOOD, GOOD[1]), VALUE),
    MessyFile(
        "tickets begin again each day", csv(HEAD, *GOOD, ("A1", "C", "02/02/2019 08:00", "02/02/2019 08:15")), VALUE
    ),
    MessyFile("small letters are the same ticket", csv(HEAD, *GOOD, ("a2", *GOOD[1][1:])), VALUE),
    MessyFile("one bad row in sixty", with_cells("entah", "08:00", 60), "10"),
    MessyFile("a bad and only row of two is let go", csv(HEAD, ("A1", "B", "entah", ""), GOOD[1]), "20"),
    MessyFile(
        "day and time in two columns",
        csv(
            ["Nomor", "Tanggal masuk", "Jam masuk", "Tanggal selesai", "Jam selesai"],
            ("A1", "01/02/2019", "08.00", "01/02/2019", "08.15"),
        ),
        VALUE,
    ),
    MessyFile(
        "one day for both times",
        csv(
            ["Tanggal", "Nomor", "Jam masuk", "Jam selesai"],
            ("01/02/2019", "A1", "08:00", "08:15"),
            ("01/02/2019", "A2", "09:00", ""),
        ),
        VALUE,
    ),
    MessyFile("XLSX", sheet(HEAD, *EXCEL), VALUE),
    MessyFile("XLSX with texts", sheet(HEAD, *GOOD), VALUE),
    MessyFile("XLSX with merged titles and a signature", book(merged_titles), VALUE),
    MessyFile("XLSX with a sheet of notes", book(notes_beside), VALUE),
    MessyFile("XLSX with a hidden twin", book(hidden_twin), VALUE),
    MessyFile("XLSX with times apart", book(times_apart), VALUE),
    MessyFile("XLSX at midnight", book(midnight), "10"),
    MessyFile("XLSX of days", book(days_only), "1.5", unit="working"),
    MessyFile("XLSX of calendar days", book(days_only), "4", unit="calendar"),
    MessyFile("hours", good(), "0.25", unit="hours"),
    MessyFile(
        "days ignore times", csv(HEAD, ("A1", "B", "01/02/2019 23:59", "02/02/2019 00:00")), "1", unit="calendar"
    ),
    MessyFile("the same day is 0", good(), "0", unit="working"),
    MessyFile(
        "yes and no",
        csv(
            [*HEAD, "Daring"],
            (*GOOD[0], "ya"),
            (*GOOD[1], "TIDAK"),
            ("A3", *GOOD[1][1:], ""),
            ("A4", *GOOD[1][1:], "1"),
        ),
        "66.6667",
        unit="",
        statistic="share",
    ),
    refused(
        "yes, no and perhaps",
        csv([*HEAD, "Daring"], (*GOOD[0], "mungkin")),
        "ya atau tidak",
        unit="",
        statistic="share",
    ),
    refused("empty", b"", "kosong"),
    refused("only blanks", b"\r\n  \t\r\n", "kosong"),
    refused("headings alone", csv(HEAD), "tidak ada satu kasus pun"),
    refused("another period", with_cells("01/05/2018 08:00", "01/05/2018 08:10"), "di luar periode"),
    refused("none finished", with_cells("01/02/2019 08:00", ""), "belum selesai"),
    refused("days for a clock of minutes", with_cells("01/02/2019", "01/02/2019"), "Tanpa jam: baris 2"),
    refused(
        "stops before starts",
        csv(HEAD, *[(f"A{n}", "B", GOOD[0][3], GOOD[0][2]) for n in range(3)]),
        "Baris 2: jam terbalik",
    ),
    refused(
        "24:00", csv(HEAD, *[(f"A{n}", "B", GOOD[0][2], "01/02/2019 24:00") for n in range(3)]), "jam 24 tidak ada"
    ),
    refused(
        "times without days", csv(HEAD, *[(f"A{n}", "B", "08:00", "08:15") for n in range(3)]), "jam tanpa tanggal"
    ),
    refused("one case, two stories", csv(HEAD, *GOOD, ("A1", "B", GOOD[0][2], "01/02/2019 09:00")), "bertentangan"),
    refused("more cells than headings", csv(HEAD, *[(*row, "x", "y") for row in GOOD]), "lebih banyak sel"),
    refused(
        "days that do not exist",
        csv(HEAD, *[(f"A{n}", "B", "31/02/2019 08:00", "31/02/2019 08:10") for n in range(3)]),
        "tanggal ini tidak ada",
    ),
    refused("XLSX of formulas", book(formulas), "rumus"),
    refused("XLSX of two kinds of dates", book(mixed_dates), "tertukar"),
    refused("XLSX with two tables", book(two_sheets), "beberapa lembar"),
    refused("XLSX cut off", sheet(HEAD, *EXCEL)[:3000], "tidak terbaca"),
    refused("a ZIP that is none", b"PK\x03\x04" + b"\0" * 500, "tidak terbaca"),
    refused("an old XLS", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, ".xls lama"),
    refused("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "tidak terbaca"),
    refused("a bomb", bomb(), "tidak terbaca"),
    refused("entities that unfold", entity_bomb(), "tidak terbaca"),
    refused("a page of the web", b"<html><body><script>alert(1)</script></body></html>", "Baris judul"),
    refused("a letter", b"Yang terhormat,\nberikut kami kirimkan data.\nSalam", "Baris judul"),
    refused("no column of stops", csv(["Nomor", "Waktu masuk"], ("A1", "01/02/2019 08:00")), "lacking"),
    refused(
        "too many rows for a workbook",
        sheet(HEAD, *[[f"A{n}", "B", *EXCEL[0][2:]] for n in range(20_100)]),
        "simpan sebagai CSV",
    ),
    refused("too many rows", many(100_100), "lebih dari 100.000"),
    refused(
        "a year without calendar",
        csv(HEAD, ("A1", "B", "01/02/2016", "01/02/2019")),
        "Kalender 2016 dan 2017 belum dicatat",
        unit="working",
    ),
)
