"""Pages for proposing a commitment, target or revision, taking it back, and accepting an inherited commitment."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from commitments.models import Commitment, ServiceTarget, TargetRevision
from commitments.models.proposal import Proposal, conversation
from commitments.numbers import as_typed
from commitments.reports.doubts import Doubt, of_commitment, of_direction, of_revision, of_target
from commitments.reports.submission_preview import on_ladder
from commitments.wizard import Wizard
from commitments.workspace import kept_forms, proposal_drafts
from commitments.workspace.first_target import measuring
from commitments.workspace.first_target.target_templates import template_named
from commitments.workspace.forms import (
    COMMITMENT_STEPS,
    FOLDED_FIELDS,
    TARGET_STEPS,
    CommitmentForm,
    PublicReasonForm,
    RevisionForm,
    TargetForm,
    step_hint,
)
from commitments.workspace.ownership import (
    MemberRequest,
    commitment_of,
    context_of,
    home_of,
    members,
    proposed_target_of,
    revision_of,
    target_of,
    unit_asked,
)
from opd import clock
from opd.errors import BadFact, Refused
from opd.form_errors import explain, reason_of, with_reason
from opd.models import Registered, Unit

ProposalRow = TypeVar("ProposalRow", Commitment, ServiceTarget)


@members
def commitment_propose(request: MemberRequest) -> HttpResponse:
    """Propose a commitment with its first target, in one form."""
    unit = unit_asked(request)
    template = template_named(request.GET.get("pola", ""))
    if template and not template.fits(unit):
        messages.error(
            request, f"Pola “{template.service}” bukan layanan {unit}. Pilih yang lain, atau mulai kosong."
        )
        return redirect(f"{reverse('workspace-first-target')}?unit={unit.code}")
    given, uuid = proposal_drafts.open_draft(request, unit)
    given, sheet = measuring.measured(given, "target-")
    of_commitment = {**(template.commitment_facts if template else {}), "uuid": clock.new_uuid()}
    of_target = {**(template.target_facts if template else {}), "uuid": clock.new_uuid()}
    commitment_form = CommitmentForm(given, initial=of_commitment, prefix="komitmen")
    target_form = TargetForm(given, initial=of_target, prefix="target")

    def act() -> None:
        made = Commitment.propose(by=request.user, unit=unit, **commitment_form.cleaned_data)
        ServiceTarget.propose(by=request.user, commitment=made, **target_form.facts())

    wizard = Wizard(COMMITMENT_STEPS, (commitment_form, target_form), given)
    if template and given is None:
        wizard.begin_at("baseline_value")
    help_given = measuring.help_with(wizard, unit, sheet, template)
    return _proposal_page(request, unit, wizard, uuid, act, commitment_form.instance, help_given)


@members
def target_propose(request: MemberRequest, reference: str) -> HttpResponse:
    """Propose one more target under a commitment."""
    commitment = commitment_of(request.user, reference)
    if commitment.withdrawn_at:
        raise Http404
    given, uuid = proposal_drafts.open_draft(request, commitment.owner)
    given, sheet = measuring.measured(given, "")
    form = TargetForm(given, initial={"uuid": clock.new_uuid()}, commitment=commitment)

    def act() -> None:
        ServiceTarget.propose(by=request.user, commitment=commitment, **form.facts())

    wizard = Wizard(TARGET_STEPS, (form,), given)
    help_given = measuring.help_with(wizard, commitment.owner, sheet)
    return _proposal_page(request, commitment.owner, wizard, uuid, act, commitment, help_given)


def _proposal_page(
    request: MemberRequest,
    unit: Unit,
    wizard: Wizard,
    uuid: UUID,
    act: Callable[[], None],
    commitment: Commitment,
    help_given: dict[str, Any],
) -> HttpResponse:
    """Shows the current step; after the last one the form is sent, or kept for the head.

    It may be put away unfinished at any step.
    """
    form = wizard.form(TargetForm)
    is_new = not commitment.pk
    service = form["service"].value() or "layanan belum dipilih"
    title = f"Komitmen baru: {commitment.title or service}" if is_new else ""
    title = title or f"Target baru untuk {commitment.reference}: {service}"
    if request.method == "POST" and "nanti" in request.POST:
        proposal_drafts.keep(request, unit, uuid, title, wizard.forms)
        messages.success(request, proposal_drafts.PUT_AWAY)
        return redirect(home_of(unit))
    if request.method == "POST" and wizard.is_ready:
        message = "Usulan terkirim dan menunggu penyetuju. Publik melihatnya sesudah diumumkan."
        act = proposal_drafts.sending(unit, uuid, act)
        if "simpan" in request.POST:
            message, act = (
                proposal_drafts.DRAFT_SAVED,
                lambda: proposal_drafts.keep(request, unit, uuid, title, wizard.forms),
            )
        if _carry_out(form, act):
            messages.success(request, message)
            return redirect(home_of(unit))
        wizard.return_to_mistake()
    context = context_of(request, unit) | {
        "wizard": wizard,
        "hint": step_hint(wizard),
        "konsep": uuid,
        "commitment": commitment,
        "is_new": is_new,
        "target": form.instance,
        "doubt": of_direction(form["family"].value(), form["direction"].value()),
        "doubts": _doubts_of_proposal(commitment, form.instance, unit, is_new=is_new) if wizard.is_last else (),
        "folded": FOLDED_FIELDS,
        **help_given,
    }
    return render(request, "workspace/commitment_propose.html", context)


def _doubts_of_proposal(
    commitment: Commitment, target: ServiceTarget, unit: Unit, *, is_new: bool
) -> tuple[Doubt, ...]:
    """What the approver will be warned of, read before it is sent."""
    target.proposed_at = clock.now()
    of_promise = of_commitment(commitment, [target], unit) if is_new else ()
    return (*of_promise, *of_target(target))


@members
def revision_propose(request: MemberRequest, reference: str) -> HttpResponse:
    """Propose to move a due date, a target, a baseline or a minimum change: written, looked at, sent."""
    target = target_of(request.user, reference)
    given, uuid = proposal_drafts.open_draft(request, target.unit)
    before = _earlier_revision(request, target)
    amended = before if before and before.is_undecided else None
    form = with_reason(RevisionForm(given, initial=_initial_of(before), target=target))
    preview: list[TargetRevision] = []

    def look() -> None:
        if amended and form.cleaned_data["field"] != amended.field:
            raise BadFact("Perbaikan tetap tentang isian yang sama; untuk isian lain, tarik dulu usulan ini.")
        preview.append(target.changed(form.cleaned_data["field"], form.change(), instead_of=amended))

    def act() -> None:
        seen, given = request.POST.get("seen", ""), form.cleaned_data
        facts = {
            "new": form.change(),
            "reason": given["reason"],
            "document": given["document"],
            "baseline_by_clock": given.get("baseline_by_clock", ""),
        }
        if amended:
            amended.amend(by=request.user, seen=seen, **facts)
        else:
            target.revise(by=request.user, seen=seen, field=given["field"], **facts)

    def keep() -> None:
        title = f"Perubahan {preview[0].get_field_display()} {target.reference}"
        proposal_drafts.keep(request, target.unit, uuid, title, [form])

    looked = given is not None and "ubah" not in given and form.is_valid() and _carry_out(form, look)
    seen_text = _seen_text(preview[0]) if looked else ""
    unread = looked and request.method == "POST" and "periksa" not in request.POST
    keeps = "simpan" in request.POST
    if unread and (keeps or seen_text == request.POST.get("read_doubts")):
        unread = False
        if _carry_out(form, keep if keeps else proposal_drafts.sending(target.unit, uuid, act)):
            sent = "Usulan perubahan terkirim. Yang lama tetap berlaku sampai disetujui."
            messages.success(request, proposal_drafts.DRAFT_SAVED if keeps else sent)
            return redirect(home_of(target.unit))
        preview.clear()
    now = on_ladder(target, clock.today())
    asked_about: Registered = amended or target
    seen = request.POST.get("seen", "") if "periksa" in request.POST and preview else asked_about.fingerprint()
    context = context_of(request, target.unit) | {
        "form": form,
        "target": now,
        "seen": seen,
        "preview": preview,
        "read_doubts": seen_text,
        "unread": unread,
        "konsep": uuid,
        "before": before,
        "amended": amended,
        "talk": conversation(amended) if amended else (),
        "doubts": _doubts_about_revision(preview[0], form) if preview else (),
    }
    return render(request, "workspace/revision_propose.html", context)


def _doubts_about_revision(change: TargetRevision, form: RevisionForm) -> tuple[Doubt, ...]:
    """What the approver will be warned of."""
    change.reason, change.document = form.cleaned_data["reason"], form.cleaned_data["document"]
    change.proposed_at = clock.now()
    approved = change.target.revisions.approved_on(clock.today()).filter(field=change.field)
    return of_revision(change, approved.count())


def _seen_text(change: TargetRevision) -> str:
    """One line with what the person who sends a revision has seen of it."""
    both = [as_typed(one) if isinstance(one, Decimal) else str(one) for one in (change.old, change.new)]
    return " ".join([change.field, *both, *(["softens"] if change.softens else [])])


def _earlier_revision(request: MemberRequest, target: ServiceTarget) -> TargetRevision | None:
    """The revision to start from: the answer to a no is a better revision."""
    try:
        return target.revisions.filter(uuid=request.GET.get("dari", "")).first()
    except ValidationError:  # not a UUID
        return None


def _initial_of(before: TargetRevision | None) -> dict[str, Any]:
    if before is None:
        return {}
    return {
        "field": before.field,
        "on": before.new_on,
        "value": before.new_value,
        "reason": before.reason,
        "document": before.document,
    }


@members
def commitment_amend(request: MemberRequest, reference: str) -> HttpResponse:
    """Improve a proposed commitment before it is decided."""
    row = commitment_of(request.user, reference)
    form = CommitmentForm(kept_forms.given(request), instance=_copy(row), initial={"uuid": row.uuid})
    return _amend_page(request, row, row.owner, form)


@members
def target_amend(request: MemberRequest, reference: str) -> HttpResponse:
    """Improve a proposed target before it is decided."""
    row = proposed_target_of(request.user, reference)
    form = TargetForm(
        kept_forms.given(request), instance=_copy(row), initial={"uuid": row.uuid}, commitment=row.commitment
    )
    return _amend_page(request, row, row.unit, form)


def _copy(row: ProposalRow) -> ProposalRow:
    """The same row once more: a form writes on its instance, and the row on the screen stays as it is."""
    return type(row)._default_manager.get(pk=row.pk)


def _amend_page(
    request: MemberRequest, row: Commitment | ServiceTarget, unit: Unit, form: CommitmentForm | TargetForm
) -> HttpResponse:
    """One form with all of it; what the approver will be warned of is read before it is sent."""
    if not row.is_undecided:
        raise Http404
    given = kept_forms.given(request)
    reply = given.get("reply", "") if given else ""
    with_reason(form)

    amendable = {column.removesuffix("_id") for column in row.guard.amendable}

    def act() -> None:
        facts = {name: value for name, value in form.cleaned_data.items() if name in amendable}
        row.amend(by=request.user, seen=request.POST.get("seen", ""), reply=reply, **facts)

    doubts = _doubts_about(form.instance, unit) if given is not None and form.is_valid() else ()
    read = " ".join(doubt.text for doubt in doubts)
    unread = bool(doubts) and request.POST.get("read_doubts") != read
    if request.method == "POST" and form.is_valid() and not unread and _carry_out(form, act):
        messages.success(request, "Usulan diperbaiki dan menunggu penyetuju.")
        return redirect(home_of(unit))
    context = context_of(request, unit) | {
        "form": form,
        "proposal": row,
        "talk": conversation(row),
        "doubts": doubts,
        "read_doubts": read,
        "reply": reply,
        "seen": request.POST.get("seen") or row.fingerprint(),
    }
    return render(request, "workspace/proposal_amend.html", context)


def _doubts_about(row: Commitment | ServiceTarget, unit: Unit) -> tuple[Doubt, ...]:
    if isinstance(row, Commitment):
        return of_commitment(row, list(row.targets.open()) if row.pk else [], unit)
    return of_target(row)


@members
def revision_withdraw(request: MemberRequest, uuid: UUID) -> HttpResponse:
    revision = revision_of(request.user, uuid)
    return _take_back(request, revision, revision.target.unit, revision.take_back)


@members
@require_POST
def commitment_acknowledge(request: MemberRequest, reference: str) -> HttpResponse:
    """The head in office accepts an inherited commitment: "saya terima"."""
    commitment = commitment_of(request.user, reference)
    try:
        commitment.acknowledge(by=request.user, seen=request.POST.get("seen", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Komitmen {commitment.reference} Anda terima.")
        live = commitment.targets.live_on(clock.today()).order_by("reference").first()
        if "ubah" in request.POST and live:
            return redirect("workspace-revision-propose", live.reference)
    return redirect(home_of(commitment.owner))


@members
def commitment_withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    commitment = commitment_of(request.user, reference)
    return _take_back(request, commitment, commitment.owner, commitment.withdraw)


@members
def target_withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    target = proposed_target_of(request.user, reference)
    return _take_back(request, target, target.unit, target.withdraw)


def _take_back(
    request: MemberRequest, proposal: Proposal | TargetRevision, unit: Unit, withdraw: Callable[..., None]
) -> HttpResponse:
    """Takes back a proposal that nobody has decided yet; what is public is withdrawn by an approver."""
    if not proposal.is_undecided:
        raise Http404
    form = with_reason(PublicReasonForm(kept_forms.given(request)))

    def act() -> None:
        withdraw(by=request.user, seen=request.POST.get("seen", ""), reason=form.cleaned_data["reason"])

    if request.method == "POST" and form.is_valid() and _carry_out(form, act):
        messages.success(request, "Usulan ditarik.")
        return redirect(home_of(unit))
    context = context_of(request, unit) | {
        "form": form,
        "proposal": proposal,
        "is_revision": isinstance(proposal, TargetRevision),
        "seen": proposal.fingerprint(),
    }
    return render(request, "workspace/proposal_withdraw.html", context)


def _carry_out(form: forms.BaseForm, act: Callable[[], None]) -> bool:
    """Whether the act happened; if not, the form says why. A second tap on the same form counts as done."""
    try:
        with transaction.atomic(), reason_of(form):
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
