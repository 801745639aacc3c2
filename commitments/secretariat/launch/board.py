"""The launch board: how far each unit has come, from invitation to first report, and which staff are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from commitments.models import Measurement, ServiceTarget
from commitments.models.querysets import owner_on, published_by
from commitments.reports.home_page import agreement, in_order, signers
from commitments.reports.succession import last_successors
from opd import access
from opd.models import Invitation, Membership, StaffRole, Unit

# What each staff role does, in the order in which a new register needs them.
ROLE_TASKS = {
    access.APPROVER: "mengumumkan komitmen dan target",
    access.VERIFIER: "memverifikasi laporan",
    access.KEEPER: "menjaga daftar unit dan pejabat",
    access.INSPECTOR: "memutus untuk Setda dan melakukan uji petik",
    access.LEADER: "membaca semuanya",
}
NEEDED_ROLES = (access.APPROVER, access.VERIFIER)  # without them nothing can be announced or verified


@dataclass(frozen=True)
class RoleAtDesk:
    """A role at the desk: how many active accounts hold it, and the invitations that still wait."""

    role: str
    holders: int
    invitations: tuple[Invitation, ...]

    @property
    def task(self) -> str:
        return ROLE_TASKS[self.role]

    @property
    def is_missing(self) -> bool:
        return self.role in NEEDED_ROLES and not self.holders


@dataclass(frozen=True)
class LaunchRow:
    """A unit that is to begin, and how far it has come."""

    unit: Unit
    invitation: Invitation | None  # the latest to its head that was not revoked, while there is no account
    has_account: bool
    has_target: bool
    has_report: bool

    @property
    def is_unopened(self) -> bool:
        return bool(self.invitation and not self.has_account and self.invitation.opened_at is None)

    @property
    def is_expired(self) -> bool:
        return bool(self.invitation and not self.has_account and self.invitation.state == "expired")

    @property
    def stage(self) -> str:
        """How far: report, target, account, invited or nothing."""
        if self.has_report:
            return "report"
        if self.has_target:
            return "target"
        if self.has_account:
            return "account"
        return "invited" if self.invitation else "nothing"


STAGES = {
    "nothing": "belum diundang",
    "invited": "diundang, belum masuk",
    "account": "punya akun, belum punya target",
    "target": "target diumumkan, belum melapor",
    "report": "sudah melapor",
}


@dataclass(frozen=True)
class LaunchBoard:
    """All rows, those that are furthest behind first, and the roles at the desk."""

    rows: tuple[LaunchRow, ...]
    roles: tuple[RoleAtDesk, ...]

    @property
    def accounts(self) -> int:
        return sum(row.has_account for row in self.rows)

    @property
    def targets(self) -> int:
        return sum(row.has_target for row in self.rows)

    @property
    def reports(self) -> int:
        return sum(row.has_report for row in self.rows)

    @property
    def missing_roles(self) -> list[str]:
        return [role.role for role in self.roles if role.is_missing]

    @property
    def stages(self) -> list[tuple[str, str, int]]:
        """Each stage with its words and how many units stand there."""
        counts = Counter(row.stage for row in self.rows)
        return [(stage, words, counts[stage]) for stage, words in STAGES.items()]

    def at(self, stage: str) -> tuple[LaunchRow, ...]:
        """The rows of one stage; all of them without one."""
        return tuple(row for row in self.rows if not stage or row.stage == stage)


def units_to_begin(day: date) -> list[Unit]:
    """The units that stand on a day and signed, or carry on what a signer owed."""
    signed = signers(agreement())
    heirs = last_successors(day)
    carrying = {code for unit in signed if unit.code in heirs for code in heirs[unit.code]}
    every = Unit.objects.filter(Q(pk__in=signed.values("pk")) | Q(code__in=carrying))
    return in_order(every.standing_on(day).with_names(day))


def joined_on(day: date) -> dict[int, date]:
    """Unit -> the day since when an active head's account serves in it, once that head has signed in."""
    heads = Membership.objects.heads_on(day).exclude(user__last_login=None).order_by("-from_on")
    return dict(heads.values_list("unit_id", "from_on"))


def launch_board(day: date) -> LaunchBoard:
    """With a fixed number of queries."""
    units = units_to_begin(day)
    heads, invited = joined_on(day), waiting_invitations(units)
    announced = ServiceTarget.objects.filter(published_by(day)).order_by()
    targets = set(announced.values_list(owner_on(day, "commitment"), flat=True))
    sent = Measurement.objects.exclude(submitted_at=None).order_by()
    reports = set(sent.values_list(owner_on(day, "target__commitment"), flat=True))
    rows = [
        LaunchRow(
            unit,
            invited.get(unit.pk) if unit.pk not in heads else None,
            unit.pk in heads,
            unit.pk in targets,
            unit.pk in reports,
        )
        for unit in units
    ]
    order = list(STAGES)
    return LaunchBoard(tuple(sorted(rows, key=lambda row: order.index(row.stage))), _roles())


def waiting_invitations(units: Iterable[Unit]) -> dict[int, Invitation]:
    """Unit -> the latest invitation to its head that nobody used or revoked."""
    waiting = Invitation.objects.filter(used_at=None, revoked_at=None)
    rows = waiting.filter(role=access.HEAD_ROLE, unit__in=[unit.pk for unit in units])
    return {row.unit_id: row for row in rows.order_by("invited_at", "pk") if row.unit_id}


def _roles() -> tuple[RoleAtDesk, ...]:
    held = StaffRole.objects.held().filter(user__is_active=True)
    counts = Counter(held.values_list("role", flat=True))
    waiting = list(Invitation.objects.open().exclude(staff_role=""))
    return tuple(
        RoleAtDesk(role, counts.get(role, 0), tuple(row for row in waiting if row.staff_role == role))
        for role in ROLE_TASKS
    )
