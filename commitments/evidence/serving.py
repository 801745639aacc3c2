"""Answers with a stored original, for signed-in people who may see it: never cached, and only as what it is."""

from __future__ import annotations

from django.http import FileResponse, Http404

from commitments import evidence as store
from opd.errors import BadFact

# The browser's own viewer draws a PDF inside our page, and nothing else may.
FRAMED_CSP = "default-src 'none'; style-src 'self'; object-src 'self'; frame-ancestors 'self'"


def original(sha256: str, media_type: str) -> FileResponse:
    """The file as it was received; 404 when it is lost or altered."""
    try:
        file = store.opened(sha256)
    except BadFact as error:
        raise Http404 from error
    kind = media_type.partition("/")[2]
    response = FileResponse(file, content_type=media_type, filename=f"{sha256[:12]}.{kind}")
    if kind == "pdf":
        response["Content-Security-Policy"] = FRAMED_CSP
        response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    return response
