"""A list of people to invite, pasted or from a sheet: one person a line, in whatever order the parts stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from commitments.formats import number
from commitments.secretariat.imports.cells import plain, simple
from commitments.secretariat.imports.sheet_kind import UnitLookup, WrongCell
from commitments.secretariat.imports.workbook import pages
from opd import access, clock
from opd.accounts import phone_numbers
from opd.errors import BadFact
from opd.models import Invitation, Membership, Unit

MAX_GUESTS = 200  # lines of one list
LONGEST_GUEST_NAME = 150
ROLE_LABELS = {
    access.HEAD_ROLE: "kepala unit",
    access.OPERATOR_ROLE: "operator unit",
    access.APPROVER: "penyetuju",
    access.VERIFIER: "verifikator",
    access.KEEPER: "pengelola data",
    access.INSPECTOR: "Inspektorat",
    access.LEADER: "pimpinan",
}
# A word in a line that says what this one person is invited as; the others are what the list says. Inspektorat is no
# such word: it is a unit too.
ROLE_WORDS = {
    "kepala": access.HEAD_ROLE,
    "kepala unit": access.HEAD_ROLE,
    "operator": access.OPERATOR_ROLE,
    access.APPROVER: access.APPROVER,
    access.VERIFIER: access.VERIFIER,
    "pengelola data": access.KEEPER,
    access.LEADER: access.LEADER,
}
HEADINGS = {
    *(
        "no",
        "nomor",
        "nama",
        "nama kepala",
        "nama lengkap",
        "unit",
        "opd",
        "perangkat daerah",
        "nama unit",
        "kode unit",
    ),
    *("surel", "email", "e mail", "alamat surel", "wa", "whatsapp", "hp", "nomor hp", "nomor whatsapp", "telepon"),
    *("surel atau whatsapp", "kontak", "jabatan"),
}
STRONG_SIGNS = re.compile(r"[\t;|]")
FIGURES = re.compile(r"[\d\s().+-]*\d[\d\s().+-]*")
RUNNING_NUMBER = re.compile(r"\d{1,3}\.?")


@dataclass(frozen=True)
class Guest:
    """One line of the list, read."""

    line: int
    name: str
    role: str  # in a unit, or at the secretariat
    unit: Unit | None
    email: str
    whatsapp: str

    @property
    def is_staff(self) -> bool:
        return self.role in access.STAFF_ROLES

    @property
    def role_name(self) -> str:
        return ROLE_LABELS[self.role].removesuffix(" unit")

    @property
    def as_text(self) -> str:
        parts = (self.name, self.unit.code if self.unit else "", self.email, self.whatsapp)
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class GuestFault:
    """A line that cannot be invited, with the sentence why."""

    line: int
    text: str
    wrong: str


@dataclass
class GuestList:
    """What a list says: the people that can be invited, and the lines that cannot be."""

    role: str  # of a line that names none
    roles: frozenset[str]  # that may be given
    guests: list[Guest] = field(default_factory=list)
    faults: list[GuestFault] = field(default_factory=list)


def lines_of_file(content: bytes) -> str:
    """The lines of the first sheet that has any, as somebody would paste them."""
    for page in pages(content):
        lines = ["\t".join(cell.text for cell in page.in_order(cells)) for _, cells in page.lines]
        if any(line.strip() for line in lines) and not page.is_hidden:
            return "\n".join(lines[: MAX_GUESTS * 2])
    raise BadFact("Berkas ini kosong.")


def read(text: str, role: str, roles: Iterable[str]) -> GuestList:
    """Reads a pasted list; every line is either a guest or a fault. `roles`: those that the reader may give."""
    found = GuestList(role, frozenset(roles))
    lines = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MAX_GUESTS:
        raise BadFact(f"Ada {number(len(lines))} baris, paling banyak {MAX_GUESTS} sekali undang. Bagi daftarnya.")
    units = UnitLookup()
    for place, line in lines:
        cells = _cells(line)
        if not cells or all(simple(cell) in HEADINGS for cell in cells):
            continue
        try:
            found.guests.append(_guest(place, cells, units, found))
        except ValidationError as error:
            found.faults.append(GuestFault(place, " · ".join(cells)[:200], " ".join(error.messages)))
    if not found.guests and not found.faults:
        raise BadFact("Daftarnya kosong. Tulis satu orang satu baris: nama; unit; surel atau nomor WhatsApp.")
    _must_be_new(found)
    found.faults.sort(key=lambda fault: fault.line)
    return found


def _cells(line: str) -> list[str]:
    parts = STRONG_SIGNS.split(line) if STRONG_SIGNS.search(line) else line.split(",")
    return [text for part in parts if (text := plain(part))]


def _guest(place: int, cells: list[str], units: UnitLookup, found: GuestList) -> Guest:
    """Sorts the cells of a line by what they are: an address, a number, a unit; the rest is the name."""
    email = whatsapp = ""
    role, unit = found.role, None
    rest: list[str] = []
    for cell in cells:
        role = ROLE_WORDS.get(simple(cell), role)
    if role not in found.roles:
        raise ValidationError(f"{role.capitalize()} diundang administrator register.")
    is_staff = role in access.STAFF_ROLES
    for at, cell in enumerate(cells):
        if at == 0 and RUNNING_NUMBER.fullmatch(cell):
            continue
        if simple(cell) in ROLE_WORDS:
            continue
        if "@" in cell:
            email = _email(cell)
        elif FIGURES.fullmatch(cell):
            whatsapp = _number(cell)
        elif not is_staff and unit is None and units.names.matching(cell).is_exact:
            unit = units.standing(cell, "unit", clock.today())
        else:
            rest.append(cell)
    if not is_staff and unit is None:
        if len(rest) < 2:
            raise ValidationError("Unitnya belum disebut. Tulis nama; unit; surel atau nomor WhatsApp.")
        try:
            unit = units.standing(rest[-1], "unit", clock.today())
        except WrongCell as error:
            raise ValidationError(f"“{rest[-1]}”: {' '.join(error.messages)}") from error
        rest.pop()
    if is_staff and len(rest) > 1 and units.names.matching(rest[-1]).is_exact:
        raise ValidationError(
            f"Baris ini menyebut unit ({rest[-1]}), padahal diundang sebagai {role}. Pilih salah satu."
        )
    name = ", ".join(rest)
    if not name:
        raise ValidationError("Namanya belum ada.")
    if len(name) > LONGEST_GUEST_NAME:
        raise ValidationError(f"Namanya terlalu panjang: {len(name)} huruf, paling banyak {LONGEST_GUEST_NAME}.")
    return Guest(place, name, role, unit, email, whatsapp)


def _email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise ValidationError(f"“{cell}” bukan alamat surel yang lengkap.") from None
    return cell


def _number(cell: str) -> str:
    if international := phone_numbers.international(cell):
        return international
    raise ValidationError(f"“{cell}” bukan nomor WhatsApp. Tulis seperti 0812-3456-7890.")


def _must_be_new(found: GuestList) -> None:
    """Moves to the faults who stands twice in the list, has an invitation already, or whose unit has its head."""
    seen: dict[Any, int] = {}
    good = []
    known = _Known(found)
    for guest in found.guests:
        wrong = known.why_not(guest)
        for key in _keys(guest):
            wrong = wrong or (f"Sama dengan baris {seen[key]}: {_what(key)}." if key in seen else "")
            seen.setdefault(key, guest.line)
        if wrong:
            found.faults.append(GuestFault(guest.line, guest.as_text, wrong))
        else:
            good.append(guest)
    found.guests = good


def _keys(guest: Guest) -> Iterable[tuple[str, str]]:
    unit = guest.unit.code if guest.unit else ""
    if guest.role == access.HEAD_ROLE:
        yield "unit", unit
    yield "person", f"{guest.role} {unit} {simple(guest.name)}"
    if guest.email:
        yield "email", guest.email.casefold()
    if guest.whatsapp:
        yield "whatsapp", guest.whatsapp


def _what(key: tuple[str, str]) -> str:
    return {
        "unit": "satu unit satu kepala",
        "person": "orang yang sama",
        "email": "surel yang sama",
        "whatsapp": "nomor WhatsApp yang sama",
    }[key[0]]


class _Known:
    """What the register knows already of the units and people of a list."""

    def __init__(self, found: GuestList) -> None:
        units = [guest.unit.pk for guest in found.guests if guest.unit]
        heads = Membership.objects.heads_on(clock.today()).filter(unit__in=units)
        self.heads = set(heads.values_list("unit_id", flat=True))
        waiting = Invitation.objects.open().filter(Q(unit__in=units) | ~Q(staff_role=""))
        rows = list(waiting.values_list("unit_id", "role", "staff_role", "name"))
        self.units = {unit for unit, role, _, _ in rows if role == access.HEAD_ROLE}
        self.people = {(unit, role or staff_role, simple(name)) for unit, role, staff_role, name in rows}

    def why_not(self, guest: Guest) -> str:
        unit = guest.unit.pk if guest.unit else None
        if guest.role == access.HEAD_ROLE and unit in self.heads:
            return f"{guest.unit} sudah punya akun kepala. Bila kepalanya berganti, mulai dari Rotasi pejabat."
        if guest.role == access.HEAD_ROLE and unit in self.units:
            return f"Kepala {guest.unit} sudah diundang. Kirim ulang atau cabut undangannya di papan peluncuran."
        if (unit, guest.role, simple(guest.name)) in self.people:
            return "Orang ini sudah diundang. Kirim ulang undangannya di papan peluncuran."
        return ""


def invite(found: GuestList, *, by: User, days: int) -> list[tuple[Invitation, str]]:
    """Invites everybody on the list, or nobody; each with the secret part of the link."""
    made = []
    with transaction.atomic():
        for guest in found.guests:
            place = {"staff_role": guest.role} if guest.is_staff else {"unit": guest.unit, "role": guest.role}
            made.append(
                Invitation.issue(
                    by=by,
                    name=guest.name,
                    email=guest.email,
                    whatsapp=guest.whatsapp,
                    lasts=timedelta(days=days),
                    **place,
                )
            )
    return made
