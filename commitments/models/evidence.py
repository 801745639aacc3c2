"""Evidence of measurements, and who may see it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

from commitments import evidence as store
from commitments.evidence.deletion import destroy_after_commit
from commitments.ladder.evidence_kinds import EvidenceKind
from commitments.models.measurement import Measurement
from commitments.models.proposal import account, reason_given
from opd import access, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Registered
from opd.register import batch
from opd.register.registered import all_or_none
from opd.register.triggers import Guard


class Evidence(Registered):
    """A file or a link that came with a measurement. SHA-256 and size are of the bytes received."""

    kind = "evidence"
    guard = Guard(
        draft="EXISTS (SELECT 1 FROM commitments_measurement m"
        " WHERE m.id = {row}.measurement_id AND m.submitted_at IS NULL)",
        fixed=("measurement_id",),
        stamps=("public", "public_sha256", "redacted_at", "redacted_by_id", "redaction_reason"),
        erasable=("url", "caption", "file_name"),
        inserts=(
            (
                "NOT EXISTS (SELECT 1 FROM commitments_measurement m"
                " WHERE m.id = NEW.measurement_id AND m.submitted_at IS NULL)",
                "bukti dukung hanya dapat ditambah sebelum realisasi dikirim",
            ),
        ),
    )
    related = ("measurement", "redacted_by")

    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="evidence", verbose_name="realisasi")
    evidence_kind = models.CharField("jenis bukti", max_length=10, choices=EvidenceKind)
    media_type = models.CharField("jenis berkas", max_length=20, choices=store.MEDIA_TYPES, blank=True)
    file_name = texts.CharField("nama berkas", max_length=200, blank=True)
    url = texts.URLField("tautan", max_length=500, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("ukuran (bita)")
    # What the telephone says it held before it made the photograph smaller: whoever keeps that one can show it.
    original_sha256 = models.CharField("SHA-256 sebelum dikecilkan", max_length=64, blank=True, db_index=True)
    captured_on = models.DateField("tanggal pengambilan", null=True, blank=True)
    caption = texts.CharField("keterangan", max_length=300, blank=True)
    public = models.BooleanField("boleh dilihat publik", null=True, blank=True)
    public_sha256 = models.CharField("SHA-256 salinan publik", max_length=64, blank=True)
    redacted_at = models.DateTimeField("dihapus", null=True, blank=True)
    redacted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="penghapus"
    )
    redaction_reason = texts.TextField("alasan penghapusan", blank=True, help_text="Tampil untuk publik.")

    class Meta:
        ordering = ("pk",)
        verbose_name = "bukti dukung"
        verbose_name_plural = "bukti dukung"
        constraints = (
            models.CheckConstraint(
                condition=Q(media_type="") | Q(url=""),
                name="evidence_is_a_file_or_a_link",
                violation_error_message="Bukti dukung berupa berkas atau tautan, bukan keduanya.",
            ),
            models.CheckConstraint(
                condition=~Q(media_type="") | ~Q(url="") | Q(redacted_at__isnull=False),
                name="evidence_has_a_file_or_a_link",
                violation_error_message="Bukti dukung berupa berkas atau tautan.",
            ),
            models.CheckConstraint(
                condition=all_or_none("redacted_at", "redacted_by", texts=("redaction_reason",)),
                name="evidence_redacted_by_someone_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_evidence_kind_display()} · {self.sha256[:12]}"

    @property
    def in_register(self) -> bool:
        return self.measurement.submitted_at is not None

    @property
    def is_shown(self) -> bool:
        """Whether everybody may open it."""
        return bool(self.public) and self.redacted_at is None

    def public_row(self) -> dict[str, Any]:
        return {
            "measurement": self.measurement.uuid,
            "kind": self.evidence_kind,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "size": self.size,
            "original_sha256": self.original_sha256,
            "captured_on": self.captured_on,
            "public": self.public,
            "public_sha256": self.public_sha256,
            "redacted_at": self.redacted_at,
            "redaction_reason": self.redaction_reason,
        }

    def private_row(self) -> dict[str, str | None]:
        """Address and caption, even when public: what the register once showed could never be redacted."""
        return {
            "file_name": self.file_name or None,
            "url": self.url or None,
            "caption": self.caption or None,
            "redacted_by": self.redacted_by.get_username() if self.redacted_by else None,
        }

    @classmethod
    def attach(
        cls,
        measurement: Measurement,
        *,
        kind: str,
        file: store.ReceivedFile | None = None,
        url: str = "",
        **facts: Any,
    ) -> Evidence:
        """Adds a received file, or a link, to a draft."""
        if (file is None) == (url == ""):
            raise BadFact("Bukti dukung berupa berkas atau tautan, salah satu.")
        if file is None:
            sha256, size = store.digest(url.encode())
            row = cls(measurement=measurement, url=url, sha256=sha256, size=size)
        else:
            row = cls(
                measurement=measurement,
                media_type=file.media_type,
                file_name=file.name,
                sha256=file.sha256,
                size=file.size,
            )
        row.evidence_kind = kind
        for column, value in cls.stated(facts).items():
            setattr(row, column, value)
        earlier = measurement.evidence_items() if batch.current() else []
        row.add()
        batch.remember_rows("evidence", "measurement_id", measurement.pk, [*earlier, row])
        return row

    def public_copy(self) -> bytes:
        """The public copy of this file; nothing for a link.

        Drawing it takes seconds: do it before the act that shows it, not inside.
        """
        return store.redrawn(self.sha256, self.media_type) if self.media_type and not self.redacted_at else b""

    def mark(self, *, public: bool, copy: bytes = b"") -> None:
        """Part of a verification: sets whether everybody may see this, and as which copy."""
        self.public = public
        if copy:
            self.public_sha256 = store.publish(copy)
        self.save(update_fields=["public", "public_sha256"])

    def office_to_redact(self, by: access.Actor) -> str:
        """The office in which somebody may destroy it, or `WrongPerson`."""
        return access.require_decider(by, access.APPROVER, self.measurement.target.unit)

    def redact(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """Destroys the file or link because it holds personal data; its digest stays: "dihapus: data pribadi"."""
        with register.act("evidence.redacted", self) as act:
            act.office = self.office_to_redact(by)
            self.must_match(seen)
            if self.redacted_at or not self.in_register:
                raise WrongState("Bukti ini sudah dihapus, atau belum dikirim.")
            self.redacted_at, self.redacted_by = act.at, account(by)
            self.redaction_reason = reason_given(reason, "alasan penghapusan")
            self.url = self.caption = self.file_name = ""
            self.save()
            act.touch(self)
            if self.media_type:
                destroy_after_commit(self.sha256)
