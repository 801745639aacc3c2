"""Case files as they come: read right, or refused with a sentence; in a process of its own, within its limits."""

from __future__ import annotations

import random
import resource
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from commitments.cases.case_rows import CasePeriod
from commitments.cases.intake import CASE_FILE_MEMORY, CASE_FILE_SECONDS, read_file
from commitments.cases.reading import Order
from commitments.evidence import confined
from tests.case_cost import print_cost
from tests.messy_case_files import HEAD, MESSY_FILES, MessyFile, csv, sheet

FEBRUARY = CasePeriod(date(2019, 2, 1), date(2019, 2, 28))
MOST_SECONDS, MOST_BYTES = 10, 200 * 1024 * 1024


def order_for(file: MessyFile) -> Order:
    return Order(file.unit, file.statistic, FEBRUARY, holidays=(date(2019, 2, 5),), years=(2018, 2019))


def test_there_are_sixty_messy_files() -> None:
    assert len(MESSY_FILES) >= 60
    assert len({file.name for file in MESSY_FILES}) == len(MESSY_FILES)


@pytest.mark.sqlite
@pytest.mark.parametrize("file", MESSY_FILES, ids=lambda file: file.name)
def test_a_messy_file_is_read_right_or_refused_with_a_sentence(file: MessyFile) -> None:
    found = read_file(order_for(file), file.content)
    if file.is_refused:
        assert "value" not in found
        assert file.right in found.get("problem", "lacking" if found.get("lacking") else ""), found
        assert "Traceback" not in found.get("problem", "")
    else:
        assert found.get("problem") is None, found
        assert found["value"] == file.right


def random_rows(count: int) -> list[tuple[str, str, datetime, datetime]]:
    chance, rows = random.Random(7), []
    for number in range(count):
        start = datetime(2019, 2, 1, 8) + timedelta(days=number % 27, minutes=chance.randrange(400))
        rows.append((f"A{number // 27:05d}", "Nama Orang", start, start + timedelta(minutes=chance.randrange(90))))
    return rows


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_largest_files_cost_little_time_and_memory(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = random_rows(100_000 if kind == "csv" else 20_000)
    if kind == "csv":
        content = csv(HEAD, *[(a, b, f"{c:%d/%m/%Y %H:%M:%S}", f"{d:%d/%m/%Y %H:%M:%S}") for a, b, c, d in rows])
    else:
        content = sheet(HEAD, *[list(row) for row in rows])
    order = Order("minutes", "median", FEBRUARY, target=Fraction(30))
    payload, before = order.packed().encode() + b"\n" + content, resource.getrusage(resource.RUSAGE_CHILDREN)
    out, is_done = confined.run(print_cost, payload, seconds=CASE_FILE_SECONDS, memory=CASE_FILE_MEMORY)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert is_done
    n, used = map(int, out.split())
    assert n == len(rows)
    with capsys.disabled():
        print(f"\n{len(rows)} rows as {kind}: {took:.1f} s, {used // 2**20} MB")
    assert took < MOST_SECONDS
    assert used < MOST_BYTES
