"""Tests of the kit for outsiders: verify.py agrees with the site and finds what was spoiled; files for programs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from commitments.api import kit
from commitments.api.urls import API_LISTS
from opd import clock
from tests import history_of_everything as story
from tests.cast import Cast, utc
from tests.test_public_data import content, everything

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

PROGRAM = Path(kit.__file__).with_name("verify.py")
MAX_PROGRAM_LINES = 250
DAYS = 14
Rows = dict[str, Any]  # list -> its rows, and the head that it told


@pytest.fixture(scope="module")
def verify() -> dict[str, Any]:
    """The names of the program as it is downloaded."""
    names: dict[str, Any] = {"__name__": "verify"}
    exec(compile(PROGRAM.read_text(), "verify.py", "exec"), names)
    return names


@pytest.fixture
def told(client: Client) -> Iterator[tuple[list[bytes], dict[date, Rows]]]:
    """The register of every act there is, line by line, and what the API says of some days."""
    with story.demonstration() as turned:
        first = clock.day_of(turned.moment)
        story.told(story.everything(Cast()), story.at_its_own_pace(turned))
        last = clock.day_of(turned.moment) + timedelta(days=400)
        turned.moment += timedelta(days=401)
        days = [first + (last - first) * step / (DAYS - 1) for step in range(DAYS)]
        lines = content(client, "/jejak.jsonl").splitlines(keepends=True)
        yield lines, {day: {name: _rows(client, name, day) for name in LISTS} for day in days}


LISTS = ("units", "targets", "measurements")


def _rows(client: Client, name: str, day: date) -> list[Any]:
    answer = client.get(f"/api/v1/{name}/?per={day}&limit=1000").json()
    return [answer["results"], answer["meta"]["head"]]


def faults(
    verify: dict[str, Any], lines: list[bytes], said: Rows, day: date, kept: tuple[str, str] | None
) -> list[str]:
    """What the program finds in these lines and answers, with the head that it kept the last time."""
    verify["listed"] = lambda base, name, day: said[name]
    try:
        register = verify["Register"](lines)
        found = register.faults or list(verify["differences"]("", register, day))
    except (ArithmeticError, ValueError, LookupError, TypeError) as error:
        return [f"cannot be read: {error!r}"]
    return found + (["another head"] if kept and not register.holds(kept) else [])


def test_the_program_is_short_and_needs_nothing(verify: dict[str, Any]) -> None:
    lines = PROGRAM.read_text().splitlines()
    assert len(lines) <= MAX_PROGRAM_LINES
    imports = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imports <= sys.stdlib_module_names


def test_it_agrees_with_every_unit_and_target_on_many_days(
    verify: dict[str, Any], told: tuple[list[bytes], dict[date, Rows]]
) -> None:
    lines, answers = told
    seen = set()
    for day, said in answers.items():
        assert faults(verify, lines, said, day, None) == [], day
        seen |= {row["rung"] for row in said["targets"][0]} | {
            flag for row in said["targets"][0] for flag in row["flags"]
        }
    assert {None, 1, 3, 4, "silent", "overdue"} <= seen
    assert len(answers) == DAYS


Spoiler = Callable[[Random, list[bytes], Rows], None]


def _changed_entry(dice: Random, lines: list[bytes], said: Rows) -> None:
    at = dice.randrange(len(lines))
    place = dice.randrange(len(lines[at]) - 1)
    other = dice.choice([letter for letter in b"0123456789abcdef" if letter != lines[at][place]])
    lines[at] = lines[at][:place] + bytes([other]) + lines[at][place + 1 :]


def _left_out_entry(dice: Random, lines: list[bytes], said: Rows) -> None:
    del lines[dice.randrange(len(lines))]


def _exchanged_entries(dice: Random, lines: list[bytes], said: Rows) -> None:
    at = dice.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]


def _rewritten_from_an_entry_on(dice: Random, lines: list[bytes], said: Rows) -> None:
    """As whoever holds the database can: every hash fits again. Only the head that was kept tells."""
    at = dice.randrange(len(lines))
    last = json.loads(lines[at - 1])["hash"] if at else "0" * 64
    for number in range(at, len(lines)):
        text = lines[number].decode()[len('{"entry": ') :].rpartition(', "hash": "')[0]
        if number == at:
            text = text.replace('"actor":"', '"actor":"palsu-', 1)
        last = hashlib.sha256((last + text).encode()).hexdigest()
        lines[number] = f'{{"entry": {text}, "hash": "{last}"}}\n'.encode()
    for rows in said.values():
        rows[1] = {"seq": len(lines), "hash": last}


def _other_figure(dice: Random, lines: list[bytes], said: Rows) -> None:
    fields = {
        "units": ("rung", "rung_claimed", "live_targets", "answer", "flags"),
        "targets": ("rung", "rung_claimed", "progress", "flags"),
        "measurements": ("value", "period_end", "target", "n"),
    }
    name = dice.choice([name for name in LISTS if said[name][0]])
    row, field = dice.choice(said[name][0]), dice.choice(fields[name])
    other = {"flags": ["palsu"], "answer": "palsu", "period_end": "2001-01-01", "target": "PALSU-01-1"}
    row[field] = other.get(field, "7" if field in ("value", "progress") else 7)


def _left_out_row(dice: Random, lines: list[bytes], said: Rows) -> None:
    name = dice.choice([name for name in LISTS if said[name][0]])
    del said[name][0][dice.randrange(len(said[name][0]))]


SPOILERS: tuple[Spoiler, ...] = (
    _changed_entry,
    _left_out_entry,
    _exchanged_entries,
    _rewritten_from_an_entry_on,
    _other_figure,
    _left_out_row,
)


def found_of(verify: dict[str, Any], told: tuple[list[bytes], dict[date, Rows]], number: int) -> int:
    """How many of so many spoiled registers the program finds, each spoiled in one of the ways."""
    lines, answers = told
    last = json.loads(lines[-1])
    kept = (str(len(lines)), last["hash"])
    days = [day for day, said in answers.items() if said["targets"][0]]
    found = 0
    for seed in range(number):
        dice = Random(seed)
        day = dice.choice(days)
        spoiled, said = list(lines), json.loads(json.dumps(answers[day]))
        SPOILERS[seed % len(SPOILERS)](dice, spoiled, said)
        found += bool(faults(verify, spoiled, said, day, kept))
    return found


def test_it_finds_a_spoiled_register(verify: dict[str, Any], told: tuple[list[bytes], dict[date, Rows]]) -> None:
    assert found_of(verify, told, 60) == 60


@pytest.mark.nightly
def test_it_finds_every_one_of_a_thousand(verify: dict[str, Any], told: tuple[list[bytes], dict[date, Rows]]) -> None:
    found = found_of(verify, told, 1000)
    print(f"{found} of 1000 spoiled registers found")
    assert found == 1000


def test_the_download_runs_against_the_site_and_keeps_its_head(
    live_server: Any, tmp_path: Path, transactional_db: None, time: clock.TurnedClock
) -> None:
    time.moment = utc(2018, 1, 5, 3)
    everything()
    [target] = Client().get("/api/v1/targets/").json()["results"]
    assert "contested" in target["flags"]
    (tmp_path / "verify.py").write_bytes(Client().get("/data/verify.py").content)

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "verify.py", live_server.url, "2018-01-05"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    first = run()
    assert (first.returncode, first.stderr) == (0, ""), first.stdout
    assert "all agrees on 2018-01-05" in first.stdout
    [kept] = tmp_path.glob("kepala-*.txt")
    seq = int(kept.read_text().partition(":")[0])
    kept.write_text(f"{seq}:{'0' * 64}\n")
    second = run()
    assert second.returncode == 1
    assert "does not continue the head kept" in second.stderr
    assert kept.read_text().endswith("0" * 64 + "\n")  # what was kept stays


@pytest.mark.parametrize("name", API_LISTS)
def test_a_plain_file_is_for_programs(client: Client, time: clock.TurnedClock, name: str) -> None:
    time.moment = utc(2018, 1, 5, 3)
    everything()
    body = content(client, f"/data/plain/{name}.csv")
    assert not body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    answer = client.get(f"/api/v1/{name}/?limit=1000").json()["results"]
    assert [list(row) for row in rows] == [list(row) for row in answer]
    for row, said in zip(rows, answer, strict=True):
        for field, value in said.items():
            if isinstance(value, str):
                assert row[field] == value
            elif value is None or isinstance(value, int):
                assert row[field] == ("" if value is None else str(value).lower())


def test_the_data_package_describes_each_column_in_both_languages(client: Client) -> None:
    Cast()
    package = client.get("/data/datapackage.json").json()
    assert [resource["name"] for resource in package["resources"]] == list(API_LISTS)
    for resource in package["resources"]:
        heading = content(client, f"/data/{resource['path']}").decode().splitlines()[0]
        assert [field["name"] for field in resource["schema"]["fields"]] == heading.split(",")
        for field in resource["schema"]["fields"]:
            assert field["description"] and field["description_en"]
    types = {field["name"]: field["type"] for field in package["resources"][2]["schema"]["fields"]}
    assert (types["baseline_value"], types["due_on"], types["rung"], types["published_at"]) == (
        "number",
        "date",
        "integer",
        "datetime",
    )


def test_every_file_of_the_catalogue_is_there(client: Client) -> None:
    Cast()
    catalogue = client.get("/data/catalog.jsonld").json()
    assert [dataset["dct:identifier"] for dataset in catalogue["dcat:dataset"]] == list(API_LISTS)
    for dataset in catalogue["dcat:dataset"]:
        for file in dataset["dcat:distribution"]:
            path = file["dcat:downloadURL"]["@id"].removeprefix("http://testserver")
            cache.clear()  # so many downloads at once are more than one reader may have
            response = client.get(path)
            assert (response.status_code, response["Content-Type"].partition(";")[0]) == (
                200,
                file["dcat:mediaType"],
            ), path


FILTERS = [
    ("units", "kind", "bumd", {"pdam"}),
    ("units", "rung", "3", {"dinkes"}),
    ("units", "answer", "no_target", {"bag-hukum", "pdam", "setda"}),
    ("commitments", "unit", "dinkes", {"DINKES-01"}),
    ("commitments", "unit", "pdam", set()),
    ("targets", "unit", "dinkes", {"DINKES-01-1"}),
    ("targets", "commitment", "DINKES-01", {"DINKES-01-1"}),
    ("targets", "rung", "5", set()),
]


@pytest.mark.parametrize(("name", "parameter", "value", "expected"), FILTERS)
def test_a_filter_leaves_the_rows_that_have_the_value(
    client: Client, time: clock.TurnedClock, name: str, parameter: str, value: str, expected: set[str]
) -> None:
    time.moment = utc(2018, 1, 5, 3)
    everything()
    answer = client.get(f"/api/v1/{name}/?{parameter}={value}").json()
    assert {row.get("code") or row["ref"] for row in answer["results"]} == expected
    assert answer["meta"]["count"] == len(expected)


def test_measurements_revisions_and_signatures_are_filtered_too(client: Client, time: clock.TurnedClock) -> None:
    time.moment = utc(2018, 1, 5, 3)
    everything()
    for address, count in {
        "measurements/?state=verified": 1,
        "measurements/?state=verified&state=returned": 1,
        "measurements/?state=returned": 0,
        "measurements/?target=DINKES-01-1": 1,
        "revisions/?target=DINKES-01-1": 1,
        "revisions/?target=PDAM-01-1": 0,
        "signatures/?unit=pdam": 1,
    }.items():
        assert client.get(f"/api/v1/{address}").json()["meta"]["count"] == count, address


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "targets/?satuan=hari",
            "satuan tidak dikenal di sini. Yang dikenal: per, limit, offset, unit, commitment, rung.",
        ),
        ("register/?unit=dinkes", "unit tidak dikenal di sini. Yang dikenal: per, limit, offset."),
        ("units/?rung=9", "rung tidak bernilai '9'. Pilihannya: 0, 1, 2, 3, 4, 5."),
        ("schema/?lang=en", "lang tidak dikenal di sini. Yang dikenal: tidak ada."),
    ],
)
def test_what_is_not_documented_is_refused(client: Client, address: str, sentence: str) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert (answer.status_code, answer.json()) == (400, {"error": sentence})


def test_a_tracking_code_is_still_ignored(client: Client) -> None:
    assert client.get("/api/v1/units/?utm_source=surel&fbclid=x").status_code == 200
