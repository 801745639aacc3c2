"""Drafts of proposals: what a form starts from, and whether it is kept for the head or sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from commitments.models import ProposalDraft
from commitments.workspace import kept_forms
from commitments.workspace.ownership import MemberRequest, home_of, members
from commitments.workspace.reminders import tell_of_draft
from opd import clock
from opd.models import Unit

PUT_AWAY = "Disimpan sebagai konsep. Ia menunggu di bawah “Usulan”, dan pengingat menyebutnya sampai dikirim."
DRAFT_SAVED = "Konsep tersimpan. Kepala unit melihatnya di ruang kerja, dan ia yang mengirimnya."


def open_draft(request: MemberRequest, unit: Unit) -> tuple[QueryDict | None, UUID]:
    """The form's data (sent, kept before the sign-in, or of a draft of this unit), and the identifier of the
    draft."""
    given = kept_forms.given(request)
    name = (given or request.GET).get("konsep", "")
    if not name:
        return given, clock.new_uuid()
    try:
        uuid = UUID(name)
    except ValueError:
        raise Http404 from None
    if given is None:
        given = get_object_or_404(ProposalDraft, unit=unit, uuid=uuid, path=request.path).fields
    return given, uuid


def keep(request: MemberRequest, unit: Unit, uuid: UUID, title: str, filled: Sequence[forms.BaseForm]) -> None:
    """Saves the draft as it was typed, without the page's own fields."""
    fields = QueryDict(mutable=True)
    for name in [form.add_prefix(field) for form in filled for field in form.fields]:
        fields.setlist(name, request.POST.getlist(name))
    ProposalDraft.keep(by=request.user, unit=unit, uuid=uuid, path=request.path, title=title, fields=fields)
    told = partial(tell_of_draft, unit, by=request.user, title=title, about=str(uuid), address=home_of(unit))
    transaction.on_commit(told)  # no mail server is waited for with the tables locked


def sending(unit: Unit, uuid: UUID, act: Callable[[], None]) -> Callable[[], None]:
    """Context around the act, which ends the draft."""

    def sent() -> None:
        act()
        ProposalDraft.objects.filter(unit=unit, uuid=uuid).delete()

    return sent


@members
@require_POST
def proposal_draft_discard(request: MemberRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(ProposalDraft, unit__in=Unit.objects.owned_by(request.user), pk=pk)
    draft.discard(by=request.user)
    messages.success(request, "Konsep dibuang.")
    return redirect(home_of(draft.unit))
