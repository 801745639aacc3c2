"""The OpenAPI description of the API: what each list takes and answers, and the view that serves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commitments.api import serializers
from commitments.api.query_parameters import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    MAX_OFFSET,
    BadParameter,
    ParameterFilter,
    refuse_unknown,
)

ApiView = TypeVar("ApiView", bound=type[APIView])
INTEGER_SCHEMA = {"type": "integer"}
RETRY_LATER = "Retry-After menyebut berapa detik lagi."
PARAMETERS = [
    OpenApiParameter("per", date, description="Keadaan di akhir hari itu; biasanya, dan paling lambat, hari ini."),
    OpenApiParameter("limit", INTEGER_SCHEMA | {"minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
    OpenApiParameter("offset", INTEGER_SCHEMA | {"minimum": 0, "maximum": MAX_OFFSET, "default": 0}),
]
ALWAYS_POSSIBLE = {
    429: OpenApiResponse(serializers.Problem, f"Terlalu sering; {RETRY_LATER}"),
    503: OpenApiResponse(serializers.Problem, f"Basis data sedang tidak menjawab; {RETRY_LATER}"),
}


def described(
    name: str, summary: Any, filters: Mapping[str, ParameterFilter] | None = None
) -> Callable[[ApiView], ApiView]:
    """Decorator that gives a list its summary, its filters and its description in the OpenAPI document."""
    filters = filters or {}

    def describe(view: ApiView) -> ApiView:
        view.summary, view.filters = summary, filters  # type: ignore[attr-defined]
        rows = view.row(many=True)  # type: ignore[attr-defined]
        answer = inline_serializer(f"{name.capitalize()}Answer", {"meta": serializers.Meta(), "results": rows})
        operation = extend_schema(
            operation_id=name,
            description=summary,
            parameters=[*PARAMETERS, *(_of_filter(name, one) for name, one in filters.items())],
            responses={200: answer, 400: serializers.Problem, **ALWAYS_POSSIBLE},
        )
        return extend_schema_view(get=operation)(view)

    return describe


def _of_filter(name: str, one: ParameterFilter) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        str,
        enum=one.values or None,
        many=True,
        explode=True,
        description="Hanya baris yang nilainya salah satu dari ini.",
    )


@extend_schema_view(
    get=extend_schema(
        operation_id="schema",
        description="Uraian ini.",
        parameters=[OpenApiParameter("lang", exclude=True)],  # one language, like the lists
        responses={200: OpenApiTypes.OBJECT, 400: serializers.Problem, **ALWAYS_POSSIBLE},
    )
)
class SchemaView(SpectacularAPIView):
    renderer_classes = [OpenApiJsonRenderer2]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            refuse_unknown(request.query_params, ())
        except BadParameter as error:
            return Response({"error": str(error)}, status=400)
        return super().get(request, *args, **kwargs)
