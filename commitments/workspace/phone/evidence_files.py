"""Addresses of evidence files: those of a draft or submission, and those that came before their form was sent."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from commitments.evidence import serving
from commitments.models import Evidence, Measurement
from commitments.workspace.forms.evidence import held_file
from commitments.workspace.ownership import MemberRequest, members


@members
def evidence_file(request: MemberRequest, uuid: UUID) -> HttpResponseBase:
    """A file of a draft or a submission of one of the person's units."""
    mine = Measurement.objects.owned_by(request.user)
    item = get_object_or_404(Evidence.objects.filter(measurement__in=mine, redacted_at=None), uuid=uuid)
    if not item.media_type:
        raise Http404
    return serving.original(item.sha256, item.media_type)


@members
def held_evidence_file(request: MemberRequest, held: str) -> HttpResponseBase:
    """A file that waits for its form to be sent, for the account that brought it."""
    file = held_file(request.user.get_username(), held)
    if file is None:
        raise Http404
    return serving.original(file.sha256, file.media_type)
