#!/usr/bin/env python3
"""Checks a register of "Melewati Seremoni" from outside, with Python 3.9 or later and nothing else.

    python3 verify.py https://register.example            today
    python3 verify.py https://register.example 2019-11-02 the end of another day

It downloads the register, checks that each entry continues the one before it, works out every rung anew from the
entries alone, and compares that with what the site says. It keeps the head in a file: the next time, a register that
was rewritten before that head is found. Exit status: 0 all agrees, 1 a line for each fault, 2 no answer to be read.
"""

import hashlib
import json
import re
import sys
import urllib.request
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

JAKARTA = timezone(timedelta(hours=7))  # without summer time
SUSTAINED_DAYS, SILENT_CYCLES, SUSTAINED_CYCLE, PAST_CEREMONY = 180, 2, 365, 3
OBJECTING = ("berbeda", "tak-terlacak")  # results of a re-check that contest a number
FOUR_PLACES = Decimal("0.0001")


def listed(base, name, day):
    """All rows of a list of the API at the end of a day, and the head of the register when it answered."""
    rows, said = [], None
    while said is None or (said["results"] and len(rows) < said["meta"]["count"]):
        with urllib.request.urlopen(f"{base}/api/v1/{name}/?per={day}&limit=1000&offset={len(rows)}") as answer:
            said = json.load(answer)
        rows += said["results"]
    return rows, said["meta"]["head"]


class Register:
    """The chain, replayed: table -> id -> the row as the last entry tells it, and the hash of each entry."""

    def __init__(self, entries):
        self.tables, self.hashes, self.faults, before = defaultdict(dict), ["0" * 64], [], ""
        for line in entries:
            text, _, told = line.decode().rstrip("\n")[len('{"entry": ') :].rpartition(', "hash": "')
            digest = hashlib.sha256((self.hashes[-1] + text).encode()).hexdigest()
            if (
                digest + '"}' != told
                or (entry := json.loads(text))["seq"] != len(self.hashes)
                or entry["at"] < before
            ):
                self.faults.append(f"entry {len(self.hashes)} does not continue the one before it")
                return
            before = entry["at"]
            self.hashes.append(digest)
            for name, rows in entry["data"].items():
                if isinstance(rows, list):
                    self.tables[name].update((row["id"], row) for row in rows)

    def rows(self, table):
        return self.tables[table].values()

    def grouped(self, table, key):
        found = defaultdict(list)
        for row in self.rows(table):
            found[row[key]].append(row)
        return found

    def holds(self, head):
        """Whether this register continues a head, told as its number and its hash."""
        return int(head[0]) < len(self.hashes) and self.hashes[int(head[0])] == head[1]


def known(moment, day):
    """The day in Semarang on which something was put on record; None when that was after this day, or never."""
    local = moment and datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(JAKARTA).date()
    return local if local and local <= day else None


class Ladder:
    """Every rung and flag at the end of a day."""

    def __init__(self, register, day):
        self.register, self.day, at = register, day, str(day)
        of = register.grouped
        self.measured, self.revised = of("measurement", "target"), of("revision", "target")
        self.evidence, self.decided = of("evidence", "measurement"), of("decision", "measurement")
        found = [row for row in register.rows("recheck_item") if row["outcome"] in OBJECTING]
        opened = [row for row in found if known(row["recorded_at"], day) and not known(row.get("stands_at"), day)]
        self.contested = {row["measurement"] for row in opened}
        owed = [row for row in register.rows("assignment") if row["from"] <= at and not (row["until"] or "9") <= at]
        self.owners = {row["commitment"]: row["unit"] for row in owed}
        self.published = [row for row in register.rows("target") if known(row.get("published_at"), day)]
        self.states = {row["id"]: self.state(row) for row in self.published}

    def verdicts(self, measurement):
        return {row["verdict"]: row["at"] for row in self.decided[measurement["id"]] if known(row["at"], self.day)}

    def waits(self, measurement):
        return bool(known(measurement["submitted_at"], self.day)) and not self.verdicts(measurement)

    def counted(self, target, claimed):
        """The counted measurements, earliest first; claimed: as if all that waits were verified."""
        rows = self.measured[target["id"]]
        later = {row["supersedes"]: row for row in rows if row["supersedes"]}

        def fits(row):
            verdicts = self.verdicts(row)
            stands = ("verified" in verdicts and "revoked" not in verdicts) or (claimed and self.waits(row))
            proven = any(piece["kind"] == "hasil" for piece in self.evidence[row["id"]])
            return stands and proven and row["period_end"] > target["baseline_on"]

        def replaced(row):
            newer = later.get(row["id"])
            return newer is not None and (fits(newer) or replaced(newer))

        at = {row["id"]: self.verdicts(row).get("verified") for row in rows}
        fitting = (row for row in rows if fits(row) and not replaced(row))
        key = lambda row: (row["period_end"], not at[row["id"]], at[row["id"]] or row["submitted_at"], row["id"])
        return sorted(fitting, key=key)

    def in_force(self, target):
        """The terms of a target as its approved revisions left them, and whether one made it easier."""
        terms = {name: Decimal(target[name]) for name in ("baseline_value", "target_value", "min_change")}
        terms["due_on"], softened = target["original_due_on"], False
        approved = [row for row in self.revised[target["id"]] if known(row["approved_at"], self.day)]
        for row in sorted(approved, key=lambda row: (row["approved_at"], row["id"])):
            if row["field"] in terms:
                before = abs(terms["target_value"] - terms["baseline_value"])
                terms[row["field"]] = row["new"] if row["field"] == "due_on" else Decimal(row["new"])
                softened = softened or abs(terms["target_value"] - terms["baseline_value"]) < before
        return terms, softened

    def state(self, target):
        """(rung, claimed rung, flags, share of the way) of a target; None when it is withdrawn."""
        if known(target["withdrawn_at"], self.day):
            return None
        terms, softened = self.in_force(target)
        sign = -1 if target["direction"] == "lower" else 1
        rows, ours = self.counted(target, claimed=False), self.measured[target["id"]]
        beyond = lambda row, term: sign * (Decimal(row["value"]) - terms[term])

        def rung(rows):
            if not rows:
                return 1
            missed = [at for at, row in enumerate(rows) if beyond(row, "target_value") < 0]
            run = rows[missed[-1] + 1 :] if missed else rows
            if run:
                first, last = (date.fromisoformat(row["period_end"]) for row in (run[0], run[-1]))
                return 5 if (last - first).days >= SUSTAINED_DAYS else 4
            gain = beyond(rows[-1], "baseline_value")
            return 3 if gain > 0 and gain >= terms["min_change"] else 2

        on, claimed = rung(rows), rung(self.counted(target, claimed=True))
        met = [row["period_end"] for row in rows if beyond(row, "target_value") >= 0]
        moments = [target["published_at"], *(row["submitted_at"] for row in ours)]
        moments += [decision["at"] for row in ours for decision in self.decided[row["id"]]]
        quiet = (self.day - max(found for found in (known(at, self.day) for at in moments) if found)).days
        cycle = max(target["cycle_days"], SUSTAINED_CYCLE) if on == 5 else target["cycle_days"]
        flags = {
            "silent": quiet > SILENT_CYCLES * cycle and not any(self.waits(row) for row in ours),
            "overdue": str(self.day) > target["original_due_on"] and on < 4,
            "moved": terms["due_on"] != target["original_due_on"],
            "met_late": bool(met) and min(met) > target["original_due_on"],
            "softened": softened,
            "worse": bool(rows) and beyond(rows[-1], "baseline_value") < 0,
            "contested": any(row["id"] in self.contested for row in rows),
            "claimed_higher": claimed > on,
        }
        way = terms["target_value"] - terms["baseline_value"]
        share = (Decimal(rows[-1]["value"]) - terms["baseline_value"]) / way if rows and way else None
        return on, claimed, {name for name, is_set in flags.items() if is_set}, share

    def unit(self, code):
        """(rung, claimed rung, flags, number of live targets) of a unit; one that has ended takes its successors'."""
        if (self.register.tables["unit"][code]["valid_until"] or "9") <= str(self.day):
            changes = [row for row in self.register.rows("unit_change") if row["confirmed_at"]]
            heirs = {one for row in changes if code in row["predecessors"] for one in row["successors"]} - {code}
            if heirs:
                rungs, claims, flags, _ = zip(*(self.unit(heir) for heir in heirs))
                return min(rungs), min(claims), set().union(*flags), 0
        own = [row for row in self.published if self.owners.get(row["commitment"]) == code]
        states = [self.states[row["id"]] for row in own if self.states[row["id"]]]
        replaced = {row["replaces"] for row in self.published}
        given_up = [row for row in own if known(row["withdrawn_at"], self.day) and row["id"] not in replaced]
        barred = any(row["withdrawn_rung"] is not None and row["withdrawn_rung"] < 4 for row in given_up)
        flags = set().union(*(state[2] for state in states))
        if not all("silent" in state[2] for state in states):
            flags.discard("silent")
        over = lambda rungs: min(rungs) if rungs and min(rungs) >= 4 and not barred else min(max(rungs, default=0), 3)
        return over([one[0] for one in states]), over([one[1] for one in states]), flags, len(states)


def differences(base, register, day):
    """A line for each figure of the site that does not follow from the register."""
    ladder, sent = Ladder(register, day), register.tables["measurement"]
    said = {name: listed(base, name, day) for name in ("units", "targets", "measurements")}
    parties = [row for row in register.rows("signature") if row["capacity"] == "party" and row["unit"]]
    there = {
        "units": {row["unit"] for row in parties if not row["withdrawn_at"]} if said["units"][0] else set(),
        "targets": set(ladder.states),
        "measurements": {key for key, row in sent.items() if known(row["submitted_at"], day)},
    }
    for name, (rows, head) in said.items():
        ids = {row.get("code") or row.get("ref") or row["id"] for row in rows}
        yield from (f"{name}: {one} is only on the site or only in the register" for one in ids ^ there[name])
        if head and not register.holds((head["seq"], head["hash"])):
            yield f"{name}: the head that the site tells is not in the register that it gave"
        for row in rows:
            one = row.get("code") or row.get("ref") or row["id"]
            if one not in there[name]:
                continue
            if name == "units":
                rung, claimed, flags, live = ladder.unit(one)
                flags = flags - {"claimed_higher"} | ({"claimed_higher"} if claimed > rung else set())
                past = "lapsed" if "silent" in flags else "past"
                answer = past if rung >= PAST_CEREMONY else "not_yet" if rung else "no_target"
                ours = {"rung": rung, "rung_claimed": claimed, "flags": flags, "live_targets": live, "answer": answer}
            elif name == "targets":
                rung, claimed, flags, share = ladder.states[one] or (None, None, set(), None)
                ours = {"rung": rung, "rung_claimed": claimed, "flags": flags, "progress": share}
            else:
                ours = {field: sent[one][field] for field in ("target", "period_start", "period_end", "value", "n")}
            for field, value in ours.items():
                figure = set(row[field]) if field == "flags" else row[field]
                if isinstance(value, Decimal) and figure is not None:
                    value = figure if abs(Decimal(figure) - value) <= FOUR_PLACES else value
                if figure != value:
                    yield f"{name} {one}: {field} is {figure} on the site, {value} by the register"


def main(base, day):
    kept = Path(f"kepala-{re.sub(r'[^a-z0-9.]+', '-', base.partition('//')[2])}.txt")
    try:
        register = Register(urllib.request.urlopen(f"{base}/jejak.jsonl"))
        faults = register.faults or list(differences(base, register, date.fromisoformat(day)))
    except (OSError, ArithmeticError, ValueError, LookupError, TypeError) as error:
        print(f"no answer that can be read: {error!r}")
        sys.exit(2)
    if kept.exists() and not register.holds(kept.read_text().strip().split(":")):
        faults.append(f"the register does not continue the head kept in {kept}: {kept.read_text().strip()}")
    if faults:
        sys.exit("\n".join(faults))
    kept.write_text(f"{len(register.hashes) - 1}:{register.hashes[-1]}\n")
    print(f"all agrees on {day}; head {kept.read_text().strip()} kept in {kept}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), sys.argv[2] if len(sys.argv) > 2 else str(datetime.now(JAKARTA).date()))
