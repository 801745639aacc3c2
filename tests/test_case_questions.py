"""How often the questions are wrong: asked of honest offices, and of offices that make their numbers nicer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from commitments.cases.case_rows import CaseRow
from commitments.cases.durations import WorkingDays
from commitments.cases.questions import ASKED, TOO_FEW, questions, seen_before, upper_tail, volume
from commitments.cases.stamps import Stamp

HONEST_FILES = 1000
DISHONEST_FILES = 200
LIMIT = 30  # minutes that the office promised
FIRST_DAY = date(2019, 1, 7)
DAYS = WorkingDays(())

Files = tuple[list[CaseRow], list[CaseRow]]  # finished, not finished


def at(day: date, minute: float, second: int) -> tuple[Stamp, int]:
    return Stamp(day, int(minute)), second


def honest_file(chance: random.Random, size: int = 0) -> Files:
    """Some weeks at an office: several counters, lunch from twelve to one, people who take a ticket and leave."""
    counters, size = chance.randint(1, 6), size or chance.randint(30, 1500)
    service, no_shows = chance.uniform(5, 14), chance.uniform(0, 0.08)
    spread = chance.uniform(0.25, 0.6)
    finished: list[CaseRow] = []
    unfinished: list[CaseRow] = []
    day = FIRST_DAY
    while len(finished) < size:
        free = [8 * 60.0] * counters
        arrival, number = 8 * 60.0 - chance.uniform(0, 20), 0
        while arrival < 15 * 60 and len(finished) < size:
            arrival += chance.expovariate(counters / service)
            number += 1
            start, _ = at(day, arrival, 0)
            if chance.random() < no_shows:
                unfinished.append(CaseRow(0, start, None, f"A{number:03d}"))
                continue
            counter = min(range(counters), key=lambda one: free[one])
            begins = max(arrival, free[counter])
            if 12 * 60 <= begins < 13 * 60:
                begins = 13 * 60 + chance.uniform(0, 5)
            ends = begins + max(0.7, chance.lognormvariate(0, spread) * service)
            free[counter] = ends
            if ends >= 17 * 60 + 30:
                unfinished.append(CaseRow(0, start, None, f"A{number:03d}"))
                continue
            stop, second = at(day, ends, chance.randrange(60))
            finished.append(CaseRow(0, start, stop, f"A{number:03d}", second=second))
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return finished, unfinished


def took(row: CaseRow) -> int:
    assert row.stop
    return row.stop.minutes - row.start.minutes


def asked_of(files: Files, limit: int = LIMIT) -> dict[str, str]:
    found = questions(*files, DAYS, is_timed=True, limit=limit)
    return {one.code: one.state for one in found}


def without_the_slowest(files: Files, chance: random.Random) -> Files:
    kept = sorted(files[0], key=took)[: int(len(files[0]) * 0.95)]
    return kept, files[1]


def late_ones_typed_again(files: Files, chance: random.Random) -> Files:
    """A quarter of those over the limit get a start that brings them just under it."""
    rows = []
    for row in files[0]:
        if took(row) > LIMIT and chance.random() < 0.25:
            assert row.stop and row.stop.minute is not None
            nicer = row.stop.minute - chance.randint(LIMIT - 2, LIMIT)
            rows.append(row._replace(start=Stamp(row.stop.day, nicer)))
        else:
            rows.append(row)
    return rows, files[1]


def written_down_later(files: Files, chance: random.Random) -> Files:
    def rounded_to_five(found: Stamp) -> Stamp:
        assert found.minute is not None
        return Stamp(found.day, found.minute // 5 * 5) if chance.random() < 0.5 else found

    return [
        row._replace(start=rounded_to_five(row.start), stop=rounded_to_five(row.stop)) for row in files[0] if row.stop
    ], files[1]


def closed_in_one_go(files: Files, chance: random.Random) -> Files:
    last = files[0][-1].stop
    return [row._replace(stop=last, second=7) if place % 20 == 0 else row for place, row in enumerate(files[0])], []


@pytest.mark.sqlite
def test_honest_files_are_asked_in_vain_at_most_one_time_in_a_hundred(capsys: pytest.CaptureFixture[str]) -> None:
    wrong: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for seed in range(HONEST_FILES):
        chance = random.Random(seed)
        files = honest_file(chance)
        limit = chance.choice((15, 20, 30, 45, 60))
        for code, state in asked_of(files, limit).items():
            wrong[code] += state == ASKED
            answered[code] += state != TOO_FEW
    with capsys.disabled():
        print(f"\nasked in vain in {HONEST_FILES} honest files:", dict(wrong), "answered in", dict(answered))
    assert all(each <= HONEST_FILES // 100 for each in wrong.values()), wrong
    assert all(answered[code] > HONEST_FILES // 2 for code in wrong)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("dishonest", "code"),
    [
        (without_the_slowest, "missing"),
        (late_ones_typed_again, "limit"),
        (written_down_later, "round"),
        (closed_in_one_go, "batch"),
    ],
)
def test_nicer_numbers_are_asked_about_nine_times_in_ten(
    dishonest: Callable[[Files, random.Random], Files], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = 0
    for seed in range(DISHONEST_FILES):
        chance = random.Random(seed)
        files = honest_file(chance, size=500)
        while not 0.15 < sum(took(row) > LIMIT for row in files[0]) / 500 < 0.6:
            files = honest_file(chance, size=500)
        found += asked_of(dishonest(files, chance))[code] == ASKED
    with capsys.disabled():
        print(f"\n{dishonest.__name__}: asked in {found} of {DISHONEST_FILES} files with n = 500")
    assert found >= DISHONEST_FILES * 0.9


@pytest.mark.sqlite
def test_missing_numbers_are_named() -> None:
    rows = [
        CaseRow(0, Stamp(FIRST_DAY, 480 + number), Stamp(FIRST_DAY, 490 + number), f"A{number:03d}")
        for number in range(1, 81)
        if number not in (14, 27, 28)
    ]
    [question] = [one for one in questions(rows, [], DAYS, is_timed=True, limit=None) if one.code == "missing"]
    assert question.state == ASKED
    assert question.text == (
        "3 dari 80 nomor tiket tidak ada di berkas: A014 (07/01/2019), A027 (07/01/2019), A028 (07/01/2019)."
    )


@pytest.mark.sqlite
def test_identity_numbers_as_tickets_are_never_named() -> None:
    rows = [
        CaseRow(0, Stamp(FIRST_DAY, 480), Stamp(FIRST_DAY, 490), f"33740101010{number:05d}")
        for number in range(1, 81)
        if number % 2
    ]
    [question] = [one for one in questions(rows, [], DAYS, is_timed=True, limit=None) if one.code == "missing"]
    assert question.state == TOO_FEW
    assert "3374" not in question.text


@pytest.mark.sqlite
def test_volume_asks_below_sixty_percent_of_the_usual() -> None:
    usual = [(100, 30), (120, 30), (90, 30)]
    assert volume(59, 30, usual).state == ASKED
    assert volume(60, 30, usual).state != ASKED
    assert volume(10, 30, usual[:2]).state == TOO_FEW
    assert seen_before(0, 10).state != ASKED
    assert seen_before(1, 10).state == ASKED


@pytest.mark.sqlite
def test_the_chance_of_a_tail_is_exact() -> None:
    assert upper_tail(2, 2, 0.5) == pytest.approx(0.25)
    assert upper_tail(1, 3, 0.2) == pytest.approx(1 - 0.8**3)
