"""The chasing list: which units to remind, with which message, and which reminders they already got."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse

from commitments.models import Reminder, ReminderChannel
from commitments.reports import home_page, meeting_pack
from commitments.reports.meeting_pack import UnitSheet
from commitments.reports.target_standing import TargetStanding
from opd import texts
from opd.accounts import correspondence
from opd.models import Membership, Unit

TARGETS_NAMED = 5  # targets that one message names; the rest is counted
LONGER_THAN_ANY = 100_000  # days; nothing here is as old
SHOWN_REMINDERS = 6  # reminders shown of a unit, newest first

# Where a message may be opened: wa.me leads on to one of the others.
WHATSAPP_ADDRESSES = (correspondence.WHATSAPP, "https://api.whatsapp.com", "https://web.whatsapp.com")


@dataclass(frozen=True)
class ChasingCase:
    """A unit that is silent or late on a day, and the reminders that it got so far."""

    sheet: UnitSheet
    day: date
    heads: tuple[User, ...]  # active accounts of its heads
    reminders: tuple[Reminder, ...]  # newest first

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
    def weight(self) -> int:
        """The sort key in days: first how long the unit has been silent, then how late its worst target is."""
        late = max((row.overdue_days for row in self.sheet.late), default=0)
        return LONGER_THAN_ANY + (self.sheet.unit.quiet_days or 0) if self.sheet.unit.silent else late

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
    """Signers that are silent, the longest first, then those with late targets; a fixed number of queries."""
    signers = home_page.units_on(home_page.signers(home_page.agreement()), day)
    units_to_chase = [
        sheet for sheet in meeting_pack.sheets(signers, day) if sheet.rows and (sheet.unit.silent or sheet.late)
    ]
    heads, reminders = _heads(units_to_chase, day), _reminders(units_to_chase)
    found = [
        ChasingCase(one, day, tuple(heads[one.unit.pk]), tuple(reminders[one.unit.pk][:SHOWN_REMINDERS]))
        for one in units_to_chase
    ]
    return sorted(found, key=lambda case: -case.weight)


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
