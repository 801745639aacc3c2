"""Views: the lists of the API. They hold the public facts at the end of a day; every rung follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.db.models import DateField, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commitments.api import query_parameters, serializers
from commitments.api.description import described
from commitments.api.query_parameters import BadParameter, ParameterFilter, QueryParameters
from commitments.ladder import Rung
from commitments.ladder.answers import Answer
from commitments.ladder.rows import MeasurementOnDay, TargetOnLadder, UnitOnLadder
from commitments.models import (
    Assessment,
    Commitment,
    Evidence,
    Measurement,
    MeasurementState,
    PublicFact,
    RecheckItem,
    ServiceTarget,
    Signature,
    TargetRevision,
    Training,
)
from commitments.models.agreement import public_facts_on
from commitments.models.beside.assessment import AssessmentQuerySet
from commitments.models.beside.training import TrainingQuerySet
from commitments.models.querysets import (
    CommitmentQuerySet,
    MeasurementQuerySet,
    RecheckItemQuerySet,
    RevisionQuerySet,
    SignatureQuerySet,
    TargetQuerySet,
    units_with_rung,
)
from commitments.reports import home_page
from commitments.reports.succession import last_successors
from opd import clock, register
from opd.models import Entry, Unit
from opd.models.unit import UnitKind, UnitQuerySet
from opd.register.snapshot import snapshot

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


Listed = TypeVar("Listed", bound=QuerySet[Any])  # of the objects that a list holds


class ApiList(APIView, Generic[Listed]):
    """The base view of a list, GET only.

    `listed`: the objects known at the end of a day. `with_columns`: the same, in order, with all that a row needs.
    """

    row: ClassVar[type[serializers.ApiRow]]
    summary: ClassVar[StrOrPromise]  # a sentence, translated when it is shown
    filters: ClassVar[dict[str, ParameterFilter]] = {}  # query parameter -> the column of a row that it chooses by

    def listed(self, day: date) -> Listed:
        raise NotImplementedError  # abstract

    def with_columns(self, listed: Listed, day: date) -> QuerySet[Any]:
        raise NotImplementedError  # abstract; a list with a `page` of its own does not need it

    def page(self, listed: Listed, parameters: QueryParameters) -> tuple[int, Iterable[Any]]:
        """The number of all rows, and the rows of one answer."""
        first, chosen = (
            parameters.offset,
            {f"{self.filters[name].column}__in": values for name, values in parameters.chosen.items()},
        )
        rows = self.with_columns(listed, parameters.day).filter(**chosen)
        return (rows if chosen else listed).count(), rows[first : first + parameters.limit]

    def get(self, request: Request) -> Response:
        parameters = query_parameters.read(request.query_params, self.filters)
        with snapshot():
            return Response(self.answer(parameters))

    def answer(self, parameters: QueryParameters) -> dict[str, Any]:
        day, ends = parameters.day, register.ends()
        end = clock.end_of(day)
        count, found = self.page(self.listed(day), parameters) if ends.first and ends.first.at < end else (0, [])
        context = {"day": day, "end": end}
        meta = {
            "per": day,
            "count": count,
            "demo": ends.is_demo,
            "head": ends.head,
        }
        return {
            "meta": serializers.Meta(meta).data,
            "results": self.row(found, many=True, context=context).data,
        }

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, BadParameter):
            return Response({"error": str(exc)}, status=400)
        return super().handle_exception(exc)


KINDS = ParameterFilter("unit_kind", tuple(UnitKind.values))
RUNGS = ParameterFilter("rung", tuple(str(rung.value) for rung in Rung))
ANSWERS = ParameterFilter("answer", tuple(Answer.values))
STATES = ParameterFilter("state_then", tuple(state for state in MeasurementState.values if state != "draft"))


@described("units", _("Penanda tangan dan anak tangganya."), {"kind": KINDS, "rung": RUNGS, "answer": ANSWERS})
class UnitList(ApiList[UnitQuerySet]):
    """The units that signed; one whose signature was withdrawn as a mistake is on the list on no day."""

    row = serializers.UnitRow

    def listed(self, day: date) -> UnitQuerySet:
        memorandum = home_page.agreement()
        if memorandum is None or memorandum.signed_on > day:
            return Unit.objects.none()
        return home_page.signers(memorandum).annotate(signed_on=Value(memorandum.signed_on, DateField()))

    def with_columns(self, listed: UnitQuerySet, day: date) -> QuerySet[UnitOnLadder]:
        return units_with_rung(listed.with_names(day), day).select_related("parent").order_by("code")

    def page(self, listed: UnitQuerySet, parameters: QueryParameters) -> tuple[int, Iterable[Any]]:
        count, units = super().page(listed, parameters)
        successors = last_successors(parameters.day)
        for unit in units:
            unit.last_successors = successors.get(unit.code, [])
        return count, units


@described("commitments", _("Komitmen yang sudah diumumkan."), {"unit": ParameterFilter("unit_code")})
class CommitmentList(ApiList[CommitmentQuerySet]):
    row = serializers.CommitmentRow

    def listed(self, day: date) -> CommitmentQuerySet:
        return Commitment.objects.published_on(day)

    def with_columns(self, listed: CommitmentQuerySet, day: date) -> QuerySet[Commitment]:
        return listed.with_unit(day).order_by("reference")


@described(
    "targets",
    _("Target yang sudah diumumkan; yang ditarik tetap ada, tanpa anak tangga."),
    {"unit": ParameterFilter("unit_code"), "commitment": ParameterFilter("commitment__reference"), "rung": RUNGS},
)
class TargetList(ApiList[TargetQuerySet]):
    row = serializers.TargetRow

    def listed(self, day: date) -> TargetQuerySet:
        return ServiceTarget.objects.published_on(day)

    def with_columns(self, listed: TargetQuerySet, day: date) -> QuerySet[TargetOnLadder]:
        targets = listed.with_unit(day).with_due_on(day).with_clock(day).with_rung(day, live_only=False)
        return targets.select_related("commitment", "replaces").order_by("reference")


@described(
    "measurements",
    _("Hasil pengukuran yang sudah dikirim."),
    {"target": ParameterFilter("target__reference"), "state": STATES},
)
class MeasurementList(ApiList[MeasurementQuerySet]):
    row = serializers.MeasurementRow

    def listed(self, day: date) -> MeasurementQuerySet:
        return Measurement.objects.submitted_on(day)

    def with_columns(self, listed: MeasurementQuerySet, day: date) -> QuerySet[MeasurementOnDay]:
        evidence = Prefetch("evidence", Evidence.objects.order_by("pk"))
        measurements = (
            listed.with_contested(day)
            .with_decision(day)
            .select_related("target", "supersedes", "case_file")
            .defer("case_file__case_digests", "case_file__questions_text", "case_file__durations")
            .prefetch_related(evidence)
        )
        return measurements.order_by("submitted_at", "uuid")


@described("rechecks", _("Uji petik Inspektorat: realisasi yang diperiksa ulang, dan hasilnya."))
class RecheckList(ApiList[RecheckItemQuerySet]):
    row = serializers.RecheckRow

    def listed(self, day: date) -> RecheckItemQuerySet:
        return RecheckItem.objects.filter(recheck__drawn_at__lt=clock.end_of(day))

    def with_columns(self, listed: RecheckItemQuerySet, day: date) -> QuerySet[RecheckItem]:
        return listed.select_related("recheck", "measurement").order_by("recheck__number", "rank")


@described(
    "revisions",
    _("Perubahan target: yang diminta dan yang disetujui."),
    {"target": ParameterFilter("target__reference")},
)
class RevisionList(ApiList[RevisionQuerySet]):
    row = serializers.RevisionRow

    def listed(self, day: date) -> RevisionQuerySet:
        return TargetRevision.objects.proposed_on(day)

    def with_columns(self, listed: RevisionQuerySet, day: date) -> QuerySet[TargetRevision]:
        return listed.select_related("target").order_by("proposed_at", "uuid")


@described(
    "signatures",
    _("Siapa menandatangani, seperti tercetak; yang dicabut tetap ada beserta alasannya."),
    {"unit": ParameterFilter("unit__code")},
)
class SignatureList(ApiList[SignatureQuerySet]):
    row = serializers.SignatureRow

    def listed(self, day: date) -> SignatureQuerySet:
        return Signature.objects.filter(memorandum__signed_on__lte=day)

    def with_columns(self, listed: SignatureQuerySet, day: date) -> QuerySet[Signature]:
        unit_code = Coalesce("unit__code", Value(""))  # SQLite and PostgreSQL sort NULL differently
        return listed.select_related("memorandum", "unit", "person").order_by("memorandum__code", unit_code, "uuid")


@described(
    "assessments",
    _("Cermin dari luar: yang dinilai orang luar dan kota sendiri, dengan sumber dan skalanya sendiri."),
    {"unit": ParameterFilter("unit__code")},
)
class AssessmentList(ApiList[AssessmentQuerySet]):
    row = serializers.AssessmentRow

    def listed(self, day: date) -> AssessmentQuerySet:
        return Assessment.objects.known_on(day)

    def with_columns(self, listed: AssessmentQuerySet, day: date) -> QuerySet[Assessment]:
        return listed.select_related("unit").order_by("entered_at", "uuid")


@described("trainings", _("Bimtek: kapan, di mana, oleh siapa, dan unit yang hadir sejauh tercatat."))
class TrainingList(ApiList[TrainingQuerySet]):
    row = serializers.TrainingRow

    def listed(self, day: date) -> TrainingQuerySet:
        return Training.objects.known_on(day)

    def with_columns(self, listed: TrainingQuerySet, day: date) -> QuerySet[Training]:
        return listed.prefetch_related("units").order_by("held_on", "uuid")


@described(
    "facts",
    _("Yang dikatakan sumber tentang layanan sebuah unit; tidak dihitung di tangga."),
    {"unit": ParameterFilter("unit__code")},
)
class FactList(ApiList[QuerySet[PublicFact]]):
    row = serializers.FactRow

    def listed(self, day: date) -> QuerySet[PublicFact]:
        return public_facts_on(day)

    def with_columns(self, listed: QuerySet[PublicFact], day: date) -> QuerySet[PublicFact]:
        return listed


@described("register", _("Jejak: setiap perubahan, berurutan."))
class EntryList(ApiList[QuerySet[Entry]]):
    row = serializers.EntryRow

    def listed(self, day: date) -> QuerySet[Entry]:
        return Entry.objects.filter(at__lt=clock.end_of(day))

    def page(self, listed: QuerySet[Entry], parameters: QueryParameters) -> tuple[int, Iterable[Any]]:
        """The page found by entry number, so that the last page is as quick as the first."""
        last = listed.order_by("-at", "-seq").values_list("seq", flat=True).first()
        return last or 0, listed.filter(seq__gt=parameters.offset).order_by("seq")[: parameters.limit]
