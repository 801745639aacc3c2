"""The work of the secretariat today: counts of everything that waits or is doubtful, each with a link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Min, Model, QuerySet
from django.urls import reverse

from commitments.ladder.rows import UnitOnLadder
from commitments.models import (
    Commitment,
    Measurement,
    RecheckItem,
    ServiceTarget,
    Signature,
    TargetRevision,
)
from commitments.reports import decision_times
from commitments.reports.home_page import agreement, signers, units_on
from commitments.secretariat.launch.board import launch_board
from commitments.secretariat.work.mine import decides, mine
from opd import access, clock
from opd.models import Certainty, Membership, Tenure, Unit, UnitChange

CONTESTED_DAYS = 30  # after more than this many a contested number heads the list
OLDEST_SHOWN = 6  # submissions named on the front page
SILENT_UNITS_SHOWN = 8  # units named there


@dataclass(frozen=True)
class WorkCount:
    """A kind of work: how many there are, a remark, and the address of the list."""

    title: str
    count: int
    url: str
    note: str = ""


@dataclass(frozen=True)
class SilentUnit:
    """A unit all of whose targets are silent, and for how many days at least."""

    unit: UnitOnLadder
    days: int


@dataclass(frozen=True)
class WaitingWork:
    decide: tuple[WorkCount, ...]
    tidy: tuple[WorkCount, ...]
    oldest: tuple[Measurement, ...]
    silences: tuple[SilentUnit, ...]  # the longest first
    unpromised: tuple[WorkCount, ...]  # units that promised nothing yet
    has_targets: bool  # any unit has one: before that nothing can be reported
    pace: decision_times.DecisionTimes
    day: date

    @property
    def loudest(self) -> tuple[SilentUnit, ...]:
        return self.silences[:SILENT_UNITS_SHOWN]


def waiting_work(day: date, user: User | None = None) -> WaitingWork:
    """All counts, with a fixed number of queries; for somebody who decides, only of what they may decide."""
    return WaitingWork(
        decide=tuple(_to_decide(day, user)),
        tidy=tuple(_to_tidy(day)),
        oldest=tuple(
            Measurement.objects.waiting().select_related("target").prefetch_related("decisions")[:OLDEST_SHOWN]
        ),
        silences=tuple(_silences(day)),
        unpromised=tuple(_unpromised(day)),
        has_targets=ServiceTarget.objects.exclude(published_at=None).exists(),
        pace=decision_times.decision_times(day),
        day=day,
    )


def _place(model: type[Model], query: str) -> str:
    opts = model._meta
    return f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?{query}"


def _waiting(title: str, rows: QuerySet[Any], since: str, day: date, user: User | None) -> Iterator[WorkCount]:
    """The count of one kind; none for somebody whose role decides about other kinds."""
    query = "antrean=menunggu"
    if user is not None and _decides_anything(user):
        if not decides(user, rows.model):
            return
        rows, query = mine(user, rows), f"{query}&saya=ya"
    found = rows.order_by().aggregate(number=Count("pk", distinct=True), oldest=Min(since))
    yield WorkCount(title, found["number"], _place(rows.model, query), _age(found["oldest"], day))


def _decides_anything(user: User) -> bool:
    return not access.roles_of(user).isdisjoint((access.VERIFIER, access.APPROVER, access.INSPECTOR))


def _age(oldest: datetime | None, day: date) -> str:
    if oldest is None:
        return "tidak ada"
    days = (day - clock.day_of(oldest)).days
    return f"terlama {days} hari" if days else "semuanya baru hari ini"


def _to_decide(day: date, user: User | None) -> list[WorkCount]:
    """The counts of decisions, the most frequent kind first."""
    changes = UnitChange.objects.waiting()
    work = [
        *_waiting("Realisasi menunggu verifikasi", Measurement.objects.waiting(), "submitted_at", day, user),
        *_waiting("Usulan komitmen", Commitment.objects.waiting(), "proposed_at", day, user),
        *_waiting("Usulan target", ServiceTarget.objects.waiting_alone(), "proposed_at", day, user),
        *_waiting("Usulan perubahan target", TargetRevision.objects.waiting(), "proposed_at", day, user),
        *_waiting("Perubahan unit", changes, "proposed_at", day, user),
    ]
    rechecks = RecheckItem.objects.filter(recorded_at=None)
    if user is None or not _decides_anything(user) or access.INSPECTOR in access.roles_of(user):
        work += _waiting("Uji petik belum diperiksa", rechecks, "recheck__drawn_at", day, None)
    contested, oldest = _contested(day)
    is_overdue = oldest is not None and (day - clock.day_of(oldest)).days > CONTESTED_DAYS
    return [contested, *work] if is_overdue else [*work, contested]


def _contested(day: date) -> tuple[WorkCount, datetime | None]:
    """Numbers that a finding contests, to be revoked, corrected, or said to stand; and since when the oldest is."""
    rows = RecheckItem.objects.objecting_on(day).order_by()
    found = rows.aggregate(number=Count("pk"), oldest=Min("recorded_at"))
    place = _place(RecheckItem, "antrean=dipersoalkan")
    return WorkCount("Angka yang dipersoalkan", found["number"], place, _age(found["oldest"], day)), found["oldest"]


def _to_tidy(day: date) -> list[WorkCount]:
    unaccepted = Commitment.objects.unaccepted_on(day).order_by()
    heads = unaccepted.aggregate(number=Count("pk"), heads=Count("tenure_now", distinct=True))
    incomplete = ServiceTarget.objects.incomplete()
    outdated = Membership.objects.outdated_on(day)
    return [
        WorkCount(
            "Kepala berganti, akun belum",
            outdated.count(),
            _place(Membership, "antrean=kepala-berganti"),
            "akun lamanya hanya dapat menyusun: akhiri, undang yang baru",
        ),
        WorkCount(
            "Target tanpa sumber data",
            incomplete.count(),
            _place(ServiceTarget, "antrean=tanpa-sumber"),
            "sumber data atau cara mengukur belum disebut",
        ),
        WorkCount(
            "Komitmen warisan belum diterima",
            heads["number"],
            _place(Commitment, "antrean=belum-diterima"),
            f"oleh {heads['heads']} kepala baru",
        ),
        _assumed("Unit berstatus perkiraan", Unit),
        _assumed("Pejabat berstatus perkiraan", Tenure),
        _assumed("Tanda tangan berstatus perkiraan", Signature),
    ]


def _assumed(title: str, model: type[Model]) -> WorkCount:
    rows = model._default_manager.filter(certainty=Certainty.ASSUMED)
    return WorkCount(title, rows.count(), _place(model, f"certainty__exact={Certainty.ASSUMED}"), "cari sumbernya")


def _unpromised(day: date) -> list[WorkCount]:
    """The units of the launch board that have an account and no target, and those without an account."""
    stages = {stage: count for stage, _, count in launch_board(day).stages}
    launch = reverse("admin:launch")
    return [
        WorkCount(
            "Punya akun, belum punya target", stages["account"], f"{launch}?tahap=account", "atau usulannya menunggu"
        ),
        WorkCount("Diundang, belum masuk", stages["invited"], f"{launch}?tahap=invited", "kirim ulang"),
        WorkCount("Belum diundang", stages["nothing"], f"{launch}?tahap=nothing", "undang"),
    ]


def _silences(day: date) -> list[SilentUnit]:
    silent = [unit for unit in units_on(signers(agreement()), day) if unit.silent]
    return sorted((SilentUnit(unit, unit.quiet_days or 0) for unit in silent), key=lambda one: -one.days)
