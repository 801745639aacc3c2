"""Events of units in the demonstration: heads change, two units are merged, one gets a new name."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

from commitments.demo import sample_texts
from commitments.demo.story import Event, Story
from commitments.models import transfer
from opd import access
from opd.models import Membership, Tenure, UnitChange
from opd.models.staff_role import switch_off

MERGED, MERGED_INTO, MERGED_ON = ("percetakan", "rph-bhp"), "bps", date(2023, 1, 2)
RENAMED_ON = date(2019, 9, 2)
UNIT_WITH_CLOSED_ACCOUNT, CLOSED_ACCOUNT_ON = "kec-tugu", date(2021, 10, 4)  # its only account is closed

# Months in which heads change. Not in setda and disdukcapil, whose real heads are recorded with their days.
CHANGES_OF_HEAD = {
    "bag-organisasi": ("2020-06", "2023-11"),
    "bapenda": ("2019-11", "2022-09"),
    "bkpp": ("2020-10", "2024-02"),
    "damkar": ("2020-07", "2025-04"),
    "dinkes": ("2020-01", "2023-03"),
    "disbudpar": ("2019-05", "2022-05"),
    "disdag": ("2022-02",),
    "dishub": ("2021-11",),
    "diskominfo": ("2019-02", "2022-10"),
    "disnaker": ("2020-03", "2024-08"),
    "disperin": ("2023-05",),
    "disperkim": ("2021-04",),
    "distaru": ("2019-08", "2023-06"),
    "dpmptsp": ("2019-09", "2024-01"),
    "kec-banyumanik": ("2022-01",),
    "kec-candisari": ("2022-04",),
    "kec-gayamsari": ("2023-02",),
    "kec-genuk": ("2021-08",),
    "kec-mijen": ("2022-09",),
    "kec-pedurungan": ("2021-02",),
    "kec-semarang-tengah": ("2020-11", "2024-03"),
    "kec-semarang-utara": ("2020-02", "2023-09"),
    "kec-tembalang": ("2019-12", "2022-12"),
    "kec-tugu": ("2021-07",),
    "ketapang": ("2022-02",),
    "pdam": ("2020-12",),
    "rsud-wongsonegoro": ("2021-01",),
    "satpol-pp": ("2021-05",),
}
RECENT_CHANGES_OF_HEAD = {"disdik": 38, "dinsos": 52, "kec-ngaliyan": 19, "kec-tembalang": 12}  # days before the end
WITHOUT_NEW_ACCOUNT, REPLACED_BEFORE = "perikanan", 6  # its new head has no account yet; days before the end
STANDING_IN, ABSENT = "dinkes", (8, 14)  # whose head is away: begun so many days before the end, for so many days
NEVER_ACCEPT = ("disbudpar", "disperin", "kec-mijen", "kec-tugu", "ketapang")


def schedule(story: Story) -> None:
    _successions(story)
    _without_account(story)
    _absence(story)
    _merger(story)
    story.calendar.on(RENAMED_ON, lambda: _rename(story))
    story.calendar.on(CLOSED_ACCOUNT_ON, lambda: _close_account(story))


def _letters(number: int) -> str:
    """The letters of a number: A, B, ..., Z, AA, AB, ..."""
    return (chr(64 + (number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)


def _successions(story: Story) -> None:
    changes = [(date.fromisoformat(f"{month}-10"), code) for code, all_ in CHANGES_OF_HEAD.items() for month in all_]
    changes += [(story.before_the_end(days), code) for code, days in RECENT_CHANGES_OF_HEAD.items()]
    for number, (day, code) in zip(count(1), sorted(changes), strict=False):
        story.calendar.on(day, _succession(story, code, f"Pejabat Contoh {_letters(number)}"))


def _succession(story: Story, code: str, name: str) -> Event:
    def take_office() -> None:
        Tenure.enter(
            by=story.people[access.KEEPER],
            person=name,
            unit=story.units[code],
            title=story.units[code].head_title,
            from_on=story.today,
            source=sample_texts.SUCCESSION,
            certainty="assumed",
        )
        if code == WITHOUT_NEW_ACCOUNT:
            return
        Membership.give(
            by=story.people[access.KEEPER],
            user=story.people.head(code),
            unit=story.units[code],
            role=access.HEAD_ROLE,
        )
        if code not in NEVER_ACCEPT and (story.until - story.today).days > max(RECENT_CHANGES_OF_HEAD.values()):
            story.later(story.calendar.rng.randint(4, 25), accept)

    def accept() -> None:
        for commitment in story.commitments.values():
            if commitment.is_live and commitment.reference.startswith(f"{code.upper()}-0"):
                commitment.acknowledge(by=story.head(code), seen=commitment.fingerprint())

    return take_office


def _without_account(story: Story) -> None:
    """The secretariat has yet to invite the new head: the old account may draft only."""
    take_office = _succession(story, WITHOUT_NEW_ACCOUNT, "Pejabat Contoh Baru")
    story.calendar.on(story.before_the_end(REPLACED_BEFORE), take_office, story.rng(WITHOUT_NEW_ACCOUNT))


def _absence(story: Story) -> None:
    begun, days = ABSENT

    def stand_in() -> None:
        unit = story.units[STANDING_IN]
        if not unit.tenures.holding(story.today).exists():
            return  # a demonstration of the first years: nobody is on record whose place one could take
        Tenure.enter(
            by=story.people[access.KEEPER],
            person="Pejabat Contoh Harian",
            unit=unit,
            title=f"Plh. {unit.head_title}",
            status=Tenure.Status.PLH,
            from_on=story.today,
            until_on=story.today + timedelta(days=days),
            source=sample_texts.SUCCESSION,
            certainty="assumed",
        )

    story.calendar.on(story.before_the_end(begun), stand_in, story.rng("pelaksana harian"))


def _merger(story: Story) -> None:
    def propose() -> None:
        change = UnitChange.propose(
            by=story.people[access.KEEPER],
            change=UnitChange.Change.MERGED,
            on=MERGED_ON,
            legal_basis="Data contoh: hari dan dasar penggabungan ini direka",
            predecessors=[story.units[code] for code in MERGED],
            successors=[story.units[MERGED_INTO]],
        )
        story.calendar.on(MERGED_ON - timedelta(days=13), lambda: confirm(change))

    def confirm(change: UnitChange) -> None:
        transfer.confirm(change, by=story.people[access.APPROVER], seen=change.fingerprint())
        story.calendar.on(MERGED_ON, lambda: story.successors.update(dict.fromkeys(MERGED, MERGED_INTO)))

    story.calendar.on(MERGED_ON - timedelta(days=48), propose)


def _rename(story: Story) -> None:
    pdam = story.units["pdam"]
    pdam.rename(
        by=story.people[access.KEEPER],
        seen=pdam.fingerprint(),
        name="Perumda Air Minum Tirta Moedal Kota Semarang",
        short_name="Perumda Tirta Moedal",
        on=story.today,
        legal_basis="Perda 2/2019; hari berlakunya di sini data contoh",
    )


def _close_account(story: Story) -> None:
    switch_off(story.people.head(UNIT_WITH_CLOSED_ACCOUNT), by=story.people[access.KEEPER])
