#!/usr/bin/env python3
"""Recomputes numbers of the register from their public lists of durations. Python alone, nothing to install.

    python3 cases.py https://register.example                 every computed number
    python3 cases.py https://register.example FILE.csv        working days of your own file: columns start, stop

Exits 0 when all agree. It shares no code with the register.
"""

import csv
import datetime
import hashlib
import io
import json
import sys
import urllib.request
from decimal import ROUND_HALF_UP, Decimal, getcontext
from typing import Any

getcontext().prec = 60


def read(base: str, path: str) -> bytes:
    with urllib.request.urlopen(base.rstrip("/") + path, timeout=60) as answer:  # noqa: S310 - the address that was given
        content: bytes = answer.read()
    return content


def case_files(base: str) -> dict[str, dict[str, Any]]:
    """The row of each case file as the register tells it, by the measurement that it belongs to."""
    found: dict[str, dict[str, Any]] = {}
    for line in read(base, "/jejak.jsonl").decode().splitlines():
        body, _, _ = line[len('{"entry": ') :].rpartition(', "hash": "')
        for row in json.loads(body)["data"].get("case_file", []):
            found[row["measurement"]] = row
    return found


def statistic(row: dict[str, Any], values: list[int]) -> Decimal:
    n, per = len(values), 60 if row["unit"] == "hours" else 1
    if row["unit"] == "":
        return Decimal(100 * sum(values)) / n
    if row["statistic"] == "share":
        return Decimal(100 * sum(Decimal(one) / per <= Decimal(row["limit"]) for one in values)) / n
    if row["statistic"] == "mean":
        return Decimal(sum(values)) / n / per
    if row["statistic"] == "median":
        return Decimal(values[(n - 1) // 2] + values[n // 2]) / 2 / per
    return Decimal(values[(9 * n + 9) // 10 - 1]) / per


def check(base: str) -> int:
    wrong = 0
    files = case_files(base)
    for name, row in sorted(files.items()):
        if not row["durations_sha256"]:
            continue  # below five cases only the statistic is public
        content = read(base, f"/kasus/{row['id']}.csv")
        values = [int(line) for line in content.decode().split()[1:]]
        value = statistic(row, values).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        faults = []
        if hashlib.sha256(content).hexdigest() != row["durations_sha256"]:
            faults.append("the list is not the one in the register")
        if values != sorted(values) or len(values) != row["n"]:
            faults.append(f"n is {len(values)}, not {row['n']}")
        if value != Decimal(row["value"]):
            faults.append(f"{row['statistic']} {value}, not {row['value']}")
        for fault in faults:
            wrong += 1
            print(f"{row['target']} {name}: {fault}")
    print(f"{len(files)} computed numbers, {wrong} faults")
    return wrong


def working_days(base: str, path: str) -> int:
    """Prints the working days of each row of a file with columns start and stop (YYYY-MM-DD)."""
    text = read(base, "/data/plain/calendar.csv").decode()
    holidays = {row["day"] for row in csv.DictReader(io.StringIO(text))}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day, stop = (datetime.date.fromisoformat(row[name][:10]) for name in ("start", "stop"))
            count = 0
            while day < stop:
                day += datetime.timedelta(days=1)
                count += day.weekday() < 5 and day.isoformat() not in holidays
            print(row["start"], row["stop"], count)
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(1 if (check(sys.argv[1]) if len(sys.argv) == 2 else working_days(*sys.argv[1:])) else 0)
