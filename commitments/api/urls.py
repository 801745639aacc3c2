"""Which listings has the API? Their names and fields are fixed (design section 10)."""

from django.urls import path
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView

from commitments.api import views
from commitments.views.outlets import open_to_all

LISTINGS = {
    "units": views.Units,
    "commitments": views.Commitments,
    "targets": views.Targets,
    "measurements": views.Measurements,
    "revisions": views.Revisions,
    "signatures": views.Signatures,
    "register": views.Register,
}

schema = SpectacularAPIView.as_view(renderer_classes=[OpenApiJsonRenderer2])

urlpatterns = [
    *(path(f"{name}/", open_to_all(view.as_view()), name=f"api-{name}") for name, view in LISTINGS.items()),
    path("schema/", open_to_all(schema), name="api-schema"),
]
