"""What does the API list? Public facts as at the end of a day, from which anyone can recompute every rung."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, ClassVar, TypeVar

from django.db.models import DateField, F, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commitments.api import query_parameters as asked_
from commitments.api import serializers
from commitments.api.query_parameters import DEFAULT_LIMIT, MAX_LIMIT, BadParameter, QueryParameters
from commitments.models import Commitment, Evidence, Measurement, ServiceTarget, Signature, TargetRevision
from commitments.models.querysets import units_with_rung
from commitments.reports import home_page
from commitments.reports.succession import carriers
from opd import clock, register
from opd.models import Entry, Unit
from opd.register.snapshot import snapshot


class ApiList(APIView):
    """GET only. `known`: what there is at the end of a day; `told`: the same with everything that a row needs."""

    row: ClassVar[type[serializers.ApiRow]]
    summary: ClassVar[Any]  # a sentence, in the language of whoever reads it

    def known(self, day: date) -> QuerySet[Any]:
        raise NotImplementedError  # abstract: each list says its own

    def told(self, known: Any, day: date) -> QuerySet[Any]:
        raise NotImplementedError  # abstract, but for a list whose `page` needs it not

    def page(self, known: Any, asked: QueryParameters) -> tuple[int, Iterable[Any]]:
        """How many there are, and those asked for."""
        return known.count(), self.told(known, asked.day)[asked.offset : asked.offset + asked.limit]

    def get(self, request: Request) -> Response:
        asked = asked_.read(request.query_params)
        with snapshot():
            return Response(self.answer(asked))

    def answer(self, asked: QueryParameters) -> dict[str, Any]:
        its, end = register.ends(), clock.end_of(asked.day)
        count, found = self.page(self.known(asked.day), asked) if its.first and its.first.at < end else (0, [])
        context = {"day": asked.day, "end": end}
        meta = {
            "per": asked.day,
            "count": count,
            "demo": its.is_demo,
            "head": its.head,
        }
        return {
            "meta": serializers.Meta(meta).data,
            "results": self.row(found, many=True, context=context).data,
        }

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, BadParameter):
            return Response({"error": str(exc)}, status=400)
        return super().handle_exception(exc)


ApiListType = TypeVar("ApiListType", bound=type[ApiList])


def described(name: str, summary: Any) -> Callable[[ApiListType], ApiListType]:
    """The description of a listing in the OpenAPI document."""

    def describe(view: ApiListType) -> ApiListType:
        view.summary = summary
        answer = inline_serializer(
            f"{name.capitalize()}Answer", {"meta": serializers.Meta(), "results": view.row(many=True)}
        )
        number = {"type": "integer"}
        operation = extend_schema(
            operation_id=name,
            description=summary,
            parameters=[
                OpenApiParameter("per", date, description="Keadaan di akhir hari itu; biasanya hari ini."),
                OpenApiParameter("limit", number | {"minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
                OpenApiParameter("offset", number | {"minimum": 0, "default": 0}),
            ],
            responses={200: answer, 400: serializers.Problem},
        )
        return extend_schema_view(get=operation)(view)

    return describe


@described("units", _("Penanda tangan dan anak tangganya."))
class UnitList(ApiList):
    """The standing signers; one withdrawn as a mistake was one on no day."""

    row = serializers.UnitRow

    def known(self, day: date) -> QuerySet[Any]:
        memorandum = home_page.agreement()
        if memorandum is None or memorandum.signed_on > day:
            return Unit.objects.none()
        return home_page.signers(memorandum).annotate(signed_on=Value(memorandum.signed_on, DateField()))

    def told(self, known: Any, day: date) -> QuerySet[Any]:
        return units_with_rung(known.with_names(day), day).select_related("parent").order_by("code")

    def page(self, known: Any, asked: QueryParameters) -> tuple[int, Iterable[Any]]:
        count, units = super().page(known, asked)
        carried = carriers(asked.day)
        for unit in units:
            unit.carriers = carried.get(unit.code, [])
        return count, units


@described("commitments", _("Komitmen yang sudah diumumkan."))
class CommitmentList(ApiList):
    row = serializers.CommitmentRow

    def known(self, day: date) -> QuerySet[Any]:
        return Commitment.objects.published_on(day)

    def told(self, known: Any, day: date) -> QuerySet[Any]:
        return known.with_unit(day).order_by("reference")


@described("targets", _("Target yang sudah diumumkan; yang ditarik tetap ada, tanpa anak tangga."))
class TargetList(ApiList):
    row = serializers.TargetRow

    def known(self, day: date) -> QuerySet[Any]:
        return ServiceTarget.objects.published_on(day)

    def told(self, known: Any, day: date) -> QuerySet[Any]:
        moved = TargetRevision.objects.approved_on(day).filter(target=OuterRef("pk"), field="due_on")
        last = moved.order_by("-approved_at", "-uuid").values("new_on")[:1]
        due_on_then = Coalesce(Subquery(last), F("original_due_on"))  # a withdrawn one is not on the ladder
        on_ladder = known.with_unit(day).with_rung(day, live_only=False)
        found = on_ladder.annotate(due_on_then=due_on_then).select_related("commitment", "replaces")
        return found.order_by("reference")


@described("measurements", _("Hasil pengukuran yang sudah dikirim."))
class MeasurementList(ApiList):
    row = serializers.MeasurementRow

    def known(self, day: date) -> QuerySet[Any]:
        return Measurement.objects.submitted_on(day)

    def told(self, known: Any, day: date) -> QuerySet[Any]:
        proof = Prefetch("evidence", Evidence.objects.order_by("pk"))
        found = known.with_decision(day).select_related("target", "supersedes").prefetch_related(proof)
        return found.order_by("submitted_at", "uuid")


@described("revisions", _("Perubahan target: yang diminta dan yang disetujui."))
class RevisionList(ApiList):
    row = serializers.RevisionRow

    def known(self, day: date) -> QuerySet[Any]:
        return TargetRevision.objects.filter(proposed_at__lt=clock.end_of(day))

    def told(self, known: Any, day: date) -> QuerySet[Any]:
        return known.select_related("target").order_by("proposed_at", "uuid")


@described("signatures", _("Siapa menandatangani, seperti tercetak; yang dicabut tetap ada beserta alasannya."))
class SignatureList(ApiList):
    row = serializers.SignatureRow

    def known(self, day: date) -> QuerySet[Any]:
        return Signature.objects.filter(memorandum__signed_on__lte=day)

    def told(self, known: Any, day: date) -> QuerySet[Any]:
        of_nobody = Coalesce("unit__code", Value(""))  # the databases disagree on where nothing comes
        return known.select_related("memorandum", "unit", "person").order_by("memorandum__code", of_nobody, "uuid")


@described("register", _("Jejak: setiap perubahan, berurutan."))
class EntryList(ApiList):
    row = serializers.EntryRow

    def known(self, day: date) -> QuerySet[Any]:
        return Entry.objects.filter(at__lt=clock.end_of(day))

    def page(self, known: Any, asked: QueryParameters) -> tuple[int, Iterable[Any]]:
        """By number, so that the last page is as quick as the first."""
        last = known.order_by("-at", "-seq").values_list("seq", flat=True).first()
        return last or 0, known.filter(seq__gt=asked.offset).order_by("seq")[: asked.limit]
