"""The chasing list: which units to remind, with which message, and which reminders they already got."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse

from commitments.models import Commitment, Measurement, Reminder, ReminderChannel
from commitments.models.querysets import owner_on
from commitments.reports import home_page, meeting_pack
from commitments.reports.meeting_pack import UnitSheet
from commitments.reports.target_standing import TargetStanding
from commitments.secretariat.launch.board import joined_on, units_to_begin, waiting_invitations
from opd import texts
from opd.accounts import correspondence
from opd.models import Invitation, Membership, Unit

TARGETS_NAMED = 5  # targets that one message names; the rest is counted
SHOWN_REMINDERS = 6  # reminders shown of a unit, newest first

# Where a message may be opened: wa.me leads on to one of the others.
WHATSAPP_ADDRESSES = (correspondence.WHATSAPP, "https://api.whatsapp.com", "https://web.whatsapp.com")


# Why a unit is chased, the most urgent reason first: its code in the address, and its words.
REASONS = {
    "diam": "diam",
    "terlambat": "lewat tenggat",
    "dikembalikan": "laporan dikembalikan, belum dijawab",
    "belum-diterima": "warisan belum diterima",
    "tanpa-target": "punya akun, belum punya target",
    "tanpa-akun": "belum punya akun",
}


@dataclass(frozen=True)
class ChasingCase:
    """A unit that owes an answer on a day: why, and the reminders that it got so far."""

    sheet: UnitSheet
    day: date
    heads: tuple[User, ...]  # active accounts of its heads
    reminders: tuple[Reminder, ...]  # newest first
    joined_on: date | None = None  # since when its head has an account
    is_waiting: bool = False  # it proposed, and the secretariat has to answer
    unaccepted: tuple[Commitment, ...] = ()  # inherited, and not accepted by the head in office
    returned: int = 0  # reports that the secretariat gave back
    invitation: Invitation | None = None  # to its head, not used yet

    @property
    def unit(self) -> Unit:
        return self.sheet.unit

    @property
    def addresses(self) -> list[str]:
        return [head.email for head in self.heads if head.email]

    @property
    def silent(self) -> tuple[TargetStanding, ...]:
        return tuple(row for row in self.sheet.rows if row.is_silent)

    @property
    def reasons(self) -> dict[str, str]:
        """The reasons that hold, each with its words. A unit that nobody invited owes no target yet."""
        holds = {
            "diam": bool(self.sheet.unit.silent and self.sheet.rows),
            "terlambat": bool(self.sheet.late),
            "dikembalikan": self.returned > 0,
            "belum-diterima": bool(self.unaccepted),
            "tanpa-target": bool(self.joined_on and not self.sheet.rows and not self.is_waiting),
            "tanpa-akun": self.joined_on is None and not self.sheet.rows,
        }
        return {code: words for code, words in REASONS.items() if holds[code]}

    @property
    def lacks_target(self) -> bool:
        return "tanpa-target" in self.reasons

    @property
    def lacks_account(self) -> bool:
        return "tanpa-akun" in self.reasons

    @property
    def weight(self) -> tuple[int, int]:
        """The sort key: the most urgent reason, then for how many days."""
        first = list(REASONS).index(next(iter(self.reasons)))
        late = max((row.overdue_days for row in self.sheet.late), default=0)
        joined = (self.day - self.joined_on).days if self.joined_on else 0
        return first, -(self.sheet.unit.quiet_days or 0 if self.sheet.unit.silent else late or joined)

    @property
    def due(self) -> tuple[TargetStanding, ...]:
        """The targets that a message names: late ones first, then silent ones; each once."""
        rows = dict.fromkeys((*sorted(self.sheet.late, key=lambda row: -row.overdue_days), *self.silent))
        return tuple(rows)

    @property
    def services(self) -> list[str]:
        """The services of those targets, each once."""
        return list(dict.fromkeys(row.target.service for row in self.due))

    @property
    def open(self) -> Reminder | None:
        """The reminders prepared today and not confirmed yet."""
        return next((row for row in self.reminders if row.on == self.day and row.sent_at is None), None)

    @property
    def message(self) -> str:
        links = {
            "workspace": settings.SITE_URL + reverse("workspace"),
            "page": settings.SITE_URL + reverse("unit", args=[self.unit.code]),
        }
        context = {"case": self, "named": self.due[:TARGETS_NAMED], "more": len(self.due) - TARGETS_NAMED, **links}
        return texts.tidy(render_to_string("secretariat/chasing_message.txt", context), lines=True)

    @property
    def whatsapp(self) -> str:
        """The address that opens WhatsApp with the text of the message; empty without a number."""
        return correspondence.whatsapp_address(self.unit.whatsapp, self.message) if self.unit.whatsapp else ""


def cases(day: date) -> list[ChasingCase]:
    """Every unit that owes an answer, the most urgent first; a fixed number of queries.

    The units are those of the launch board: standing today, and a signer or carrying one.
    """
    standing = Unit.objects.filter(pk__in=[unit.pk for unit in units_to_begin(day)])
    every = meeting_pack.sheets(home_page.units_on(standing, day), day)
    heads, reminders, joined, invited = (
        _heads(every, day),
        _reminders(every),
        joined_on(day),
        waiting_invitations(standing),
    )
    unaccepted, returned, waiting = _unaccepted(day), _returned(day), _waiting(day)
    found = [
        ChasingCase(
            one,
            day,
            tuple(heads[one.unit.pk]),
            tuple(reminders[one.unit.pk][:SHOWN_REMINDERS]),
            joined_on=joined.get(one.unit.pk),
            is_waiting=one.unit.pk in waiting,
            unaccepted=tuple(unaccepted[one.unit.pk]),
            returned=returned[one.unit.pk],
            invitation=invited.get(one.unit.pk),
        )
        for one in every
    ]
    return sorted((case for case in found if case.reasons), key=lambda case: case.weight)


def _unaccepted(day: date) -> dict[int, list[Commitment]]:
    found: dict[int, list[Commitment]] = defaultdict(list)
    for row in Commitment.objects.unaccepted_on(day).order_by("reference"):
        found[cast("Any", row).unit_id_then].append(row)
    return found


def _returned(day: date) -> Counter[int]:
    rows = Measurement.objects.unanswered().order_by()
    return Counter(rows.values_list(owner_on(day, "target__commitment"), flat=True))


def _waiting(day: date) -> set[int]:
    proposed = Commitment.objects.waiting().order_by()
    return set(proposed.values_list(owner_on(day, "pk"), flat=True))


def case_of(code: str, day: date) -> ChasingCase | None:
    return next((case for case in cases(day) if case.unit.code == code), None)


def _heads(sheets: Iterable[UnitSheet], day: date) -> dict[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    places = Membership.objects.speaking_on(day)
    for place in places.filter(unit__in=[one.unit.pk for one in sheets]).select_related("user").order_by("pk"):
        found[place.unit_id].append(place.user)
    return found


def _reminders(sheets: Iterable[UnitSheet]) -> dict[int, list[Reminder]]:
    found: dict[int, list[Reminder]] = defaultdict(list)
    rows = Reminder.objects.filter(unit__in=[one.unit.pk for one in sheets])
    for row in rows.select_related("prepared_by", "sent_by", "user").order_by("-prepared_at", "-pk"):
        found[row.unit_id].append(row)
    return found


def write(case: ChasingCase, *, by: User) -> Reminder:
    """Sends an e-mail to every head of the unit now, once a day.

    Raises OSError when the mail server does not accept it.
    """
    reminder = Reminder.prepare(by=by, unit=case.unit, channel=ReminderChannel.EMAIL, on=case.day)
    if reminder.sent_at is None:
        for address in case.addresses:
            correspondence.send(address, "secretariat/chasing_mail", {"case": case})
        reminder.confirm(by=by)
    return reminder
