"""Querysets of commitments, targets, revisions and measurements: questions about many rows.

The models import this module, so their names are not known here: hence `QuerySet[Any]`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connections, models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django_cte import CTE, with_cte
from django_cte.raw import raw_cte_sql

from commitments import ladder
from commitments.ladder import kept
from commitments.ladder.statements import EVERYTHING, Narrowed, Statement, measurements_sql, targets_sql, units_sql
from commitments.models.decision import Decision, Verdict
from opd import clock
from opd.models import Tenure, Unit
from opd.models.unit import holding_on


def _rows(model: str) -> Any:
    """The rows of a model that imports this module."""
    return apps.get_model("commitments", model)._default_manager.all()


def _owned_assignments(user: User) -> Q:
    mine = _rows("Assignment").filter(holding_on(clock.today()), unit__in=Unit.objects.owned_by(user))
    return Q(pk__in=mine.values("commitment_id"))


# Of a target, what the list of commitments shows.
TARGET_LIST_FIELDS = (
    *("id", "reference", "service", "family", "unit_of_measure", "statistic", "direction"),
    *("baseline_value", "target_value", "original_due_on", "withdrawn_at"),
)


def proposal_waiting_on(day: date, of: str = "") -> Q:
    """A condition: proposed, and neither published nor withdrawn by the end of a day; `of`: the way to the proposal,
    such as `commitment__`."""
    end = clock.end_of(day)
    later = (Q((f"{of}{stamp}", None)) | Q((f"{of}{stamp}__gte", end)) for stamp in ("published_at", "withdrawn_at"))
    return Q((f"{of}proposed_at__lt", end), *later)


class SignatureQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Signatures that are not withdrawn as a mistake; a withdrawn one counts on no day."""
        return self.filter(withdrawn_at=None)

    def of_units(self) -> Self:
        return self.filter(capacity="party")


class CommitmentQuerySet(models.QuerySet[Any]):
    def published_on(self, day: date) -> Self:
        """Announced by the end of a day, withdrawn or not."""
        return self.filter(published_at__lt=clock.end_of(day))

    def live_on(self, day: date) -> Self:
        end = clock.end_of(day)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=end), published_at__lt=end)

    def waiting(self) -> Self:
        return self.filter(published_at=None, withdrawn_at=None)

    def owed_by(self, unit: Unit, day: date) -> Self:
        return self.filter(pk__in=_rows("Assignment").filter(holding_on(day), unit=unit).values("commitment_id"))

    def with_unit(self, day: date) -> Self:
        """Annotates `unit_id_then`, `unit_code`: who owes it on a day."""
        owed = _rows("Assignment").filter(holding_on(day), commitment=OuterRef("pk"))
        return self.annotate(
            unit_id_then=Subquery(owed.values("unit_id")[:1]),
            unit_code=Subquery(owed.values("unit__code")[:1]),
        )

    def with_targets(self, day: date) -> Any:
        """A row for each target published by the end of a day, and one row, `target_*` all None, without any.

        Annotates `owner_*` too: the unit that owes it on that day.
        """
        published = Q(targets__published_at__lt=clock.end_of(day))
        held = Q(assignments__until_on=None) | Q(assignments__until_on__gt=day)
        return self.annotate(
            published_targets=FilteredRelation("targets", condition=published),
            owed=FilteredRelation("assignments", condition=Q(assignments__from_on__lte=day) & held),
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

    def owned_by(self, user: User) -> Self:
        return self.filter(_owned_assignments(user))

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


class TargetQuerySet(models.QuerySet[Any]):
    def published_on(self, day: date) -> Self:
        return self.filter(published_at__lt=clock.end_of(day))

    def live_on(self, day: date) -> Self:
        end = clock.end_of(day)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=end), published_at__lt=end)

    def waiting(self) -> Self:
        return self.filter(published_at=None, withdrawn_at=None)

    def incomplete(self) -> Self:
        """Waiting or live targets without the source of their figures or the method of their baseline."""
        return self.filter(Q(data_source="") | Q(baseline_method=""), withdrawn_at=None)

    def owed_by(self, unit: Unit, day: date) -> Self:
        return self.filter(
            commitment__in=_rows("Assignment").filter(holding_on(day), unit=unit).values("commitment_id")
        )

    def with_unit(self, day: date) -> Self:
        """Annotates `unit_id_then`, `unit_code`: who owes it on a day."""
        owed = _rows("Assignment").filter(holding_on(day), commitment=OuterRef("commitment_id"))
        return self.annotate(
            unit_id_then=Subquery(owed.values("unit_id")[:1]),
            unit_code=Subquery(owed.values("unit__code")[:1]),
        )

    def with_rung(
        self,
        day: date,
        *,
        until: datetime | None = None,
        live_only: bool = True,
        narrowed: Narrowed = EVERYTHING,
        assuming: ladder.WhatIf = None,
    ) -> Any:
        """Joins the ladder of a day: every column of `ladder.TARGET_COLUMNS`.

        Only targets live on that day; with `live_only=False` the others too, with every column None.
        narrowed: `only_targets` or `ever_owed_by`, where few targets matter.
        """
        if until or assuming:
            sql, params = targets_sql(connections[self.db], day, until, narrowed, assuming)
        else:
            sql, params = _target_ladder(self.db, day, narrowed)
        return _joined(self, "target_ladder", sql, params, ladder.TARGET_COLUMNS, "target_id", live_only)

    def silent_on(self, day: date) -> Self:
        return self.with_rung(day).filter(silent=1)

    def owned_by(self, user: User) -> Self:
        return self.filter(commitment__in=_rows("Commitment").owned_by(user).values("pk"))


class RevisionQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        return self.filter(approved_at=None, refused_at=None)

    def approved_on(self, day: date) -> Self:
        return self.filter(approved_at__lt=clock.end_of(day))

    def owned_by(self, user: User) -> Self:
        return self.filter(target__in=_rows("ServiceTarget").owned_by(user).values("pk"))


class MeasurementQuerySet(models.QuerySet[Any]):
    def submitted_on(self, day: date) -> Self:
        """Measurements sent by the end of a day; never drafts."""
        return self.filter(submitted_at__lt=clock.end_of(day))

    def with_decision(self, day: date) -> Self:
        """Annotates `verdict`, `decided_at`, `revoked_at` as known at the end of a day; None: not yet."""
        known = Decision.objects.filter(measurement=OuterRef("pk"), at__lt=clock.end_of(day))
        first = known.exclude(verdict=Verdict.REVOKED)
        return self.annotate(
            verdict=Subquery(first.values("verdict")[:1]),
            decided_at=Subquery(first.values("at")[:1]),
            revoked_at=Subquery(known.filter(verdict=Verdict.REVOKED).values("at")[:1]),
        )

    def with_counted(self, day: date, *, until: datetime | None = None, narrowed: Narrowed = EVERYTHING) -> Any:
        """Joins what the ladder of a day counts: `ladder.MEASUREMENT_COLUMNS`, each None where it does not."""
        sql, params = measurements_sql(connections[self.db], day, until, narrowed)
        return _joined(self, "counted", sql, params, ladder.MEASUREMENT_COLUMNS, "measurement_id", False)

    def waiting(self) -> Self:
        """Sent and undecided, oldest first."""
        return self.filter(submitted_at__isnull=False, decisions=None).order_by("submitted_at", "pk")

    def unanswered(self) -> Any:
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
        return self.annotate(
            last_verdict=Subquery(last_decision.values("verdict")[:1]),
            last_decided_at=Subquery(last_decision.values("at")[:1]),
            newest=Subquery(newest.values("pk")[:1]),
        ).filter(
            Q(Q(last_verdict=Verdict.RETURNED), ~Exists(again))
            | Q(Q(last_verdict__in=(Verdict.REJECTED, Verdict.REVOKED)), ~Exists(since))
        )

    def owned_by(self, user: User) -> Self:
        return self.filter(target__in=_rows("ServiceTarget").owned_by(user).values("pk"))


def units_with_rung(
    units: models.QuerySet[Unit],
    day: date,
    *,
    narrowed: Narrowed = EVERYTHING,
    assuming: ladder.Assumption | None = None,
) -> Any:
    """Joins the ladder of a day to units: every column of `ladder.UNIT_COLUMNS`.

    Here and not on Unit's own queryset, because `opd` knows nothing of `commitments`.
    """
    using = units.db
    if not assuming and kept.answers(using, day):
        sql, params = kept.units_sql(connections[using], day)
    else:
        sql, params = units_sql(connections[using], day, narrowed, assuming)
    return _joined(units, "unit_ladder", sql, params, ladder.UNIT_COLUMNS, "unit_id", True)


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
