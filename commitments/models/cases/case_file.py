"""Case files: what was computed from one, and nothing else of it; the bytes received are not kept."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.urls import reverse

from commitments.cases import durations as arithmetic
from commitments.cases.case_rows import EXCLUSIONS, CasePeriod
from commitments.cases.columns import CaseColumns
from commitments.cases.intake import read_file
from commitments.cases.questions import ASKED, TOO_FEW, FileQuestion, seen_before, sent_elsewhere, volume
from commitments.cases.reading import Order
from commitments.cases.typed_series import PutQuestion
from commitments.models.cases.calendar import calendar_on_record
from commitments.models.cases.stated_clock import ClockUnit, StatedClock
from commitments.models.decision import MeasurementState
from commitments.models.measurement import Measurement
from commitments.models.proposal import account
from commitments.models.target import ServiceTarget
from commitments.models.values import Statistic, value_field
from opd import access, clock
from opd.errors import BadFact, WrongState
from opd.models import Registered
from opd.register.canonical import canonical
from opd.register.triggers import Guard

FEWEST_CASES_SHOWN = 5  # below, the list of durations would show single people
CASE_DRAFTS_KEPT_FOR = timedelta(days=7)
DIGEST_LETTERS = 32
SENT_BEFORE = "Berkas yang sama persis sudah dikirim untuk target ini. Koreksi memerlukan berkas baru yang lengkap."
COUNTED_STATISTICS = (Statistic.MEDIAN, Statistic.MEAN, Statistic.P90, Statistic.SHARE)


class CaseFileQuerySet(models.QuerySet["CaseFile"]):
    """Questions about the case files of targets."""

    def sent(self) -> CaseFileQuerySet:
        return self.filter(measurement__submitted_at__isnull=False)

    def outside_chain(self, target: ServiceTarget, base: Measurement | None) -> CaseFileQuerySet:
        """The files sent for a target, without those of the chain that is being corrected."""
        found = self.sent().filter(target=target)
        return found.exclude(measurement__chain=base.chain) if base else found


class CaseFile(Registered):
    """What the register computed from the case file of one measurement.

    Until it belongs to a submitted measurement it is a draft that only its unit sees.
    """

    kind = "case_file"
    guard = Guard(
        draft="({row}.measurement_id IS NULL OR EXISTS (SELECT 1 FROM commitments_measurement m"
        " WHERE m.id = {row}.measurement_id AND m.submitted_at IS NULL))",
        fixed=("target_id",),
    )
    related = ("measurement", "target", "kept_by")

    target = models.ForeignKey(ServiceTarget, models.PROTECT, related_name="case_files", verbose_name="target")
    measurement = models.OneToOneField(
        Measurement, models.PROTECT, null=True, blank=True, related_name="case_file", verbose_name="realisasi"
    )
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="penerima")
    kept_at = models.DateTimeField("diterima")
    period_start = models.DateField("awal periode")
    period_end = models.DateField("akhir periode")
    unit = models.CharField("satuan jam", max_length=10, choices=ClockUnit, blank=True)
    statistic = models.CharField("statistik", max_length=10, choices=Statistic)
    limit = value_field("batas", null=True, blank=True)
    value = value_field("nilai yang dihitung")
    median = value_field("median", null=True, blank=True)
    p90 = value_field("persentil 90", null=True, blank=True)
    slowest = value_field("yang paling lama", null=True, blank=True)
    rows = models.PositiveIntegerField("baris")
    n = models.PositiveIntegerField("yang dihitung")
    open_cases = models.PositiveIntegerField("belum selesai", default=0)
    oldest_open_days = models.PositiveIntegerField("umur yang tertua (hari)", null=True, blank=True)
    excluded_outside = models.PositiveIntegerField("di luar periode", default=0)
    excluded_duplicate = models.PositiveIntegerField("rangkap", default=0)
    excluded_reversed = models.PositiveIntegerField("jam terbalik", default=0)
    excluded_unreadable = models.PositiveIntegerField("tidak terbaca", default=0)
    excluded_contradicting = models.PositiveIntegerField("bertentangan", default=0)
    excluded_unanswered = models.PositiveIntegerField("tanpa ya atau tidak", default=0)
    durations = models.TextField("lamanya, terurut", blank=True)
    case_digests = models.TextField("sidik kasus", blank=True)
    received_sha256 = models.CharField("SHA-256 berkas yang diterima", max_length=64, db_index=True)
    calendar_sha256 = models.CharField("SHA-256 kalender", max_length=64, blank=True)
    questions_text = models.TextField("pertanyaan", blank=True)

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = "berkas kasus"
        verbose_name_plural = "berkas kasus"
        constraints = (
            models.CheckConstraint(condition=Q(n__gte=1), name="case_file_counts_at_least_one_case"),
            models.CheckConstraint(
                condition=Q(n__gte=FEWEST_CASES_SHOWN) | Q(durations=""),
                name="case_file_shows_no_single_people",
            ),
        )

    def __str__(self) -> str:
        return f"Berkas kasus {self.target.reference} · {self.period_end}"

    def get_absolute_url(self) -> str:
        return reverse("case-file", args=[self.uuid])

    @property
    def in_register(self) -> bool:
        return self.measurement is not None and self.measurement.submitted_at is not None

    @property
    def durations_sha256(self) -> str | None:
        """SHA-256 (hex) of the public list of durations; None below five cases."""
        return hashlib.sha256(self.durations.encode()).hexdigest() if self.durations else None

    @property
    def excluded(self) -> dict[str, int]:
        """How many rows were left out, by the code of the reason."""
        return {code: getattr(self, f"excluded_{code}") for code in EXCLUSIONS}

    @property
    def excluded_cases(self) -> int:
        return sum(self.excluded.values())

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Every question with its state, sentence, rule and figures."""
        found: list[dict[str, Any]] = json.loads(self.questions_text or "[]")
        return found

    @property
    def exclusions(self) -> Iterator[tuple[str, int]]:
        """Why rows were left out, in words, and how many."""
        for code, label in EXCLUSIONS.items():
            if self.excluded.get(code):
                yield label, self.excluded[code]

    @property
    def unit_words(self) -> str:
        """The unit of the durations: of a share that is not the unit of its value."""
        return ClockUnit(self.unit).unit_of_measure if self.unit else ""

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [one for one in self.questions if one["state"] == ASKED]

    @property
    def too_few(self) -> list[dict[str, Any]]:
        return [one for one in self.questions if one["state"] == TOO_FEW]

    @property
    def values(self) -> list[int]:
        """The sorted durations, in minutes or days; ones and zeros of a yes/no column."""
        return [int(line) for line in self.durations.splitlines()[1:]]

    def public_row(self) -> dict[str, Any]:
        return {
            "target": self.target.reference,
            "measurement": self.measurement.uuid if self.measurement else None,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "unit": self.unit,
            "statistic": self.statistic,
            "limit": self.limit,
            "value": self.value,
            "median": self.median,
            "p90": self.p90,
            "slowest": self.slowest,
            "rows": self.rows,
            "n": self.n,
            "open_cases": self.open_cases,
            "oldest_open_days": self.oldest_open_days,
            "excluded_outside": self.excluded_outside,
            "excluded_duplicate": self.excluded_duplicate,
            "excluded_reversed": self.excluded_reversed,
            "excluded_unreadable": self.excluded_unreadable,
            "excluded_contradicting": self.excluded_contradicting,
            "excluded_unanswered": self.excluded_unanswered,
            "durations_sha256": self.durations_sha256,
            "received_sha256": self.received_sha256,
            "cases_sha256": hashlib.sha256(self.case_digests.encode()).hexdigest() if self.case_digests else None,
            "calendar_sha256": self.calendar_sha256 or None,
            "too_few": sorted(one["code"] for one in self.too_few),
        }

    def private_row(self) -> dict[str, str | None]:
        return {
            "kept_by": self.kept_by.get_username(),
            "kept_at": str(self.kept_at.timestamp()),
            "questions": self.questions_text or None,
        }

    @classmethod
    def receive(
        cls,
        *,
        by: access.Actor,
        target: ServiceTarget,
        period: CasePeriod,
        content: bytes,
        columns: CaseColumns | None = None,
        base: Measurement | None = None,
        on_behalf: bool = False,
    ) -> tuple[CaseFile | None, dict[str, Any]]:
        """Computes what a file says, and keeps that as a draft. None, and why, when it cannot be computed yet.

        `base` is the version that it corrects. Of the bytes nothing is kept but their digest.
        """
        if on_behalf:
            access.require_voice(by, target.unit, on_behalf=True)
        else:
            access.require_member(by, target.unit)
        received_sha256 = hashlib.sha256(content).hexdigest()
        if cls._is_sent(target, received_sha256, base):
            return None, {"problem": SENT_BEFORE}
        order = order_for(target, period, columns)
        found = read_file(order, content)
        if "value" not in found:
            return None, found
        row = cls(
            target=target,
            kept_by=account(by),
            kept_at=clock.now(),
            period_start=period.start,
            period_end=period.end,
            unit=order.unit,
            statistic=order.statistic,
            limit=Decimal(str(order.limit.numerator)) / order.limit.denominator if order.limit is not None else None,
            received_sha256=received_sha256,
            calendar_sha256=calendar_on_record().digest if order.unit == ClockUnit.WORKING else "",
        )
        row._take(found, base)
        row.add()
        return row, found

    def _take(self, found: dict[str, Any], base: Measurement | None) -> None:
        """Takes over what was computed, and asks what only the register can ask."""
        self.value = Decimal(found["value"])
        for name in ("median", "p90", "slowest"):
            setattr(self, name, Decimal(found[name]) if found[name] else None)
        for name in ("rows", "n", "open_cases", "oldest_open_days"):
            setattr(self, name, found[name])
        for code, number in found["excluded"].items():
            setattr(self, f"excluded_{code}", number)
        if self.n >= FEWEST_CASES_SHOWN:
            self.durations = as_public_list(self.unit, found["durations"])
        digests = sorted({case_digest(self.target, *case) for case in found.pop("cases")})
        self.case_digests = "\n".join(digests)
        asked = [*found["questions"], *(one.for_store() for one in self._questions(set(digests), base))]
        self.questions_text = canonical(asked)

    def _questions(self, digests: set[str], base: Measurement | None) -> Iterable[FileQuestion]:
        others = CaseFile.objects.outside_chain(self.target, base)
        again: set[str] = set()
        for known in others.exclude(case_digests="").values_list("case_digests", flat=True).iterator():
            again |= digests.intersection(known.split("\n"))
        yield seen_before(len(again), len(digests))
        elsewhere = CaseFile.objects.sent().exclude(target=self.target).filter(received_sha256=self.received_sha256)
        yield sent_elsewhere(elsewhere.values_list("target__reference", flat=True).first() or "")
        earlier = others.filter(period_end__lt=self.period_start).order_by("-period_end", "-pk")[:3]
        yield volume(
            self.n,
            (self.period_end - self.period_start).days + 1,
            [(one.n, (one.period_end - one.period_start).days + 1) for one in earlier],
        )

    def put_questions(self) -> list[PutQuestion]:
        return [PutQuestion(one["code"], one["text"], one["rule"]) for one in self.asked]

    def belong_to(self, row: Measurement) -> None:
        """Ties this draft to the draft of its measurement; part of making that one."""
        if self.measurement_id or self.target_id != row.target_id:
            raise WrongState("Berkas kasus ini sudah dipakai. Pilih berkasnya sekali lagi.")
        self.measurement = row
        self.save(update_fields=["measurement"])
        row.case_file = self

    def set_free(self) -> None:
        """The draft of its measurement is discarded; the figures wait for the next one."""
        self.measurement = None
        self.save(update_fields=["measurement"])

    def must_be_new(self) -> None:
        """Refuses the same bytes for the same target again."""
        base = self.measurement.supersedes if self.measurement else None
        if self._is_sent(self.target, self.received_sha256, base):
            raise BadFact(SENT_BEFORE)

    @classmethod
    def _is_sent(cls, target: ServiceTarget, received_sha256: str, base: Measurement | None) -> bool:
        """Whether these bytes were sent for this target; not those that a correction answers a return with."""
        same = cls.objects.sent().filter(target=target, received_sha256=received_sha256)
        if base and base.state == MeasurementState.RETURNED:
            same = same.exclude(measurement__chain=base.chain)
        return same.exists()

    def facts(self) -> dict[str, Any]:
        """The columns of the measurement that nobody types."""
        return {
            "value": self.value,
            "n": self.n,
            "period_start": self.period_start,
            "period_end": self.period_end,
        }


def why_no_case_file(target: ServiceTarget) -> str:
    """The sentence why a case file cannot be sent for a target; "" when it can."""
    if target.statistic not in COUNTED_STATISTICS:
        return "Angka target ini tidak dihitung dari kasus."
    if target.clock is None and (target.statistic != Statistic.SHARE or target.family == "cepat"):
        return "Jam target ini belum dijelaskan. Usulkan dahulu jamnya, sesudah itu kirim berkas kasusnya."
    return ""


def order_for(target: ServiceTarget, period: CasePeriod, columns: CaseColumns | None = None) -> Order:
    """What is asked of a case file of this target. BadFact when none can be sent."""
    if why := why_no_case_file(target):
        raise BadFact(why)
    stated: StatedClock | None = target.clock
    on_record = calendar_on_record()
    return Order(
        unit=stated.unit if stated else "",
        statistic=target.statistic,
        period=period,
        limit=Fraction(stated.limit) if stated and stated.limit is not None else None,
        target=Fraction(target.in_force()["target_value"]) if target.statistic != Statistic.SHARE else None,
        has_pauses=bool(stated and stated.pauses),
        columns=columns,
        holidays=on_record.days,
        years=on_record.years,
    )


def case_digest(target: ServiceTarget, day: str, ticket: str) -> str:
    """The digest of one case: nobody without the key can tell which case it is."""
    told = f"{target.reference}|{date.fromisoformat(day).isoformat()}|{ticket}"
    return hmac.new(settings.REGISTER_KEY.encode(), told.encode(), hashlib.sha256).hexdigest()[:DIGEST_LETTERS]


def as_public_list(unit: str, values: Iterable[int]) -> str:
    """The sorted durations as the public file: a heading, then one number a line."""
    heading = {"": "yes", arithmetic.CALENDAR: "days", arithmetic.WORKING: "days"}.get(unit, "minutes")
    return "\n".join([heading, *map(str, values), ""])


class CaseMapping(models.Model):
    """Which column is which in the case files of a target: private to its unit, no word of a file in it."""

    target = models.OneToOneField(ServiceTarget, models.CASCADE, related_name="case_mapping")
    columns = models.JSONField("kolom")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = "kolom berkas kasus"
        verbose_name_plural = "kolom berkas kasus"

    def __str__(self) -> str:
        return self.target.reference
