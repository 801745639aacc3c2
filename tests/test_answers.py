"""Tests of the four answers: one rule, and the same answer on every page, file, picture and print of a day."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from commitments.formats import answer_name, rung_name
from commitments.ladder import Rung
from commitments.ladder.answers import STEPS, Answer, answer_of, step_of
from commitments.models.querysets import units_with_rung
from commitments.public import unit_page as unit_pages
from commitments.public.sharing import share_image
from commitments.reports import home_page, meeting_pack, month_ends
from commitments.secretariat.printing import workbook
from commitments.typst import print_texts
from commitments.typst.print_source import PrintSource
from opd import clock, register
from opd.models import Unit
from tests.cast import REASON, Cast, utc
from tests.reading import parts, text

pytestmark = pytest.mark.django_db

DAYS = {  # and what dinkes and pdam answer on them
    date(2018, 1, 5): ("no_target", "no_target"),
    date(2018, 3, 1): ("past", "not_yet"),
    date(2018, 9, 10): ("lapsed", "not_yet"),
    date(2019, 2, 1): ("past", "not_yet"),
    date(2019, 3, 5): ("not_yet", "not_yet"),
}
ROWS = ("dinkes", "pdam", "setda", "bag-hukum")


@pytest.fixture
def world(time: clock.TurnedClock) -> Iterator[Cast]:
    """Dinkes improves, falls silent, reports again, and loses what it had; pdam claims to have improved."""
    cast = Cast()
    time.moment = utc(2018, 1, 10, 3)
    promise = cast.commitment()
    target = cast.target(commitment=promise)
    other = cast.target(commitment=cast.commitment(by=cast.other_head, unit=cast.pdam), by=cast.other_head)
    first = _verified(cast, time, utc(2018, 2, 1, 3), target, 5, date(2018, 1, 15))
    time.moment = utc(2018, 2, 20, 3)
    cast.measurement(other, 5, by=cast.other_head, period_start=date(2018, 1, 1), period_end=date(2018, 1, 31))
    second = _verified(cast, time, utc(2019, 1, 20, 3), target, 4, date(2019, 1, 10))
    time.moment = utc(2019, 3, 1, 3)
    for row in (first, second):
        row.revoke(by=cast.approver, seen=row.fingerprint(), note=REASON)
    time.moment = utc(2019, 4, 20, 3)
    month_ends.fill()
    yield cast


def _verified(cast: Cast, time: clock.TurnedClock, at: datetime, target: Any, value: int, end: date) -> Any:
    time.moment = at
    sent = cast.measurement(target, value, period_start=end - timedelta(days=13), period_end=end)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return sent


def test_the_rule_is_the_same_as_a_function_and_as_a_column(world: Cast) -> None:
    for day in DAYS:
        for row in units_with_rung(Unit.objects.all(), day):
            assert row.answer == answer_of(row.rung, row.silent), (row, day)
            assert (row.answer == Answer.PAST) == bool(row.past_ceremony)


@pytest.mark.sqlite
def test_every_rung_silent_or_not_has_one_answer_and_one_step() -> None:
    found = {(rung, silent): answer_of(rung, silent).value for rung, silent in product(Rung, (0, 1))}
    assert found == {
        **{(rung, silent): "no_target" for rung, silent in product((0,), (0, 1))},
        **{(rung, silent): "not_yet" for rung, silent in product((1, 2), (0, 1))},
        **{(rung, 0): "past" for rung in (3, 4, 5)},
        **{(rung, 1): "lapsed" for rung in (3, 4, 5)},
    }
    assert {step_of(*pair) for pair in found} == set(STEPS)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_surface_gives_the_same_answer(world: Cast, client: Client, day: date) -> None:
    answers = {code: Answer(said) for code, said in zip(ROWS, (*DAYS[day], "no_target", "no_target"), strict=True)}
    counts = Counter(answers.values())
    surfaces = dict(_surfaces(client, day))
    assert surfaces.pop("counts of home") == [counts[one] for one in Answer if counts[one] or one is Answer.PAST]
    past = surfaces.pop("past")
    assert past == dict.fromkeys(past, counts[Answer.PAST])
    steps = surfaces.pop("steps")
    rungs = {row["code"]: row["rung"] for row in _api(client, day)}
    expected = Counter("lapsed" if answers[code] is Answer.LAPSED else str(rung) for code, rung in rungs.items())
    assert steps == {name: [expected[step] for step in STEPS] for name in steps}
    assert surfaces == {name: answers for name in surfaces}
    assert len(past) == 7
    assert len(steps) == 4
    assert len(surfaces) == 6


def _api(client: Client, day: date) -> list[dict[str, Any]]:
    return client.get(f"/api/v1/units/?per={day}").json()["results"]


def _surfaces(client: Client, day: date) -> Iterator[tuple[str, Any]]:
    """What each surface says of every signer; of how many are past the ceremony; of each step of the ladder."""
    html = client.get(f"/?per={day}").content.decode()
    figures = [
        *parts(html, "p", "answer"),
        *re.findall(r"<li>\s*<a href=\"/jawaban/\w+/[^>]*>(.*?)</a>", html, re.DOTALL),
    ]
    yield "counts of home", [int(text(figure).split(" ")[0]) for figure in figures]
    pack = meeting_pack.pack(day, day - timedelta(days=1))
    printed = print_texts.of_pack(pack, PrintSource(register.head(), False, "https://contoh.id/"))  # type: ignore[arg-type]
    card = share_image.home_words(home_page.home_page(day), day)
    book = load_workbook(io.BytesIO(workbook.workbook(pack, PrintSource(register.head(), False, "/"))))  # type: ignore[arg-type]
    summary = {row[0]: row[1] for row in book["Ringkasan"].iter_rows(values_only=True)}
    shared = re.search(r"wa\.me/\?text=([^\"]+)", html)
    assert shared
    history = re.search(r"kini (\d+);", text(html))
    yield (
        "past",
        {
            "home": int(text(parts(html, "p", "answer")[0]).split(" ")[0]),
            "groups": sum(int(one) for one in re.findall(r"(\d+) dari \d+ sudah", text(html))),
            "card": int(card["figure"]),
            "pack": int(printed["sentence"].split(" ")[0]),
            "pack groups": sum(int(group["past"]) for group in printed["groups"]),
            "workbook": summary["sudah melewati seremoni"],
            "history": int(history[1]) if history else int(card["figure"]),
        },
    )
    yield (
        "steps",
        {
            "home": [int(line.split(" ")[-1]) for line in parts(html, "a", "step")],
            "card": [int(step["count"]) for step in card["stairs"]],
            "pack": [step["count"] for step in printed["rungs"]],
            "list": [_found(client, f"/unit/?rung={step}&penanda=ya&per={day}") for step in STEPS],
        },
    )
    yield "API", {row["code"]: row["answer"] for row in _api(client, day)}
    yield (
        "pages of the answers",
        {code: Answer(answer) for answer in Answer for code in _units_of(client, f"/jawaban/{answer}/?per={day}")},
    )
    yield (
        "list",
        {code: answer for answer in Answer for code in _units_of(client, f"/unit/?jawaban={answer}&per={day}")},
    )
    yield "CSV", _of_file(csv.reader(io.StringIO(_file(client, "csv", day).decode("utf-8-sig")), delimiter=";"))
    yield "XLSX", _of_file(load_workbook(io.BytesIO(_file(client, "xlsx", day))).active.iter_rows(values_only=True))
    yield "pages of the units", {code: _of_unit(client, code, day) for code in ROWS}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_surface_gives_the_same_numbers_of_a_target(world: Cast, client: Client, day: date) -> None:
    """Its rung, its value, and how much of the way is done, in whole percent."""
    surfaces = dict(_of_targets(client, day))
    expected = surfaces["list as CSV"]
    assert set(expected) == {"DINKES-01-1", "PDAM-01-1"} if day > date(2018, 1, 10) else not expected
    assert surfaces == {name: expected for name in surfaces}
    assert len(surfaces) == 7


Figures = tuple[str, str, str]  # rung, value, whole percent of the way; empty where there is none


def _of_targets(client: Client, day: date) -> Iterator[tuple[str, dict[str, Figures]]]:
    listed = _table(client, f"/komitmen/?format=csv&per={day}", "Nomor target")
    values = {row["Nomor target"]: row["Sekarang"] for row in listed}
    yield (
        "list as CSV",
        {
            row["Nomor target"]: (row["Anak tangga"], row["Sekarang"], _whole_percent(row["Kemajuan"]))
            for row in listed
        },
    )
    answer = client.get(f"/api/v1/targets/?per={day}").json()["results"]
    yield "API", {row["ref"]: _figures(row, values) for row in answer}
    data = _table(client, f"/data/targets.csv?per={day}", "ref")
    yield "data as CSV", {row["ref"]: _figures(row, values) for row in data}
    by_unit = [line for code in ROWS for line in _table(client, f"/unit/{code}/data.csv?per={day}", "nomor target")]
    # Its last verified line is the value in force; the share of the way is not in this file.
    verified = {row["nomor target"]: row["realisasi"] for row in by_unit if row["keadaan"] == "terverifikasi"}
    yield (
        "unit as CSV",
        {
            row["nomor target"]: (
                row["anak tangga"],
                verified.get(row["nomor target"], ""),
                _whole_percent(next(one["Kemajuan"] for one in listed if one["Nomor target"] == row["nomor target"])),
            )
            for row in by_unit
        },
    )
    pages = {
        "page of the target": "/sasaran/{0}/",
        "page of the commitment": "/komitmen/{1}/",
        "page of the unit": "/unit/{2}/",
    }
    for name, address in pages.items():
        found = {}
        for row in answer:
            place = address.format(row["ref"], row["commitment"], row["unit"])
            found[row["ref"]] = _of_page(text(client.get(f"{place}?per={day}").content.decode()))
        yield name, found


def _of_page(words: str) -> Figures:
    of_target = words[words.index("Rujukan: lama", words.index("Anda melihat keadaan")) :]
    rung = next(name for name in re.findall(r"[A-Z]\w+", of_target) if name in {rung_name(one) for one in Rung})
    value = re.search(r"(?:kini|sekarang) ([\d.,]+) hari", of_target)
    share = re.search(r"(\d+) % jalan", of_target)
    return rung, value[1] if value else "", share[1] if share else ""


def _figures(row: dict[str, Any], values: dict[str, str]) -> Figures:
    """Of a row of the API, which has no value of its own: that is in its measurements."""
    return rung_name(int(row["rung"])), values[row["ref"]], _whole_percent(row["progress"])


def _whole_percent(share: str | None) -> str:
    return f"{float(share.replace(',', '.')) * 100:.0f}" if share else ""


def _table(client: Client, address: str, column: str) -> list[dict[str, str]]:
    """The rows of a file under the line that has this column."""
    response = client.get(address)
    body = b"".join(response) if response.streaming else response.content
    lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    at = next((number for number, line in enumerate(lines) if column in line), len(lines))
    return [dict(zip(lines[at], line, strict=True)) for line in lines[at + 1 :] if line]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_feed_ends_where_the_units_stand(world: Cast, client: Client, day: date) -> None:
    now = {row["code"]: row for row in _api(client, day)}
    feed = client.get(f"/naik-turun/atom.xml?per={day}").content.decode()
    ends: dict[str, int] = {}  # newest first: the first one of a unit is where it stands
    for code, after in re.findall(r"/rung/([\w-]+)/[\d-]+/\d-(\d)</id>", feed):
        ends.setdefault(code, int(after))
    assert ends == {code: now[code]["rung"] for code in ends}
    assert ("dinkes" in ends) is (day > date(2018, 2, 1))
    silent = {code for code, row in now.items() if "silent" in row["flags"]}
    assert silent <= set(re.findall(r"/silent/([\w-]+)/", feed))
    assert bool(silent) is (day == date(2018, 9, 10))


def _found(client: Client, address: str) -> int:
    return len(_units_of(client, address))


def _units_of(client: Client, address: str) -> list[str]:
    html = client.get(address).content.decode()
    return re.findall(r'class="unit-name" href="/unit/([\w-]+)/', html)


def _file(client: Client, format_: str, day: date) -> bytes:
    return b"".join(client.get(f"/unit/?format={format_}&penanda=ya&per={day}").streaming_content)  # type: ignore[attr-defined]


def _of_file(rows: Any) -> dict[str, Answer]:
    table = [list(row) for row in rows if any(row)]
    at = next(number for number, row in enumerate(table) if "Nama singkat" in row)
    column = table[at].index("Melewati seremoni?")
    by_name = {answer_name(answer): answer for answer in Answer}
    return {row[0]: by_name[row[column]] for row in table[at + 1 :]}


OPENINGS = {
    "Sudah melewati seremoni": Answer.PAST,
    "Sudah, tetapi kini diam": Answer.LAPSED,
    "Belum melewati seremoni": Answer.NOT_YET,
    "Tidak lagi": Answer.NOT_YET,
    "Target belum ditetapkan": Answer.NO_TARGET,
}


def _of_unit(client: Client, code: str, day: date) -> Answer:
    """The answer with which the page opens; the badge and the card say its rung and no more than that."""
    [verdict] = parts(client.get(f"/unit/{code}/?per={day}").content.decode(), "p", "verdict")
    [answer] = [answer for opening, answer in OPENINGS.items() if verdict.startswith(opening)]
    page = unit_pages.unit_page(code, day)
    assert page
    rung = rung_name(page.row.rung)
    card = share_image.unit_words(page, day)
    assert card["proven"] == (f"Terbukti: {rung}" if answer is Answer.PAST else rung)
    assert card["lapsed"] == (answer is Answer.LAPSED)
    badge = client.get(f"/unit/{code}/lencana.svg?per={day}").content.decode()
    assert (f": {rung}, diam" in badge) == bool(page.row.silent)
    assert ('stroke-width="5"' in badge) == (answer is Answer.LAPSED)
    return answer


def test_a_unit_that_lost_its_answer_says_when_it_last_had_it(world: Cast, client: Client) -> None:
    verdicts = {day: parts(client.get(f"/unit/dinkes/?per={day}").content.decode(), "p", "verdict") for day in DAYS}
    assert verdicts[date(2018, 9, 10)] == [
        "Sudah, tetapi kini diam: tidak ada kabar 221 hari. Terakhir Membaik, Juli 2018. 1 dari 1 target membaik."
    ]
    assert verdicts[date(2019, 3, 5)] == [
        "Tidak lagi: kini Terukur. Terakhir Membaik, Februari 2019. 0 dari 1 target membaik."
    ]
    html = client.get("/jawaban/not_yet/?per=2019-03-05").content.decode()
    assert "terakhir sudah pada Februari 2019" in text(html)


def test_an_unknown_answer_is_not_found(client: Client) -> None:
    assert client.get("/jawaban/mungkin/").status_code == 404


def test_an_answer_that_nobody_has_says_so(client: Client) -> None:
    Cast()
    html = client.get("/jawaban/past/").content.decode()
    assert parts(html, "p", "empty-title") == ["Tidak ada unit dengan jawaban ini"]
