"""Reminders by e-mail: each one is sent once, however often and from how many processes the command runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from commitments.models import Frequency, Reminder, ReminderChannel, ReminderChoice, ReminderKind
from commitments.workspace import due_work
from opd import access, clock, register, texts
from opd.accounts import correspondence
from opd.models import Membership, Unit

REMINDER_GROUPS = ("returned", "decided", "today", "overdue", "due", "silent", "cycle")  # in the order of a mail
URGENT_GROUPS = ("returned", "decided", "today")
GROUP_TITLES = {
    "returned": "dikembalikan",
    "decided": "usulan diputus",
    "today": "tenggat hari ini",
    "overdue": "lewat tenggat",
    "due": f"tenggat dalam {due_work.SOON_DAYS} hari",
    "silent": "segera disebut diam",
    "cycle": "waktunya dilaporkan",
}


@dataclass(frozen=True)
class ReminderItem:
    """One line of a reminder: due work, or the outcome of a proposal. `on` is the day it is about."""

    due: due_work.DueTarget | None
    group: str
    on: date
    outcome: due_work.ProposalOutcome | None = None

    @property
    def count(self) -> int:
        return self.due.count if self.due else 1

    @property
    def about(self) -> str:
        """What it is about: the decision that gave a report back, so that each is named; else the target."""
        if self.due is None:
            return self.outcome.about if self.outcome else ""
        return str(self.due.reply.uuid) if self.due.reply else self.due.target.reference


@dataclass(frozen=True)
class ReminderMail:
    """The reminder to one person about one unit, and the claims that make it leave only once."""

    user: User
    unit: Unit
    frequency: str
    items: tuple[ReminderItem, ...]
    claims: tuple[Reminder, ...]
    lacks_target: bool = False

    @property
    def counts(self) -> list[tuple[str, int]]:
        groups = Counter[str]()
        for item in self.items:
            groups[item.group] += item.count
        return [(group, groups[group]) for group in REMINDER_GROUPS if groups[group]]

    @property
    def subject(self) -> str:
        """`Dinkes: 1 dikembalikan, 2 lewat tenggat`"""
        if self.lacks_target:
            return f"{self.unit}: belum punya target"
        return f"{self.unit}: {', '.join(f'{count} {GROUP_TITLES[group]}' for group, count in self.counts)}"

    @property
    def groups(self) -> list[tuple[str, list[ReminderItem]]]:
        return [
            (GROUP_TITLES[group], [item for item in self.items if item.group == group]) for group, _ in self.counts
        ]


def items_of(unit: Unit, day: date) -> tuple[ReminderItem, ...]:
    """The due work that the head of a unit should know of on a day."""
    found = [item for due in due_work.due_targets(unit, day) if (item := _item(due, day))]
    found += [
        ReminderItem(None, "decided", clock.day_of(outcome.at), outcome) for outcome in due_work.outcomes(unit, day)
    ]
    return tuple(sorted(found, key=lambda item: REMINDER_GROUPS.index(item.group)))


def _item(due: due_work.DueTarget, day: date) -> ReminderItem | None:
    if due.urgency == "returned" and due.reply:
        return ReminderItem(due, "returned", clock.day_of(due.reply.at))
    if due.urgency == "due" and due.days_to_due == 0:
        return ReminderItem(due, "today", day)
    if due.urgency in ("due", "overdue"):
        return ReminderItem(due, due.urgency, due.target.due_on)
    if due.urgency == "silent":
        return ReminderItem(due, "silent", day + timedelta(days=due.days_to_silence))
    if due.urgency == "cycle":
        return ReminderItem(due, "cycle", day + timedelta(days=due.days_to_report))
    return None


def mails_for(day: date) -> Iterator[ReminderMail]:
    """Every reminder that is due today and has not been claimed yet."""
    heads = Membership.objects.speaking_on(day).exclude(user__email="")
    units: dict[int, tuple[ReminderItem, ...]] = {}
    for place in heads.select_related("user__reminder_choice", "unit").order_by("unit__code", "user_id"):
        if place.unit_id not in units:
            units[place.unit_id] = items_of(place.unit, day)
        items = units[place.unit_id]
        mail = _mail(place.user, place.unit, items, day) if items else _without_target(place.user, place.unit, day)
        if mail:
            yield mail


def _mail(user: User, unit: Unit, items: tuple[ReminderItem, ...], day: date) -> ReminderMail | None:
    frequency = getattr(user, "reminder_choice", ReminderChoice()).frequency
    if frequency == Frequency.OFF or not items:
        return None
    urgent = [
        (item, _claim(user, unit, item.group, item.about, item.on)) for item in items if item.group in URGENT_GROUPS
    ]
    if frequency != Frequency.URGENT:
        first_day = day if frequency == Frequency.DAILY else day - timedelta(days=day.weekday())
        digest = _claim(user, unit, ReminderKind.DIGEST, "", first_day)
        if not _is_taken(digest):
            return ReminderMail(user, unit, frequency, items, (digest, *(claim for _, claim in urgent)))
    new = [(item, claim) for item, claim in urgent if not _is_taken(claim)]
    if not new:
        return None
    return ReminderMail(user, unit, frequency, tuple(item for item, _ in new), tuple(claim for _, claim in new))


def _without_target(user: User, unit: Unit, day: date) -> ReminderMail | None:
    """Once a week to the head of a unit that has promised nothing, and waits for nobody's decision."""
    frequency = getattr(user, "reminder_choice", ReminderChoice()).frequency
    if frequency in (Frequency.OFF, Frequency.URGENT) or not due_work.lacks_target(unit, day):
        return None
    claim = _claim(user, unit, ReminderKind.DIGEST, "", day - timedelta(days=day.weekday()))
    return None if _is_taken(claim) else ReminderMail(user, unit, frequency, (), (claim,), lacks_target=True)


def _claim(user: User, unit: Unit, kind: str, about: str, on: date) -> Reminder:
    return Reminder(unit=unit, user=user, channel=ReminderChannel.EMAIL, kind=kind, about=about, on=on)


def _same(claim: Reminder) -> Q:
    return Q(unit=claim.unit, user=claim.user, channel=claim.channel, kind=claim.kind, about=claim.about, on=claim.on)


def _is_taken(claim: Reminder) -> bool:
    return Reminder.objects.filter(_same(claim)).exclude(_abandoned()).exists()


def _abandoned() -> Q:
    """Claims of a process that died before the e-mail had left."""
    return Q(sent_at=None, prepared_at__lt=clock.now() - timedelta(hours=1))


def send(mail: ReminderMail) -> bool:
    """Sends the reminder; whether it left now. The database decides between two senders.

    Raises OSError when the mail server does not accept it; the claims are given back, so that the next run tries
    again.
    """
    keys = reduce(or_, map(_same, mail.claims))
    Reminder.objects.filter(keys).filter(_abandoned()).delete()
    try:
        with transaction.atomic():
            mail.claims[0].save(force_insert=True)
    except IntegrityError:
        return False
    Reminder.objects.bulk_create(mail.claims[1:], ignore_conflicts=True)
    mine = Reminder.objects.filter(keys, sent_at=None)
    try:
        correspondence.send(mail.user.email, "workspace/email/digest", _context(mail), _headers(mail))
    except OSError:
        mine.delete()
        raise
    mine.update(sent_at=clock.now())
    return True


def tell_of_draft(unit: Unit, *, by: User, title: str, about: str, address: str) -> None:
    """Tells the heads of a unit, once a day about the same thing, that an operator kept a draft for them to send.

    Nobody waits for a mail server that is away: the draft is on the head's page in any case.
    """
    if not correspondence.mail_leaves() or access.serves(by, unit, access.HEAD_ROLE):
        return
    day, context = clock.today(), {"unit": unit, "title": title, "address": settings.SITE_URL + address}
    for place in Membership.objects.speaking_on(day).filter(unit=unit).exclude(user__email="").select_related("user"):
        if ReminderChoice.of(place.user).frequency == Frequency.OFF:
            continue
        claim = _claim(place.user, unit, ReminderKind.DRAFT, about[:64], day)
        if _is_taken(claim):
            continue
        try:
            correspondence.send(place.user.email, "workspace/email/draft", context)
        except OSError:
            continue
        claim.sent_at = clock.now()
        Reminder.objects.bulk_create([claim], ignore_conflicts=True)


def draft_message(unit: Unit, title: str, address: str) -> str:
    """The address that opens WhatsApp with a word to the head about a draft; its sender picks the recipient."""
    link = settings.SITE_URL + address
    text = f"Konsep “{title}” dari {unit} sudah siap. Periksa, lalu kirim bila benar: {link}"
    return correspondence.whatsapp_address("", texts.tidy(text))


def _context(mail: ReminderMail) -> dict[str, Any]:
    return {
        "mail": mail,
        "unit": mail.unit,
        "drafts": mail.unit.proposal_drafts.all() if mail.lacks_target else (),
        "demo": register.is_demo(),
        "head": register.head(),
        "workspace": f"{settings.SITE_URL}{reverse('workspace')}?unit={mail.unit.code}",
        "choice": _choice_address(mail.user),
    }


def _choice_address(user: User) -> str:
    return settings.SITE_URL + reverse("reminder-frequency", args=[ReminderChoice.token(user)])


def _headers(mail: ReminderMail) -> dict[str, str]:
    """The headers for the mail program's own unsubscribe button, which works without a page (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{_choice_address(mail.user)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
