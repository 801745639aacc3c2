"""The figures of a target's page on a day: its standing, versions, decisions, evidence, revisions and chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch

from commitments.ladder.rows import CountedMeasurement
from commitments.ladder.statements import only_targets
from commitments.models import (
    CaseFile,
    Decision,
    Evidence,
    EvidenceKind,
    MeasurementQuestion,
    MeasurementState,
    RecheckItem,
    ServiceTarget,
    StatedClock,
    TargetRevision,
    Verdict,
)
from commitments.models.querysets import OBJECTING
from commitments.reports import office_names, target_chart
from commitments.reports.counted.distribution import CaseDistribution, distribution
from commitments.reports.target_standing import TargetStanding, standings
from opd import clock
from opd.models import Entry, Unit

SHOWN_VERSIONS = 8  # versions that a page shows; the rest is folded


@dataclass(frozen=True)
class ShownEvidence:
    """A piece of evidence, with only what the public may see of it."""

    kind: EvidenceKind
    size: int
    sha256: str
    state: str  # waiting, private, redacted, file, link
    url: str = ""
    public_sha256: str = ""
    media_type: str = ""
    caption: str = ""
    captured_on: date | None = None
    redaction_reason: str = ""


@dataclass(frozen=True)
class ShownFinding:
    """What a recheck found by the day; `stands`: the number was said to stand by then."""

    item: RecheckItem
    stands: bool

    @property
    def contests(self) -> bool:
        return self.item.outcome in OBJECTING and not self.stands


@dataclass(frozen=True)
class SubmittedVersion:
    """A submitted version; n, method and evidence are shown only after it was verified."""

    row: CountedMeasurement
    state: MeasurementState
    first: Decision | None
    revoked: Decision | None
    evidence: tuple[ShownEvidence, ...]
    superseded: bool  # by a later version that counts
    findings: tuple[ShownFinding, ...]  # of rechecks, oldest first

    @property
    def case_file(self) -> CaseFile | None:
        """What it was computed from, once it was verified."""
        return self.row.case_file if self.row.is_computed and self.was_verified else None

    @property
    def distribution(self) -> CaseDistribution | None:
        return distribution(self.case_file) if self.case_file else None

    @property
    def questions(self) -> list[MeasurementQuestion]:
        """What the register asked, printed with the decision."""
        return list(self.row.questions_asked.all()) if self.first and not self.first.own_unit else []

    @property
    def was_verified(self) -> bool:
        return self.state.was_verified

    @property
    def state_words(self) -> str:
        return self.state.words(own_unit=self.first is not None and self.first.own_unit)

    @property
    def method(self) -> str:
        return self.row.method if self.was_verified else ""

    @property
    def counted(self) -> bool:
        """Whether it is on the ladder that day."""
        return bool(self.row.counted)


@dataclass(frozen=True)
class ShownRevision:
    """A revision in its state of that day; `nth`: how many revisions of the same field were approved by then."""

    row: TargetRevision
    state: str  # waiting, approved, refused
    nth: int
    proposed_by: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Pace:
    """How fast the value changed in a year, before the signing and since; None: not known."""

    before: Decimal | None
    since: Decimal | None
    values_before: int  # the baseline counts too


@dataclass(frozen=True)
class TargetPage:
    """Everything on the page of a target."""

    standing: TargetStanding
    unit: Unit
    withdrawn: bool  # by that day; then the standing is that of its last moment
    published_by: str
    withdrawn_by: str
    versions: tuple[SubmittedVersion, ...]
    changes: tuple[ShownRevision, ...]
    replaced_by: tuple[ServiceTarget, ...]
    chart: target_chart.TargetChart = field(repr=False)

    @property
    def pace(self) -> Pace:
        """The pace of its counted values, the original baseline included."""
        target, signed_on = self.standing.target, self.standing.target.commitment.memorandum.signed_on
        rows = [(one.row.period_end, one.row.value) for one in self.versions if one.counted]
        points = sorted([(target.baseline_on, target.baseline_value), *rows])
        before = [point for point in points if point[0] <= signed_on]
        since = [*before[-1:], *(point for point in points if point[0] > signed_on)]
        return Pace(_pace_in_a_year(before), _pace_in_a_year(since), len(before))

    @property
    def clock(self) -> StatedClock | None:
        return self.standing.target.clock

    @property
    def newest(self) -> tuple[SubmittedVersion, ...]:
        return self.versions[:SHOWN_VERSIONS]

    @property
    def older(self) -> tuple[SubmittedVersion, ...]:
        return self.versions[SHOWN_VERSIONS:]

    @property
    def counted(self) -> int:
        return sum(version.counted for version in self.versions)

    @property
    def waiting(self) -> int:
        return sum(version.state == MeasurementState.SUBMITTED for version in self.versions)


def _pace_in_a_year(points: Sequence[tuple[date, Decimal]]) -> Decimal | None:
    """The change from the first value to the last in 365 days, one decimal; None without two days."""
    if len(points) < 2 or points[0][0] == points[-1][0]:
        return None
    (start, first), (end, last) = points[0], points[-1]
    return round((last - first) * 365 / (end - start).days, 1)


def target_page(reference: str, day: date) -> TargetPage | None:
    """Everything about a target that had been published by the end of a day, or None."""
    found = (
        ServiceTarget.objects.published_on(day)
        .select_related("commitment__memorandum", "replaces")
        .with_unit(day)
        .filter(reference=reference)
        .first()
    )
    if found is None:
        return None
    # A withdrawn target is shown with the standing of its last moment.
    until = found.withdrawn_at if found.is_withdrawn_by(day) else None
    last = clock.day_of(until) if until else day
    annotated = ServiceTarget.objects.select_related("commitment__memorandum", "replaces")
    annotated = annotated.with_unit(day).with_clock(day)
    [row] = annotated.filter(pk=found.pk).with_rung(last, until=until, narrowed=only_targets([found.pk]))
    [standing] = standings([row], last)
    versions = versions_of(row, day, last, until)
    done_by = _done_by(row, day)
    changes = tuple(_changes(row, day, done_by))
    return TargetPage(
        standing=standing,
        unit=Unit.objects.with_names(day).get(pk=row.unit_id_then),
        withdrawn=until is not None,
        published_by=done_by.get((row.object_name, "target.published"), ""),
        withdrawn_by=done_by.get((row.object_name, "target.withdrawn"), "")
        or done_by.get((row.commitment.object_name, "commitment.withdrawn"), ""),
        versions=versions,
        changes=changes,
        replaced_by=tuple(row.replaced_by.published_on(day)),
        chart=target_chart.chart(
            standing,
            [
                target_chart.MeasuredPoint(one.row.period_end, one.row.value, one.counted)
                for one in versions
                if _plotted(one)
            ],
            [change.row for change in changes if change.state == "approved"],
        ),
    )


def _plotted(version: SubmittedVersion) -> bool:
    return version.counted or version.state == MeasurementState.SUBMITTED


def versions_of(target: ServiceTarget, day: date, last: date, until: datetime | None) -> tuple[SubmittedVersion, ...]:
    """Every version submitted by the end of `day`, newest period first; `counted` is as of `last`, before `until`."""
    known = Decision.objects.filter(at__lt=clock.end_of(day)).order_by("at", "pk")
    findings = RecheckItem.objects.recorded_on(day).select_related("recheck").order_by("recorded_at", "pk")
    rows = (
        target.measurements.submitted_on(day)
        .with_counted(last, until=until, narrowed=only_targets([target.pk]))
        .select_related("case_file")
        .defer("case_file__case_digests", "case_file__questions_text")
        .prefetch_related(Prefetch("decisions", known), "evidence", Prefetch("rechecks", findings), "questions_asked")
        .order_by("-period_end", "-submitted_at", "-pk")
    )
    counts = {row.chain: row.version for row in sorted(rows, key=lambda row: row.version) if row.counted}
    return tuple(_version(row, day, row.version < counts.get(row.chain, 0)) for row in rows)


def _version(row: CountedMeasurement, day: date, superseded: bool) -> SubmittedVersion:
    decisions = list(row.decisions.all())
    first = next((one for one in decisions if one.verdict != Verdict.REVOKED), None)
    revoked = next((one for one in decisions if one.verdict == Verdict.REVOKED), None)
    found = tuple(ShownFinding(item, clock.is_known(item.stands_at, day)) for item in row.rechecks.all())
    version = SubmittedVersion(row, MeasurementState.of(decisions), first, revoked, (), superseded, found)
    return replace(version, evidence=tuple(_evidence(item, version.was_verified) for item in row.evidence.all()))


def _evidence(item: Evidence, was_verified: bool) -> ShownEvidence:
    seen = ShownEvidence(EvidenceKind(item.evidence_kind), item.size, item.sha256, "waiting")
    if item.redacted_at:  # on past days too: the bytes are gone
        return replace(seen, state="redacted", redaction_reason=item.redaction_reason)
    if not was_verified:
        return seen
    if not item.is_shown:
        return replace(seen, state="private")
    return replace(
        seen,
        state="link" if item.url else "file",
        url=item.url,
        public_sha256=item.public_sha256,
        media_type=item.media_type,
        caption=item.caption,
        captured_on=item.captured_on,
    )


def _done_by(target: ServiceTarget, day: date) -> dict[tuple[str, str], str]:
    """(object, act) -> the office that did it, in words, from the register."""
    revisions = [revision.object_name for revision in target.revisions.all()]
    about = [target.object_name, target.commitment.object_name, *revisions]
    entries = Entry.objects.filter(object__in=about, at__lt=clock.end_of(day))
    done = list(entries.order_by("seq").values_list("object", "act", "actor"))
    words = office_names.in_words((actor for _, _, actor in done), day)
    return {(what, act): words[actor] for what, act, actor in done}


def _changes(target: ServiceTarget, day: date, done_by: dict[tuple[str, str], str]) -> Iterable[ShownRevision]:
    approved: dict[str, int] = {}
    for row in target.revisions.proposed_on(day).order_by("proposed_at", "pk"):
        name = row.object_name
        state, decided_at = row.decided_by(day)
        if state == "approved":
            approved[row.field] = approved.get(row.field, 0) + 1
        yield ShownRevision(
            row,
            state,
            approved.get(row.field, 0),
            proposed_by=done_by.get((name, "revision.proposed"), ""),
            decided_by=done_by.get((name, f"revision.{state}"), ""),
            decided_at=decided_at,
        )


def public_copy(sha256: str) -> Evidence | None:
    """The evidence whose public copy has this SHA-256, if the public may open it now."""
    shown = Evidence.objects.filter(public_sha256=sha256, public=True, redacted_at=None)
    return shown.exclude(media_type="").exclude(public_sha256="").first()
