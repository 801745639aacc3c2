"""URLs of the API, one for each list. Names and fields are fixed (docs/aturan.md, section 8)."""

from typing import Any

from django.urls import path

from commitments.api import description, views
from commitments.public_page import ANY_PARAMETER, View, open_to_all, public_page
from opd.accounts.throttle import API, limited

API_LISTS: dict[str, type[views.ApiList[Any]]] = {
    "units": views.UnitList,
    "commitments": views.CommitmentList,
    "targets": views.TargetList,
    "measurements": views.MeasurementList,
    "revisions": views.RevisionList,
    "rechecks": views.RecheckList,
    "signatures": views.SignatureList,
    "assessments": views.AssessmentList,
    "trainings": views.TrainingList,
    "facts": views.FactList,
    "register": views.EntryList,
}


def public_api(view: View) -> View:
    """The view as a cached public page that other sites may read too. It refuses parameters that it does not know."""
    return open_to_all(public_page(known=ANY_PARAMETER)(limited(API, as_json=True)(view)))


urlpatterns = [
    *(path(f"{name}/", public_api(view.as_view()), name=f"api-{name}") for name, view in API_LISTS.items()),
    path("schema/", public_api(description.SchemaView.as_view()), name="api-schema"),
]
