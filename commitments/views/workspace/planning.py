"""How does a head promise something, ask to change a promise, take a proposal back, or accept what was inherited?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from commitments.forms import CommitmentForm, ReasonForm, RevisionForm, TargetForm
from commitments.models import Commitment, ServiceTarget
from commitments.models.proposal import Proposal
from commitments.views.workspace.doors import (
    MemberRequest,
    commitment_of,
    home_of,
    members,
    proposed_target_of,
    target_of,
    unit_of,
)
from opd import access, clock
from opd.errors import Refused
from opd.explain import explain
from opd.models import Unit


@members
def commitment_propose(request: MemberRequest) -> HttpResponse:
    """A commitment with its first target, in one go."""
    unit = unit_of(request.user, request.GET.get("unit", ""))
    sent = request.POST or None
    initial = {"uuid": clock.new_uuid()}
    promise = CommitmentForm(sent, initial=initial, prefix="komitmen")
    target = TargetForm(sent, initial=initial | {"uuid": clock.new_uuid()}, prefix="target")

    def act() -> None:
        made = Commitment.propose(by=request.user, unit=unit, **promise.cleaned_data)
        ServiceTarget.propose(by=request.user, commitment=made, **target.facts())

    if sent and promise.is_valid() & target.is_valid() and _done(promise, act):
        messages.success(request, "Usulan terkirim dan menunggu penyetuju. Publik melihatnya sesudah diumumkan.")
        return redirect(home_of(unit))
    context = _head_context(request, unit) | {"forms": (promise, target)}
    return render(request, "workspace/commitment_propose.html", context)


@members
def target_propose(request: MemberRequest, reference: str) -> HttpResponse:
    """One more target under a commitment."""
    commitment = commitment_of(request.user, reference)
    if commitment.withdrawn_at:
        raise Http404
    sent = request.POST or None
    form = TargetForm(sent, initial={"uuid": clock.new_uuid()}, commitment=commitment)

    def act() -> None:
        ServiceTarget.propose(by=request.user, commitment=commitment, **form.facts())

    if sent and form.is_valid() and _done(form, act):
        messages.success(request, "Usulan target terkirim dan menunggu penyetuju.")
        return redirect(home_of(commitment.owner))
    context = _head_context(request, commitment.owner) | {"forms": (form,), "commitment": commitment}
    return render(request, "workspace/commitment_propose.html", context)


@members
def revision_propose(request: MemberRequest, reference: str) -> HttpResponse:
    """Ask to move a due date, a target, a baseline or a minimum change."""
    target = target_of(request.user, reference)
    sent = request.POST or None
    form = RevisionForm(sent)

    def act() -> None:
        given = form.cleaned_data
        target.revise(
            by=request.user,
            seen=request.POST.get("seen", ""),
            field=given["field"],
            new=form.change(),
            reason=given["reason"],
            document=given["document"],
        )

    if sent and form.is_valid() and _done(form, act):
        messages.success(request, "Usulan perubahan terkirim. Yang lama tetap berlaku sampai disetujui.")
        return redirect(home_of(target.unit))
    now = ServiceTarget.objects.with_rung(clock.today()).select_related("commitment").get(pk=target.pk)
    context = _head_context(request, target.unit) | {"form": form, "target": now, "seen": target.fingerprint()}
    return render(request, "workspace/revision_propose.html", context)


@members
@require_POST
def commitment_acknowledge(request: MemberRequest, reference: str) -> HttpResponse:
    """ "Saya terima": the head in office takes over an inherited promise."""
    commitment = commitment_of(request.user, reference)
    try:
        commitment.acknowledge(by=request.user, seen=request.POST.get("seen", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Komitmen {commitment.reference} Anda terima.")
    return redirect(home_of(commitment.owner))


@members
def commitment_withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    commitment = commitment_of(request.user, reference)
    return _take_back(request, commitment, commitment.owner)


@members
def target_withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    target = proposed_target_of(request.user, reference)
    return _take_back(request, target, target.unit)


def _take_back(request: MemberRequest, proposal: Proposal, unit: Unit) -> HttpResponse:
    """A proposal that nobody has published yet; what is public is withdrawn by an approver."""
    if not proposal.is_waiting:
        raise Http404
    sent = request.POST or None
    form = ReasonForm(sent)

    def act() -> None:
        proposal.withdraw(  # type: ignore[attr-defined]
            by=request.user, seen=request.POST.get("seen", ""), reason=form.cleaned_data["reason"]
        )

    if sent and form.is_valid() and _done(form, act):
        messages.success(request, "Usulan ditarik.")
        return redirect(home_of(unit))
    context = _head_context(request, unit) | {"form": form, "proposal": proposal, "seen": proposal.fingerprint()}
    return render(request, "workspace/proposal_withdraw.html", context)


def _head_context(request: MemberRequest, unit: Unit) -> dict[str, Any]:
    return {"unit": unit, "is_head": access.serves(request.user, unit, access.HEAD)}


def _done(form: forms.BaseForm, act: Callable[[], None]) -> bool:
    """Whether the act happened; if not, the form says why. A second tap on the same form has happened already."""
    try:
        with transaction.atomic():
            act()
    except (Refused, ValidationError) as error:
        explain(form, error)
        return False
    except IntegrityError as error:
        return _is_repeat(form, error)
    return True


def _is_repeat(form: forms.BaseForm, error: IntegrityError) -> bool:
    uuid = form.cleaned_data.get("uuid")
    for model in (Commitment, ServiceTarget):
        if uuid and model.objects.filter(uuid=uuid).exists():
            return True
    raise error
