"""Register entries as sentences for people, newest first, with a link to what each entry is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from commitments.formats import measured, short_date
from commitments.models import (
    Commitment,
    Evidence,
    Measurement,
    RecheckItem,
    RevisedField,
    ServiceTarget,
    StatedClock,
    TargetRevision,
)
from commitments.reports import office_names
from opd import clock
from opd.models import Entry, Registered, Unit, UnitChange
from opd.register import NUMBER_FIELD

ENTRIES_A_PAGE = 50
REFUSED_ACTS = ("revision.refused", "revision.taken_back", "unit_change.refused", "unit_change.taken_back")

ACT_SENTENCES: dict[str, Any] = {
    "demo": gettext_lazy("memulai register contoh"),
    "register.keyed": gettext_lazy("mencatat sidik kunci register"),
    "operator.named": gettext_lazy("menyebut penyelenggara register"),
    "witness.entered": gettext_lazy("mencatat saksi jejak"),
    "witness.vouched": gettext_lazy("mencocokkan kepala yang disimpan saksi"),
    "witness.ended": gettext_lazy("mengakhiri saksi jejak"),
    "unit.entered": gettext_lazy("mencatat unit"),
    "unit.corrected": gettext_lazy("membetulkan catatan unit"),
    "unit.renamed": gettext_lazy("mengganti nama unit"),
    "unit_change.proposed": gettext_lazy("mengusulkan perubahan unit"),
    "unit_change.confirmed": gettext_lazy("mengesahkan perubahan unit"),
    "unit_change.returned": gettext_lazy("mengembalikan usulan perubahan unit"),
    "unit_change.amended": gettext_lazy("memperbaiki usulan perubahan unit"),
    "unit_change.refused": gettext_lazy("menolak perubahan unit"),
    "unit_change.taken_back": gettext_lazy("menarik usulan perubahan unit"),
    "person.entered": gettext_lazy("mencatat pejabat"),
    "tenure.entered": gettext_lazy("mencatat masa jabatan"),
    "tenure.ended": gettext_lazy("mengakhiri masa jabatan"),
    "tenure.corrected": gettext_lazy("membetulkan sumber masa jabatan"),
    "person.corrected": gettext_lazy("membetulkan nama pejabat"),
    "membership.given": gettext_lazy("memberi tempat di unit"),
    "membership.ended": gettext_lazy("mengakhiri tempat di unit"),
    "staff_role.given": gettext_lazy("memberi peran"),
    "staff_role.ended": gettext_lazy("mengakhiri peran"),
    "account.switched_off": gettext_lazy("mematikan sebuah akun"),
    "grants.recorded": gettext_lazy("mencatat peran dan tempat yang sudah ada"),
    "memorandum.entered": gettext_lazy("mencatat kesepakatan"),
    "signature.entered": gettext_lazy("mencatat tanda tangan"),
    "signature.corrected": gettext_lazy("membetulkan sumber tanda tangan"),
    "signature.withdrawn": gettext_lazy("mencabut tanda tangan yang keliru tercatat"),
    "public_fact.entered": gettext_lazy("mencatat keterangan dari sumber"),
    "import.taken_back": gettext_lazy("menarik seluruh impor"),
    "assessment.entered": gettext_lazy("mencatat penilaian dari luar"),
    "assessment.withdrawn": gettext_lazy("mencabut penilaian yang keliru tercatat"),
    "training.entered": gettext_lazy("mencatat bimtek"),
    "training.attended": gettext_lazy("mencatat yang hadir di bimtek"),
    "training.withdrawn": gettext_lazy("mencabut bimtek yang keliru tercatat"),
    "commitment.proposed": gettext_lazy("mengusulkan komitmen"),
    "commitment.published": gettext_lazy("mengumumkan komitmen"),
    "commitment.returned": gettext_lazy("mengembalikan usulan komitmen"),
    "commitment.amended": gettext_lazy("memperbaiki usulan komitmen"),
    "commitment.refused": gettext_lazy("menolak usulan komitmen"),
    "commitment.withdrawn": gettext_lazy("menarik komitmen"),
    "commitment.acknowledged": gettext_lazy("menerima komitmen warisan"),
    "target.proposed": gettext_lazy("mengusulkan target"),
    "target.published": gettext_lazy("mengumumkan target"),
    "target.returned": gettext_lazy("mengembalikan usulan target"),
    "target.amended": gettext_lazy("memperbaiki usulan target"),
    "target.refused": gettext_lazy("menolak usulan target"),
    "target.withdrawn": gettext_lazy("menarik target"),
    "revision.proposed": gettext_lazy("mengusulkan perubahan target"),
    "revision.returned": gettext_lazy("mengembalikan usulan perubahan target"),
    "revision.amended": gettext_lazy("memperbaiki usulan perubahan target"),
    "revision.approved": gettext_lazy("menyetujui perubahan target"),
    "revision.refused": gettext_lazy("menolak perubahan target"),
    "revision.taken_back": gettext_lazy("menarik usulan perubahan target"),
    "measurement.submitted": gettext_lazy("mengirim hasil pengukuran"),
    "measurement.pulled_back": gettext_lazy("menarik kembali kirimannya"),
    "measurement.verified": gettext_lazy("memverifikasi hasil pengukuran"),
    "measurement.returned": gettext_lazy("mengembalikan hasil pengukuran"),
    "measurement.rejected": gettext_lazy("menolak hasil pengukuran"),
    "measurement.revoked": gettext_lazy("mencabut verifikasi"),
    "measurement.redacted": gettext_lazy("menghapus catatan berisi data pribadi"),
    "evidence.redacted": gettext_lazy("menghapus bukti berisi data pribadi"),
    "calendar.entered": gettext_lazy("mencatat kalender hari libur"),
    "calendar.approved": gettext_lazy("menyetujui kalender hari libur"),
    "calendar.refused": gettext_lazy("menolak kalender hari libur"),
    "recheck.drawn": gettext_lazy("mengundi"),
    "recheck.recorded": gettext_lazy("mencatat hasil"),
    "recheck.stands": gettext_lazy("menyatakan angkanya tetap"),
}


@dataclass(frozen=True)
class EntryLine:
    """One entry in words. `about` names its object; `href` is the page of the object, empty when none is public."""

    entry: Entry
    office: str
    act: str
    about: str
    href: str
    detail: str  # a value, a change or an outcome, as far as it is public
    words: str  # a reason or a finding as an office wrote it, in Indonesian

    @property
    def is_named(self) -> bool:
        """Whether `about` is a name that somebody gave; a recheck has only a number."""
        return not self.entry.object.startswith("recheck")


@dataclass(frozen=True)
class EntryPage:
    """One page of entries; `found`: how many of all `total` entries match the filter."""

    lines: tuple[EntryLine, ...]
    found: int
    total: int
    number: int  # of this page
    pages: int

    @property
    def newer(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def older(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def known_on(day: date) -> QuerySet[Entry]:
    """The entries up to the end of a day."""
    return Entry.objects.filter(at__lt=clock.end_of(day))


def entry_page(day: date, page: str = "", chosen: QuerySet[Entry] | None = None) -> EntryPage:
    """A page of the entries up to a day, or of the chosen ones. A wrong page number gives the nearest page."""
    total = known_on(day).aggregate(last=Max("seq"))["last"] or 0  # numbered without gaps
    found = total if chosen is None else chosen.count()
    pages = max(1, -(-found // ENTRIES_A_PAGE))
    number = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    start = (number - 1) * ENTRIES_A_PAGE
    if chosen is not None:  # find the numbers first, because sorting thousands of bodies is slow
        shown = Q(seq__in=chosen.order_by("-seq").values("seq")[start : start + ENTRIES_A_PAGE])
    else:  # by number, so that the oldest page is as quick as the newest
        shown = Q(seq__lte=total - start, seq__gt=total - start - ENTRIES_A_PAGE)
    entries = known_on(day).filter(shown).order_by("-seq")
    return EntryPage(tuple(lines(entries, day)), found, total, number, pages)


def of_unit(unit: Unit, day: date) -> tuple[EntryLine, ...]:
    """The newest entries about a unit, its people, its signature, what it owes and what it sent."""
    entries = known_on(day).filter(object__in=object_names_of_unit(unit, day)).order_by("-seq")
    return tuple(lines(entries[:ENTRIES_A_PAGE], day))


def object_names_of_unit(unit: Unit, day: date) -> set[str]:
    """Names in the register of a unit, its tenures, its signature, what it owes on a day and its submissions."""
    owed = Commitment.objects.owed_by(unit, day)
    changes = UnitChange.objects.filter(Q(predecessors=unit) | Q(successors=unit))
    named = [*unit.tenures.all(), *unit.signatures.all(), *unit.public_facts.all(), *unit.assessments.all(), *changes]
    return _object_names(unit, *named) | _names_of_owed(owed, ServiceTarget.objects.filter(commitment__in=owed))


def object_names_of_reference(reference: str) -> set[str]:
    """Names in the register of the commitment or target with this reference, and of what was sent for it."""
    commitments = Commitment.objects.filter(reference=reference.upper())
    targets = ServiceTarget.objects.filter(Q(reference=reference.upper()) | Q(commitment__in=commitments))
    return _names_of_owed(commitments, targets)


def _names_of_owed(commitments: QuerySet[Commitment], targets: QuerySet[ServiceTarget]) -> set[str]:
    """Names in the register of commitments and targets, their revisions, submissions and redacted evidence."""
    revisions = TargetRevision.objects.filter(target__in=targets)
    sent = Measurement.objects.filter(target__in=targets).exclude(submitted_at=None)
    evidence = Evidence.objects.filter(measurement__in=sent).exclude(redacted_at=None)
    return _object_names(*commitments, *targets, *revisions, *sent, *evidence)


def _object_names(*rows: Registered) -> set[str]:
    return {row.object_name for row in rows}


def act_name(act: str) -> str:
    """The act in words; its code when there are no words for it."""
    return str(ACT_SENTENCES.get(act, act))


def done_by(row: Registered, act: str, day: date) -> str:
    """The office that did this act to a row, in words; empty when nobody did."""
    actor = Entry.objects.filter(object=row.object_name, act=act).values_list("actor", flat=True).first()
    return office_names.in_words([actor], day)[actor] if actor else ""


def lines(entries: Iterable[Entry], day: date) -> Iterator[EntryLine]:
    """Entries as lines, with the names of units and offices on `day`."""
    rows = [(entry, json.loads(entry.body)["data"]) for entry in entries]
    offices = office_names.in_words((entry.actor for entry, _ in rows), day)
    links = ObjectLinks.of(rows, day)
    for entry, data in rows:
        link = links.link(entry.object, data)
        yield EntryLine(
            entry,
            office=numbered(offices[entry.actor], data.get(NUMBER_FIELD)),
            act=act_name(entry.act),
            about=link.name,
            href=link.href,
            detail=detail(entry, data, link),
            words=" ".join(filter(None, (words(entry, data), not_personal(data)))),
        )


def detail(entry: Entry, data: dict[str, Any], link: ObjectLink) -> str:
    """The end of the sentence: the submitted value, both values of a revision, or the result of a recheck."""
    row = _first(data, entry.act.partition(".")[0])
    if entry.act == "measurement.submitted":
        return measured(Decimal(row["value"]), link.unit_of_measure)
    if entry.act in ("membership.given", "membership.ended"):
        return numbered(str(office_names.UNIT_PLACES[row["role"]]), row["number"])
    if entry.act in ("staff_role.given", "staff_role.ended"):
        return numbered(str(office_names.STAFF_OFFICES[row["role"]]), row["number"])
    if entry.act == "recheck.recorded":
        return str(RecheckItem.Outcome(_first(data, "recheck_item")["outcome"]).label)
    if entry.act == "revision.amended":
        row = next(one for one in data["revision"] if one["id"] == entry.object.partition(":")[2])
    if entry.act.startswith("revision.") and row["field"] == RevisedField.CLOCK:
        return StatedClock.of_code(row["new"]).sentence
    if entry.act.startswith("calendar."):
        return str(_first(data, "calendar_year")["year"])
    if entry.act.startswith("revision.") and entry.act not in REFUSED_ACTS:
        old, new = (_in_words(row[side], row["field"], link.unit_of_measure) for side in ("old", "new"))
        return f"{RevisedField(row['field']).label} {old} → {new}"
    return ""


def words(entry: Entry, data: dict[str, Any]) -> str:
    """The public reason or finding of an entry, word for word."""
    row = _first(data, entry.act.partition(".")[0])
    if entry.act == "measurement.revoked":
        return next(iter(data["decision"]))["reason"] or ""
    if entry.act == "recheck.recorded":
        return str(_first(data, "recheck_item")["finding"])
    if entry.act == "calendar.refused":
        return str(_first(data, "calendar_year")["refusal_reason"])
    if entry.act in REFUSED_ACTS:
        return row["refusal_reason"] or ""
    if steps := data.get("proposal_step"):
        return str(steps[0]["reason"] or "")
    if entry.act == "recheck.stands":
        return str(_first(data, "recheck_item")["stands_reason"])
    return row.get("withdrawal_reason") or row.get("withdrawn_reason") or ""


def not_personal(data: dict[str, Any]) -> str:
    """Why what looks like personal data is none, as whoever made it public wrote it."""
    reason = data.get("not_personal")
    return f"Menurutnya bukan data pribadi: {reason}" if reason else ""


def numbered(office: str, number: int | None) -> str:
    """An office in words, with the number of the account that holds it where the register tells one."""
    return gettext("%(office)s no. %(number)s") % {"office": office, "number": number} if number else office


def _first(data: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(iter(data.get(kind, [])), {})


def _in_words(value: str, field: str, unit_of_measure: str) -> str:
    if field == RevisedField.DUE:
        return short_date(date.fromisoformat(value))
    return measured(Decimal(value), unit_of_measure)


@dataclass(frozen=True)
class ObjectLink:
    """What an entry is about: its name in words, its page, and the unit of measure of a target."""

    name: str
    href: str = ""
    unit_of_measure: str = ""


@dataclass(frozen=True)
class ObjectLinks:
    """Names and pages of the objects of some entries; four queries for any number of entries."""

    units: dict[str, str]  # code -> short name
    commitments: dict[str, str]  # reference -> title, of those announced by that day
    targets: dict[str, tuple[str, str]]  # reference -> service and unit of measure, likewise
    target_of: dict[str, str]  # measurement UUID -> reference of its target

    @classmethod
    def of(cls, rows: Iterable[tuple[Entry, dict[str, Any]]], day: date) -> ObjectLinks:
        measurements, named = set(), set()
        for entry, data in rows:
            kind, _, name = entry.object.partition(":")
            row = _first(data, kind)
            measurements |= {name} if kind == "measurement" else set()
            measurements |= {row["measurement"] for row in data.get("evidence", [])}
            named |= {name, row.get("target", ""), row.get("unit") or "", *row.get("predecessors", [])[:1]}
        sent = Measurement.objects.filter(uuid__in=measurements)
        target_of = {str(row[0]): row[1] for row in sent.values_list("uuid", "target__reference")}
        commitments = Commitment.objects.published_on(day).filter(reference__in=named)
        targets = ServiceTarget.objects.published_on(day).filter(reference__in={*named, *target_of.values()})
        return cls(
            units={unit.code: str(unit) for unit in Unit.objects.with_names(day).filter(code__in=named)},
            commitments=dict(commitments.values_list("reference", "title")),
            targets={row[0]: row[1:] for row in targets.values_list("reference", "service", "unit_of_measure")},
            target_of=target_of,
        )

    def link(self, name: str, data: dict[str, Any]) -> ObjectLink:
        """The link of an object by its name in the register; without a page while the object is not public."""
        kind, _, key = name.partition(":")
        row = _first(data, kind)
        if kind == "measurement":
            return self._target(self.target_of.get(key, ""))
        if kind == "evidence":
            return self._target(self.target_of.get(row.get("measurement", ""), ""))
        if kind == "revision":
            return self._target(row.get("target", ""))
        if kind == "target":
            return self._target(key)
        if kind == "commitment":
            title = self.commitments.get(key)
            return ObjectLink(f"{title}, {key}", reverse("commitment", args=[key])) if title else ObjectLink(key)
        if kind == "unit":
            return self._unit(key)
        if kind.startswith("recheck"):
            number = row.get("recheck", key)
            return ObjectLink(
                gettext("uji petik ke-%(number)s") % {"number": number}, reverse("recheck", args=[number])
            )
        if kind == "unit_change":
            return self._unit(next(iter(row.get("predecessors", [])), ""))
        if kind in ("membership", "staff_role") and len(data.get("membership", ())) != 1:
            return ObjectLink("")  # of several places, or of the secretariat
        if kind == "assessment":
            return ObjectLink(f"{row['scheme']}, {row['year']}", reverse("mirror"))
        if kind == "training":
            return ObjectLink(row["title"], f"{reverse('training-list')}#h-{row['held_on']}")
        if row.get("unit"):  # a tenure, a signature, a public fact
            return self._unit(row["unit"])
        if kind in ("memorandum", "signature"):
            return ObjectLink(row.get("title") or row.get("printed_name") or "", reverse("agreement"))
        return ObjectLink(row.get("name", ""))

    def _target(self, reference: str) -> ObjectLink:
        if reference not in self.targets:
            return ObjectLink(reference)
        service, unit_of_measure = self.targets[reference]
        return ObjectLink(f"{service}, {reference}", reverse("target", args=[reference]), unit_of_measure)

    def _unit(self, code: str) -> ObjectLink:
        return ObjectLink(self.units.get(code, code), reverse("unit", args=[code]) if code in self.units else "")
