"""Querysets of commitments, targets, revisions and measurements: questions about many rows.

The models import this module, so it finds them by name.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connections, models
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django_cte import CTE, with_cte
from django_cte.raw import raw_cte_sql

from commitments import ladder
from commitments.ladder import kept
from commitments.ladder.answers import answer_column
from commitments.ladder.rows import (
    CountedMeasurement,
    MeasurementOnDay,
    TargetOnLadder,
    UnansweredMeasurement,
    UnitOnLadder,
)
from commitments.ladder.statements import EVERYTHING, Narrowed, Statement, measurements_sql, targets_sql, units_sql
from commitments.models.decision import Decision, MeasurementState, Verdict
from commitments.periods import Period
from opd import clock
from opd.models import Tenure, Unit
from opd.models.unit import holding_on

if TYPE_CHECKING:
    from commitments.models import (  # noqa: F401 - bases below name them
        Assignment,
        Commitment,
        Measurement,
        ServiceTarget,
        Signature,
        TargetRevision,
    )

OwedRow = TypeVar("OwedRow", bound=models.Model)


def _rows(model: str) -> Any:
    """The rows of a model that imports this module."""
    return apps.get_model("commitments", model)._default_manager.all()


# Of a target, what the list of commitments shows.
TARGET_LIST_FIELDS = (
    *("id", "reference", "service", "family", "unit_of_measure", "statistic", "direction"),
    *("baseline_value", "target_value", "original_due_on", "withdrawn_at"),
)


def published_by(day: date, of: str = "") -> Q:
    """A condition: announced by the end of a day, withdrawn or not; `of`: the way to the commitment or target, such
    as `commitment__`."""
    return Q((f"{of}published_at__lt", clock.end_of(day)))


def not_withdrawn_by(day: date, of: str = "") -> Q:
    """A condition: not withdrawn by the end of a day, or not there at all."""
    return Q((f"{of}withdrawn_at", None)) | Q((f"{of}withdrawn_at__gte", clock.end_of(day)))


def proposal_waiting_on(day: date, of: str = "", subject: str = "") -> Q:
    """A condition: proposed, and neither published, withdrawn nor given back to its unit by the end of a day.

    subject: "commitment" or "target", of which the rows are, or to which `of` leads.
    """
    end = clock.end_of(day)
    undecided = Q((f"{of}published_at", None)) | Q((f"{of}published_at__gte", end))
    last = _last_step(subject, f"{of}pk", until=end)
    returned = Q(Exists(last.filter(step="returned")))
    return Q((f"{of}proposed_at__lt", end), undecided, not_withdrawn_by(day, of)) & ~returned


def _last_step(subject: str, of: str, until: datetime | None = None) -> models.QuerySet[Any]:
    """The last step of a proposal, by a moment: `subject` is its kind, `of` the way to it from the outer row."""
    steps = _rows("ProposalStep").filter(**{subject: OuterRef(of)})
    known = steps.filter(at__lt=until) if until else steps
    later = _rows("ProposalStep").filter(**{subject: OuterRef(subject)}, pk__gt=OuterRef("pk"))
    return known.exclude(Exists(later.filter(at__lt=until) if until else later))


def given_back(subject: str) -> Exists:
    """A condition on proposals: an approver gave it back, and its unit has not amended it since."""
    return Exists(_last_step(subject, "pk").filter(step="returned"))


def owner_on(day: date, commitment: str, column: str = "unit_id") -> Subquery:
    """Who owes a commitment on a day; commitment: the way to it from the row that is asked about."""
    owed = _rows("Assignment").filter(holding_on(day), commitment=OuterRef(commitment))
    return Subquery(owed.values(column)[:1])


class OwedQuerySet(models.QuerySet[OwedRow]):
    """Base of the querysets of what a unit owes: it belongs to the unit that owes its commitment."""

    to_commitment: ClassVar[str]  # the way from a row to its commitment

    def _of(self, assignments: models.QuerySet[Assignment]) -> Self:
        return self.filter(**{f"{self.to_commitment}__in": assignments.values("commitment_id")})

    def owed_by(self, unit: Unit, day: date) -> Self:
        return self._of(_rows("Assignment").filter(holding_on(day), unit=unit))

    def owned_by(self, user: User) -> Self:
        mine = Unit.objects.owned_by(user)
        return self._of(_rows("Assignment").filter(holding_on(clock.today()), unit__in=mine))

    def with_unit(self, day: date) -> Self:
        """Annotates `unit_id_then`, `unit_code`: who owes it on a day."""
        return self.annotate(
            unit_id_then=owner_on(day, self.to_commitment), unit_code=owner_on(day, self.to_commitment, "unit__code")
        )


class ProposalQuerySet(OwedQuerySet[OwedRow]):
    """Base of the querysets of commitments and targets."""

    def published_on(self, day: date) -> Self:
        return self.filter(published_by(day))

    def live_on(self, day: date) -> Self:
        return self.filter(published_by(day), not_withdrawn_by(day))

    subject: ClassVar[str]  # their kind, as a step of a proposal names it

    def undecided(self) -> Self:
        """Neither published nor withdrawn, as they stand now."""
        return self.filter(published_at=None, withdrawn_at=None)

    def waiting(self) -> Self:
        """Undecided, and with the approver: not given back to their unit."""
        return self.undecided().exclude(given_back(self.subject))

    def returned(self) -> Self:
        """Undecided, and given back to their unit."""
        return self.undecided().filter(given_back(self.subject))

    def open(self) -> Self:
        """Live or waiting, as they stand now."""
        return self.filter(withdrawn_at=None)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def standing(self) -> Self:
        """Signatures that are not withdrawn as a mistake; a withdrawn one counts on no day."""
        return self.filter(withdrawn_at=None)

    def of_units(self) -> Self:
        return self.filter(capacity="party")


class CommitmentQuerySet(ProposalQuerySet["Commitment"]):
    subject = "commitment"
    to_commitment = "pk"

    def owed_by_since(self, unit: Unit, day: date) -> Self:
        """What a unit owes on a day or comes to owe later."""
        lasting = _rows("Assignment").filter(Q(until_on=None) | Q(until_on__gt=day), unit=unit)
        return self.filter(pk__in=lasting.values("commitment_id"))

    def with_targets(self, day: date) -> Any:
        """A row for each target published by the end of a day, and one row, `target_*` all None, without any.

        Annotates `owner_*` too: the unit that owes it on that day.
        """
        return self.annotate(
            published_targets=FilteredRelation("targets", condition=published_by(day, "targets__")),
            owed=FilteredRelation("assignments", condition=holding_on(day, "assignments__")),
        ).annotate(
            **{f"target_{name}": F(f"published_targets__{name}") for name in TARGET_LIST_FIELDS},
            owner_id=F("owed__unit"),
            owner_code=F("owed__unit__code"),
            owner_kind=F("owed__unit__unit_kind"),
        )

    def with_targets_and_rung(self, day: date) -> Any:
        """The same, with every column of `ladder.TARGET_COLUMNS`: None for a target withdrawn by then."""
        columns = ladder.TARGET_COLUMNS
        sql, params = _target_ladder(self.db, day)
        return _joined(
            self.with_targets(day), "target_ladder", sql, params, columns, "target_id", False, on="target_id"
        )

    def unaccepted_on(self, day: date) -> Self:
        """Live ones that the head in office on a day did not make and has not accepted; annotates `tenure_now`."""
        held = Tenure.objects.holding(day).filter(unit=OuterRef("unit_id_then"))
        accepted = _rows("Acknowledgement").filter(commitment=OuterRef("pk"), tenure=OuterRef("tenure_now"))
        moved = _rows("Assignment").filter(commitment=OuterRef("pk"), change__isnull=False)
        return (
            self.live_on(day)
            .with_unit(day)
            .annotate(tenure_now=Subquery(held.values("pk")[:1]), tenure_from=Subquery(held.values("from_on")[:1]))
            .annotate(announced_on=TruncDate("published_at", tzinfo=clock.JAKARTA))
            .filter(Q(announced_on__lt=F("tenure_from")) | Exists(moved), ~Exists(accepted), tenure_now__isnull=False)
        )


class TargetQuerySet(ProposalQuerySet["ServiceTarget"]):
    subject = "target"
    to_commitment = "commitment"

    def waiting_alone(self) -> Self:
        """Waiting targets of published commitments; the others are decided with their commitment."""
        return self.waiting().exclude(commitment__published_at=None)

    def undecided_alone(self) -> Self:
        """Undecided targets that are not decided with their commitment, or were given back by themselves."""
        return self.undecided().filter(Q(commitment__published_at__isnull=False) | Q(given_back(self.subject)))

    def incomplete(self) -> Self:
        """Waiting or live targets without the source of their figures or the method of their baseline."""
        return self.open().filter(Q(data_source="") | Q(baseline_method=""))

    def with_due_on(self, day: date) -> Self:
        """Annotates `due_on_then`: the due date in force on a day, of a withdrawn target too."""
        moved = _rows("TargetRevision").approved_on(day).filter(target=OuterRef("pk"), field="due_on")
        last = moved.order_by("-approved_at", "-uuid").values("new_on")[:1]
        return self.annotate(due_on_then=Coalesce(Subquery(last), F("original_due_on")))

    def with_clock(self, day: date) -> Self:
        """Annotates `clock_then`: the code of a clock that was stated after publication, by the end of a day."""
        stated = _rows("TargetRevision").approved_on(day).filter(target=OuterRef("pk"), field="clock")
        return self.annotate(clock_then=Subquery(stated.values("new_clock")[:1]))

    def with_rung(
        self,
        day: date,
        *,
        until: datetime | None = None,
        live_only: bool = True,
        narrowed: Narrowed = EVERYTHING,
        assuming: ladder.WhatIf = None,
    ) -> models.QuerySet[TargetOnLadder]:
        """Joins the ladder of a day: every column of `ladder.TARGET_COLUMNS`.

        Only targets live on that day; with `live_only=False` the others too, with every column None.
        narrowed: `only_targets` or `ever_owed_by`, where few targets matter.
        """
        if until or assuming:
            sql, params = targets_sql(connections[self.db], day, until, narrowed, assuming)
        else:
            sql, params = _target_ladder(self.db, day, narrowed)
        return _joined(self, "target_ladder", sql, params, ladder.TARGET_COLUMNS, "target_id", live_only)

    def silent_on(self, day: date) -> models.QuerySet[TargetOnLadder]:
        return self.with_rung(day).filter(silent=1)


class RevisionQuerySet(OwedQuerySet["TargetRevision"]):
    to_commitment = "target__commitment"

    def undecided(self) -> Self:
        return self.filter(approved_at=None, refused_at=None)

    def waiting(self) -> Self:
        """Undecided, and with the approver: not given back to their unit."""
        return self.undecided().exclude(given_back("revision"))

    def returned(self) -> Self:
        return self.undecided().filter(given_back("revision"))

    def proposed_on(self, day: date) -> Self:
        return self.filter(proposed_at__lt=clock.end_of(day))

    def approved_on(self, day: date) -> Self:
        return self.filter(approved_at__lt=clock.end_of(day))


class MeasurementQuerySet(OwedQuerySet["Measurement"]):
    to_commitment = "target__commitment"

    def submitted_on(self, day: date) -> Self:
        """Measurements sent by the end of a day; never drafts."""
        return self.filter(submitted_at__lt=clock.end_of(day))

    def with_decision(self, day: date) -> models.QuerySet[MeasurementOnDay]:
        """Annotates `decided_at`, `own_unit` and `revoked_at` as known at the end of a day, None for not yet, and
        `state_then`: the state on that day."""
        known = Decision.objects.filter(measurement=OuterRef("pk"), at__lt=clock.end_of(day))
        first = known.exclude(verdict=Verdict.REVOKED)
        annotated = self.annotate(
            decided_at=Subquery(first.values("at")[:1]),
            own_unit=Subquery(first.values("own_unit")[:1]),
            revoked_at=Subquery(known.filter(verdict=Verdict.REVOKED).values("at")[:1]),
            state_then=Case(
                When(revoked_at__isnull=False, then=Value(MeasurementState.REVOKED.value)),
                default=Coalesce(Subquery(first.values("verdict")[:1]), Value(MeasurementState.SUBMITTED.value)),
            ),
        )
        return cast("models.QuerySet[MeasurementOnDay]", annotated)

    def verified(self, since: date | None = None) -> Self:
        """Verified, on or after a day in Semarang, and not revoked."""
        revoked = Decision.objects.filter(verdict=Verdict.REVOKED).values("measurement_id")
        found = Decision.objects.filter(verdict=Verdict.VERIFIED).exclude(measurement__in=revoked)
        if since:
            found = found.filter(at__gte=clock.start_of(since))
        return self.filter(pk__in=found.values("measurement_id"))

    def with_counted(
        self, day: date, *, until: datetime | None = None, narrowed: Narrowed = EVERYTHING
    ) -> models.QuerySet[CountedMeasurement]:
        """Joins what the ladder of a day counts: `ladder.MEASUREMENT_COLUMNS`, each None where it does not."""
        sql, params = measurements_sql(connections[self.db], day, until, narrowed)
        return _joined(self, "counted", sql, params, ladder.MEASUREMENT_COLUMNS, "measurement_id", False)

    def with_contested(self, day: date) -> Self:
        """Annotates `is_contested`: whether an objection to it is open at the end of a day."""
        objections = _rows("RecheckItem").objecting_on(day).filter(measurement=OuterRef("pk"))
        return self.annotate(is_contested=Exists(objections))

    def waiting(self) -> Self:
        """Sent and undecided, oldest first."""
        return self.filter(submitted_at__isnull=False, decisions=None).order_by("submitted_at", "pk")

    def standing(self) -> Self:
        """Sent, and neither given back, taken back, rejected nor revoked: waiting or verified."""
        ended = Decision.objects.filter(verdict__in=(Verdict.RETURNED, Verdict.REJECTED, Verdict.REVOKED))
        return self.filter(submitted_at__isnull=False).exclude(pk__in=ended.values("measurement_id"))

    def overlapping(self, period: Period, *, but: UUID | None = None) -> list[Measurement]:
        """Standing ones that share a day with a period, one of each chain: those of the same period first, then
        what was sent last. `but`: no version of that chain."""
        rows = self.standing().filter(period_start__lte=period.end, period_end__gte=period.start)
        rows = rows.exclude(chain=but) if but else rows
        newest = {row.chain: row for row in rows.prefetch_related("decisions").order_by("version")}
        return sorted(newest.values(), key=lambda row: (row.period == period, row.submitted_at), reverse=True)

    def unanswered(self) -> models.QuerySet[UnansweredMeasurement]:
        """Submissions that need an answer of the unit; annotates `newest`, the version that a correction starts from.

        A returned one is answered by a later version or a later report of its period, a rejected or revoked one by
        any report sent since. What its unit took back again answers nothing.
        """
        last_decision = Decision.objects.filter(measurement=OuterRef("pk"), own_unit=False).order_by("-at", "-pk")
        newest = self.model._default_manager.filter(chain=OuterRef("chain"), submitted_at__isnull=False).order_by(
            "-version"
        )
        stayed = self.model._default_manager.filter(target=OuterRef("target")).exclude(decisions__own_unit=True)
        period = Q(period_start=OuterRef("period_start"), period_end=OuterRef("period_end"))
        again = stayed.filter(Q(chain=OuterRef("chain")) | period, submitted_at__gt=OuterRef("submitted_at"))
        since = stayed.filter(submitted_at__gt=OuterRef("last_decided_at"))
        found = self.annotate(
            last_verdict=Subquery(last_decision.values("verdict")[:1]),
            last_decided_at=Subquery(last_decision.values("at")[:1]),
            newest=Subquery(newest.values("pk")[:1]),
        ).filter(
            Q(Q(last_verdict=Verdict.RETURNED), ~Exists(again))
            | Q(Q(last_verdict__in=(Verdict.REJECTED, Verdict.REVOKED)), ~Exists(since))
        )
        return cast("models.QuerySet[UnansweredMeasurement]", found)


OBJECTING = ("berbeda", "tak-terlacak")  # outcomes of a recheck that contest a number, until it is said to stand


class RecheckItemQuerySet(models.QuerySet[Any]):
    def recorded_on(self, day: date) -> Self:
        """Items with a finding by the end of a day."""
        return self.filter(recorded_at__lt=clock.end_of(day))

    def objecting_on(self, day: date) -> Self:
        """Findings that contest their number on a day: no `stands` was written before its end."""
        end = clock.end_of(day)
        return self.recorded_on(day).filter(outcome__in=OBJECTING).filter(Q(stands_at=None) | Q(stands_at__gte=end))


def units_with_rung(
    units: models.QuerySet[Unit],
    day: date,
    *,
    narrowed: Narrowed = EVERYTHING,
    assuming: ladder.Assumption | None = None,
) -> models.QuerySet[UnitOnLadder]:
    """Joins the ladder of a day to units: every column of `ladder.UNIT_COLUMNS`, and `answer`, of signers.

    Here and not on Unit's own queryset, because `opd` knows nothing of `commitments`.
    """
    using = units.db
    if not assuming and kept.answers(using, day):
        sql, params = kept.units_sql(connections[using], day)
    else:
        sql, params = units_sql(connections[using], day, narrowed, assuming)
    joined = _joined(units, "unit_ladder", sql, params, ladder.UNIT_COLUMNS, "unit_id", True)
    return cast("models.QuerySet[UnitOnLadder]", joined.annotate(answer=answer_column()))


def _target_ladder(using: str, day: date, narrowed: Narrowed = EVERYTHING) -> Statement:
    if kept.answers(using, day):
        return kept.targets_sql(connections[using], day, narrowed)
    return targets_sql(connections[using], day, narrowed=narrowed)


def _joined(
    rows: Any,
    name: str,
    sql: str,
    params: list[Any],
    columns: dict[str, Any],
    key: str,
    inner: bool,
    on: str = "pk",
) -> Any:
    worked_out = sql.startswith("WITH")  # once; rows that are kept are reached through their index
    cte = CTE(raw_cte_sql(sql, params, columns), name=name, materialized=worked_out)
    how = "INNER JOIN" if inner else "LEFT OUTER JOIN"
    joined = cte.join(rows, **{on: getattr(cte.col, key)}, _join_type=how)
    return with_cte(cte, select=joined).annotate(
        **{column: getattr(cte.col, column) for column in columns if column != key}
    )
