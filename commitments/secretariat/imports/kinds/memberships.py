"""Import of memberships: which account serves in which unit, in which role, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User

from commitments.formats import plain_date
from commitments.secretariat.imports.columns import ChoiceColumn, DayColumn, TextColumn
from commitments.secretariat.imports.kinds.tenures import UNIT_COLUMN
from commitments.secretariat.imports.sheet_kind import CHANGED, NEW, SAME, RowOutcome, SheetImport, WrongCell
from commitments.secretariat.imports.table import TableRow
from opd.models import Membership


def active_accounts() -> Iterable[tuple[str, str]]:
    """The accounts that can be given a place, as the template lists them."""
    users = User.objects.filter(is_active=True).order_by("username")
    return [(user.get_username(), user.get_full_name()) for user in users]


class MembershipImport(SheetImport):
    slug = "keanggotaan"
    title = "Keanggotaan"
    explains = "Akun yang sudah ada bertugas di unit mana, sebagai apa. Orang yang belum punya akun diundang."
    effect = (
        "Akun-akun ini langsung boleh masuk ke tempat kerja unitnya; yang diberi hari terakhir berakhir sesudahnya."
    )
    gives_rights = True
    columns = (
        TextColumn(
            key="account",
            label="Akun",
            also=("nama pengguna", "username", "pengguna", "surel", "email"),
            needed=True,
            help="Nama pengguna, atau surelnya.",
            examples=("akun-contoh-a", "akun-contoh-b"),
            allowed=active_accounts,
        ),
        UNIT_COLUMN,
        ChoiceColumn(
            key="role",
            label="Peran",
            of=Membership.Role.choices,
            spelled={"pegawai": "staff"},
            also=("sebagai",),
            needed=True,
            help="Kepala mengirim dan mengusulkan; operator menyusun; pegawai hanya dicatat bertugas di sana.",
            examples=("kepala", "operator"),
        ),
        DayColumn(
            key="from_on",
            label="Sejak",
            also=("mulai", "tmt", "tanggal mulai"),
            help="Hari pertama. Kosong: hari ini.",
        ),
        DayColumn(
            key="last_on",
            label="Hari terakhir",
            also=("sampai", "s d", "sampai dengan", "selesai", "berakhir"),
            help="Kosong: masih berlaku. Untuk yang sudah tercatat: mengakhirinya.",
        ),
    )
    ruled = (Membership,)

    def look_up(self, rows: Sequence[TableRow]) -> None:
        self.accounts: dict[str, list[User]] = {}
        for user in User.objects.filter(is_active=True):
            for name in {user.get_username().casefold(), user.email.casefold()} - {""}:
                self.accounts.setdefault(name, []).append(user)
        self.held: dict[tuple[int, int, str], Membership] = {}
        for row in Membership.objects.select_related(*Membership.related).order_by("-until_on", "pk"):
            self._remember(row)

    def _remember(self, row: Membership) -> None:
        known = self.held.get((row.user_id, row.unit_id, row.role))
        if known is None or row.until_on is None:
            self.held[row.user_id, row.unit_id, row.role] = row

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        user, unit = self._account(given["account"]), self.units.standing(given["unit"], "unit", self.today)
        role, start, last = given["role"], given.get("from_on"), given.get("last_on")
        until = last + timedelta(days=1) if last else None
        if start and last and last < start:
            raise WrongCell("last_on", "Hari terakhir mendahului hari pertama.")
        about = f"{user.get_username()}: {Membership.Role(role).label} {unit}"
        known = self.held.get((user.pk, unit.pk, role))
        if known and known.until_on is None:
            if start not in (None, known.from_on):
                raise WrongCell(
                    "from_on", f"Sudah tercatat sejak {plain_date(known.from_on)}. Samakan, atau kosongkan."
                )
            if until is None:
                return RowOutcome(SAME, about)
            known.end(by=self.by, on=until)
            return RowOutcome(CHANGED, f"{about}: berakhir {plain_date(last)}")
        if known and until and known.until_on == until and start in (None, known.from_on):
            return RowOutcome(SAME, f"{about}, sampai {plain_date(last)}")
        since = start or self.today
        self._remember(Membership.give(by=self.by, user=user, unit=unit, role=role, from_on=since, until_on=until))
        return RowOutcome(NEW, f"{about}, sejak {plain_date(since)}{f' sampai {plain_date(last)}' if last else ''}")

    def _account(self, text: str) -> User:
        found = self.accounts.get(text.casefold(), [])
        if len(found) > 1:
            names = " atau ".join(user.get_username() for user in found)
            raise WrongCell("account", f"Surel ini dipakai beberapa akun. Tulis nama penggunanya: {names}.")
        if not found:
            raise WrongCell("account", "Akun ini tidak ada atau tidak aktif. Orang yang belum punya akun diundang.")
        return found[0]
