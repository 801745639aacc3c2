"""Taking back a whole import, in one entry, while nothing of it is decided."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from commitments.models import Commitment, Measurement, MeasurementState, ServiceTarget, Verdict
from commitments.models.proposal import account
from opd import access, clock, register
from opd.errors import Refused, WrongPerson, WrongState
from opd.models import Entry

IMPORTED_ACTS = ("commitment.proposed", "target.proposed", "measurement.submitted")
DAYS_OFFERED = 90  # an import older than this is no longer offered
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
REASON = "Impor ditarik seluruhnya oleh pengelola data sebelum ada yang diputus."


@dataclass(frozen=True)
class ImportOnRecord:
    """A file whose rows were recorded: its digest, when, and what came of it."""

    sha256: str
    at: datetime
    commitments: tuple[Commitment, ...]
    targets: tuple[ServiceTarget, ...]
    measurements: tuple[Measurement, ...]

    @property
    def rows(self) -> tuple[Commitment | ServiceTarget | Measurement, ...]:
        return (*self.measurements, *self.targets, *self.commitments)

    def why_not(self, by: User) -> str:
        """The sentence why this person may not take it back, "" when they may."""
        for row in self.rows:
            who = row.submitted_by if isinstance(row, Measurement) else row.proposed_by
            if who != by:
                return (
                    "Hanya yang mengimpornya yang dapat menariknya, dan hanya bila kepala unit belum memperbaikinya."
                )
            if not _is_untouched(row):
                return f"{row} sudah diputus, dikembalikan, atau ditarik; tarik sisanya satu per satu."
        return "" if self.rows else "Tidak ada lagi yang dapat ditarik dari berkas ini."


def _is_untouched(row: Commitment | ServiceTarget | Measurement) -> bool:
    if isinstance(row, Measurement):
        return row.state == MeasurementState.SUBMITTED
    return row.is_waiting


def imports_of(by: User) -> list[ImportOnRecord]:
    """The imports of the last days of which this person may take back all, newest first."""
    since = clock.now() - timedelta(days=DAYS_OFFERED)
    entries = Entry.objects.filter(act__in=IMPORTED_ACTS, at__gte=since, actor__startswith=access.KEEPER)
    found = [found for digest in _by_digest(entries) if (found := import_named(digest))]
    return [one for one in reversed(found) if not one.why_not(by)]


def _by_digest(entries: Any) -> dict[str, list[Entry]]:
    """File digest -> its entries, oldest first."""
    files: dict[str, list[Entry]] = {}
    for entry in entries.order_by("seq"):
        if digest := json.loads(entry.body)["data"].get("file_sha256"):
            files.setdefault(digest, []).append(entry)
    return files


def import_named(sha256: str) -> ImportOnRecord | None:
    """What the register holds of a file by its digest; None when it knows no such file."""
    if not DIGEST.fullmatch(sha256):
        return None
    told = Entry.objects.filter(act__in=IMPORTED_ACTS, body__contains=f'"file_sha256":"{sha256}"')
    names = [entry.object.partition(":") for entry in told]
    at = told.order_by("-seq").values_list("at", flat=True).first()
    if at is None:
        return None

    def named(kind: str) -> list[str]:
        return [name for found, _, name in names if found == kind]

    return ImportOnRecord(
        sha256,
        at,
        tuple(Commitment.objects.filter(reference__in=named("commitment")).select_related("proposed_by")),
        tuple(
            ServiceTarget.objects.filter(reference__in=named("target")).select_related("proposed_by", "commitment")
        ),
        tuple(
            Measurement.objects.filter(uuid__in=named("measurement"))
            .select_related("submitted_by", "target__commitment")
            .prefetch_related("decisions")
        ),
    )


def take_back(found: ImportOnRecord, *, by: User) -> None:
    """Takes back every row of the file: one act, one entry, with the digest of the file."""
    with register.act("import.taken_back", f"import:{found.sha256}") as act:
        act.office = access.require_keeper(by)
        now = import_named(found.sha256)  # as it stands under the register's lock
        if now is None or (why_not := now.why_not(by)):
            raise WrongPerson(why_not) if now and why_not.startswith("Hanya") else WrongState(why_not if now else "")
        act.extra["file_sha256"] = found.sha256
        for measurement in now.measurements:
            decision = measurement.decide(act, by, Verdict.RETURNED, seen=measurement.fingerprint(), own_unit=True)
            act.touch(decision)
        for target in now.targets:
            target.close(act=act, by=account(by), reason=REASON)
        for commitment in now.commitments:
            commitment.close(act, by=account(by), reason=REASON)


@require_POST
def import_take_back(request: HttpRequest, sha256: str) -> HttpResponse:
    found, by = import_named(sha256), request.user
    if found is None or not isinstance(by, User):
        raise Http404
    try:
        take_back(found, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Impor ditarik: {len(found.rows)} baris, dalam satu catatan jejak.")
    return HttpResponseRedirect(reverse("admin:import-list"))
