"""The address to which a telephone sends a file of evidence in pieces, before the form that names it."""

from __future__ import annotations

import re
from urllib.parse import unquote

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from commitments.evidence import pieces
from commitments.workspace.forms.evidence import held_name
from commitments.workspace.ownership import MemberRequest, members, units_of
from opd.accounts.throttle import Limit
from opd.errors import BadFact, Refused

MAX_PIECE_BYTES = 1024 * 1024
PIECES = Limit("pieces", 600, 60)  # of one account: 10 MB in the smallest pieces are as many


@members
@require_http_methods(["GET", "POST"])
def file_piece(request: MemberRequest, sha256: str) -> JsonResponse:
    """GET: how much of the file is here. POST: its next piece, from `X-Offset`; the last one (`X-Last`) gives the
    name under which the form may bring the file along."""
    if not pieces.SHA256_PATTERN.fullmatch(sha256) or not units_of(request.user):
        raise Http404
    owner: int = request.user.pk
    if request.method == "GET":
        if file := pieces.whole(owner, sha256):
            return JsonResponse({"received": file.size, "held": held_name(request.user.get_username(), file)})
        return JsonResponse({"received": pieces.received(owner, sha256)})
    if not PIECES.take(str(owner)):
        return JsonResponse({"problem": "Terlalu banyak potongan sekaligus; tunggu semenit."}, status=429)
    try:
        here = pieces.add(owner, sha256, offset=_offset(request), piece=_piece(request))
        if "X-Last" not in request.headers:
            return JsonResponse({"received": here})
        file = pieces.finish(owner, sha256, name=unquote(request.headers.get("X-Name", ""))[:200] or "berkas")
    except pieces.WrongPlace as place:
        return JsonResponse({"received": place.received}, status=409)
    except Refused as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    return JsonResponse({"received": file.size, "held": held_name(request.user.get_username(), file)})


def _offset(request: HttpRequest) -> int:
    text = request.headers.get("X-Offset", "")
    if not re.fullmatch(r"\d{1,9}", text):
        raise BadFact("Letak potongan ini tidak disebut.")
    return int(text)


def _piece(request: HttpRequest) -> bytes:
    piece = request.read(MAX_PIECE_BYTES + 1)
    if len(piece) > MAX_PIECE_BYTES or not (piece or "X-Last" in request.headers):
        raise BadFact(f"Satu potongan berisi 1 sampai {MAX_PIECE_BYTES} bita.")
    return piece
