"""Records a report exactly once: a draft, its evidence and its submission are one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from commitments import evidence as store
from commitments.evidence.deletion import destroy_after_commit
from commitments.models import CaseFile, Evidence, EvidenceKind, Measurement, ServiceTarget
from opd import access
from opd.errors import Refused, WrongState


@dataclass(frozen=True)
class NewEvidence:
    """Evidence before it belongs to a measurement: a received file or a link."""

    kind: str
    file: store.ReceivedFile | None = None
    url: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    of_item: Evidence | None = None  # what it was sent as before

    @classmethod
    def of(cls, item: Evidence) -> NewEvidence:
        """The same evidence again, for a new version: the bytes are already here."""
        file = None
        if item.media_type:
            file = store.ReceivedFile(item.file_name, item.media_type, item.sha256, item.size)
        about = {
            "captured_on": item.captured_on,
            "caption": item.caption,
            "original_sha256": item.original_sha256,
        }
        return cls(kind=item.evidence_kind, file=file, url=item.url, about=about, of_item=item)

    @property
    def label(self) -> str:
        """What it can prove, and its address or the name of its file."""
        return f"{EvidenceKind(self.kind).label}: {self.file.name if self.file else self.url}"

    @property
    def sha256(self) -> str:
        return self.file.sha256 if self.file else store.digest(self.url.encode())[0]

    @property
    def digests(self) -> list[str]:
        """The digests of a file, as it came and as it was before it was made smaller; nothing for a link."""
        return [digest for digest in (self.sha256, self.about.get("original_sha256")) if digest and self.file]


class AlreadySent(Refused):
    """Error: another report came in under this identity, and the two are not the same."""

    sentence = "Kiriman dengan pengenal ini sudah tercatat, tetapi isinya berbeda."

    def __init__(self, earlier: Measurement) -> None:
        super().__init__()
        self.earlier = earlier


def known(target: ServiceTarget, uuid: UUID) -> Measurement | None:
    """The report that came in under this identity before, about this target."""
    return Measurement.objects.filter(target=target, uuid=uuid).first()


def record(
    *,
    by: User,
    target: ServiceTarget,
    uuid: UUID,
    facts: dict[str, Any],
    evidence_items: Iterable[NewEvidence],
    submit: bool,
    base: Measurement | None = None,
    case_file: CaseFile | None = None,
    answers: Mapping[str, str] | None = None,
) -> Measurement:
    """Writes a report once, however often it is sent; `base` is the version it corrects or the draft it replaces.

    AlreadySent when the same identity holds something else; other refusals come from the acts.
    """
    evidence_items = list(evidence_items)
    try:
        with transaction.atomic():
            known = Measurement.objects.select_for_update().filter(uuid=uuid).first()
            row = known or _draft(
                by=by,
                target=target,
                uuid=uuid,
                facts=facts,
                evidence_items=evidence_items,
                base=base,
                case_file=case_file,
            )
            if known and not _same(known, target, facts, evidence_items):
                raise _already_sent(known, by)
            if row.submitted_at is None:
                row.ask(answers)
            if submit and row.submitted_at is None:
                row.submit(by=by, seen=row.fingerprint())
    except (IntegrityError, ValidationError):
        # The other one of a double tap was quicker by less than a transaction.
        known = Measurement.objects.filter(uuid=uuid).first()
        if known is None:
            raise
        if not _same(known, target, facts, evidence_items):
            raise _already_sent(known, by) from None
        return known
    return row


def _draft(
    *,
    by: User,
    target: ServiceTarget,
    uuid: UUID,
    facts: dict[str, Any],
    evidence_items: list[NewEvidence],
    base: Measurement | None,
    case_file: CaseFile | None,
) -> Measurement:
    corrects = base
    if base and base.submitted_at is None:
        corrects = base.supersedes
        discard(base, by=by)
    if case_file:
        case_file.refresh_from_db()
    row = Measurement.draft(by=by, target=target, corrects=corrects, uuid=uuid, case_file=case_file, **facts)
    for item in evidence_items:
        Evidence.attach(row, kind=item.kind, file=item.file, url=item.url, **item.about)
    return row


def _same(
    known: Measurement, target: ServiceTarget, facts: dict[str, Any], evidence_items: list[NewEvidence]
) -> bool:
    attached = sorted(known.evidence.values_list("evidence_kind", "sha256"))
    return (
        known.target_id == target.pk
        and all(getattr(known, name) == value for name, value in facts.items())
        and attached == sorted((str(item.kind), item.sha256) for item in evidence_items)
    )


def _already_sent(known: Measurement, by: User) -> Refused:
    """The refusal for a report that was already sent; who may not see the earlier report learns nothing of it."""
    if Measurement.objects.owned_by(by).filter(pk=known.pk).exists():
        return AlreadySent(known)
    return WrongState("Pengenal kiriman ini tidak dapat dipakai. Muat ulang halaman, lalu isi lagi.")


def discard(draft: Measurement, *, by: User) -> None:
    """Deletes a draft; a submitted version stays for ever.

    Its files stay too: another report that is coming in at this moment may hold the same bytes. What was redacted
    elsewhere goes with the last row that kept it.
    """
    with transaction.atomic():
        access.require_member(by, draft.target.unit)
        if draft.submitted_at:
            raise WrongState("Yang sudah dikirim tidak dapat dibuang; tarik kembali atau koreksi.")
        brought = draft.evidence.exclude(media_type="").values_list("sha256", flat=True)
        redacted = Evidence.objects.filter(sha256__in=list(brought)).exclude(redacted_at=None)
        destroy_after_commit(*redacted.values_list("sha256", flat=True))
        draft.evidence.all().delete()
        draft.questions_asked.all().delete()
        if draft.is_computed:
            draft.case_file.set_free()
        draft.delete()
