"""Units, their names on a day, and what became of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, Self

from django.contrib.auth.models import User
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from opd import access, clock, register, texts
from opd.errors import BadFact
from opd.register.registered import Certainty, Registered
from opd.register.triggers import Guard

if TYPE_CHECKING:
    from opd.models.unit_change import UnitChange


class UnitKind(models.TextChoices):
    SECRETARIAT = "sekretariat", _("Sekretariat")
    INSPECTORATE = "inspektorat", _("Inspektorat")
    DINAS = "dinas", _("Dinas")
    BADAN = "badan", _("Badan")
    SATPOL = "satpol", _("Satuan Polisi Pamong Praja")
    HOSPITAL = "rsud", _("Rumah sakit")
    BAGIAN = "bagian", _("Bagian Setda")
    KECAMATAN = "kecamatan", _("Kecamatan")
    BUMD = "bumd", _("BUMD")


def holding_on(day: date, of: str = "") -> Q:
    """A condition: rows with `from_on`/`until_on` that are in force on a day; `of`: the way to them, such as
    `assignments__`.

    `until_on` is the first day on which they no longer are.
    """
    begun = Q((f"{of}from_on", None)) | Q((f"{of}from_on__lte", day))
    return begun & (Q((f"{of}until_on", None)) | Q((f"{of}until_on__gt", day)))


class DatedRow(Protocol):
    @property
    def from_on(self) -> date | None: ...
    @property
    def until_on(self) -> date | None: ...


def has_begun(row: DatedRow, day: date) -> bool:
    return row.from_on is None or row.from_on <= day


def has_ended(row: DatedRow, day: date) -> bool:
    return row.until_on is not None and row.until_on <= day


def holds(row: DatedRow, day: date) -> bool:
    """`holding_on` for a row at hand."""
    return has_begun(row, day) and not has_ended(row, day)


class UnitQuerySet(models.QuerySet["Unit"]):
    def with_names(self, day: date) -> Self:
        """Annotates `name` and `short_name` as they were on a day."""
        then = UnitName.objects.filter(holding_on(day), unit=OuterRef("pk")).order_by("-from_on", "-pk")
        return self.annotate(
            name=Subquery(then.values("name")[:1]), short_name=Subquery(then.values("short_name")[:1])
        )

    def standing_on(self, day: date) -> Self:
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day))

    def owned_by(self, user: User) -> Self:
        """The units whose workspace a user may enter today."""
        if not user.is_active:
            return self.none()
        served = user.memberships.filter(holding_on(clock.today()), role__in=(access.HEAD_ROLE, access.OPERATOR_ROLE))
        return self.filter(pk__in=served.values("unit_id"))


class Unit(Registered):
    """A city office. It keeps its code for ever; its names, heads and assignments are dated facts in other tables."""

    kind = "unit"
    guard = Guard(
        editable=(
            "unit_kind",
            "parent_id",
            "official_code",
            "tile_row",
            "tile_col",
            "website",
            "whatsapp",
            "valid_from",
            "valid_until",
            "source",
            "certainty",
            "note",
            "head_title",
        )
    )
    related = ("parent",)

    code = models.SlugField("kode", max_length=40, unique=True)
    unit_kind = models.CharField("jenis", max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="induk"
    )
    official_code = texts.CharField("kode resmi", max_length=20, blank=True)
    head_title = texts.CharField("sebutan kepala", max_length=160, blank=True, help_text="Tampil untuk publik.")
    tile_row = models.PositiveSmallIntegerField("baris ubin peta", null=True, blank=True)
    tile_col = models.PositiveSmallIntegerField("kolom ubin peta", null=True, blank=True)
    website = texts.URLField("situs", blank=True, help_text="Tampil untuk publik.")
    whatsapp = texts.CharField(
        "nomor WhatsApp",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^62\d{8,13}$", "Tulis nomor dengan awalan 62, angka saja.")],
        help_text="Tidak pernah tampil untuk publik.",
    )
    valid_from = models.DateField("ada sejak", null=True, blank=True)
    valid_until = models.DateField("tidak ada lagi sejak", null=True, blank=True)
    source = texts.TextField("sumber", blank=True, shortest=2, help_text="Tampil untuk publik.")
    certainty = models.CharField("kepastian", max_length=20, choices=Certainty, help_text="Tampil untuk publik.")
    note = texts.TextField("catatan sumber", blank=True, help_text="Tampil untuk publik.")

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("code",)
        verbose_name = "unit"
        verbose_name_plural = "unit"
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="unit_ends_after_it_begins",
                violation_error_message="Tanggal berakhir harus sesudah tanggal mulai.",
            ),
            models.UniqueConstraint(
                fields=("tile_row", "tile_col"),
                name="unit_alone_on_its_tile",
                violation_error_message="Ubin peta ini sudah ditempati.",
            ),
        )

    def __str__(self) -> str:
        return self.short_name or self.code

    def get_absolute_url(self) -> str:
        return reverse("unit", args=[self.code])

    @property
    def public_name(self) -> str:
        return self.code

    @cached_property
    def name(self) -> str:
        return self._name_today("name")

    @cached_property
    def short_name(self) -> str:
        return self._name_today("short_name")

    def has_ended_by(self, day: date) -> bool:
        return self.valid_until is not None and self.valid_until <= day

    def _name_today(self, column: str) -> str:
        names = self.names.filter(holding_on(clock.today())).order_by("-from_on", "-pk")
        return names.values_list(column, flat=True).first() or self.code

    def public_row(self) -> dict[str, Any]:
        return {
            "kind": self.unit_kind,
            "parent": self.parent.code if self.parent else None,
            "official_code": self.official_code,
            "head_title": self.head_title,
            "tile_row": self.tile_row,
            "tile_col": self.tile_col,
            "website": self.website,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "source": self.source,
            "certainty": self.certainty,
            "note": self.note,
        }

    def private_row(self) -> dict[str, str | None]:
        return {"whatsapp": self.whatsapp or None}

    @classmethod
    def enter(cls, *, by: access.Actor, name: str, short_name: str, legal_basis: str = "", **facts: Any) -> Unit:
        """Records a unit with its first name. `facts` are the unit's own columns."""
        with register.act("unit.entered", "unit") as act:
            act.office = access.require_keeper(by)
            unit = cls(**facts)
            unit.add()
            act.subject = unit.object_name
            first = UnitName.objects.create(unit=unit, name=name, short_name=short_name, legal_basis=legal_basis)
            act.touch(unit, first)
        return unit

    def correct(self, *, by: access.Actor, seen: str, **facts: Any) -> None:
        """Corrects the unit's own columns (not its code, not its names)."""
        with register.act("unit.corrected", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            if unknown := set(facts) - set(self.guard.editable) - {"parent"}:
                raise BadFact(f"Tidak dapat dikoreksi dari sini: {', '.join(sorted(unknown))}.")
            for column, value in facts.items():
                setattr(self, column, value)
            self.full_clean()
            self.save()
            act.touch(self)

    def rename(
        self, *, by: access.Actor, seen: str, name: str, short_name: str, on: date, legal_basis: str
    ) -> UnitChange:
        """Gives the unit a new name from a day on; the old one stays true before that day."""
        with register.act("unit.renamed", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            old = self.names.get(until_on=None)
            if old.from_on and old.from_on >= on:
                raise BadFact(f"Nama yang berlaku sekarang baru dipakai sejak {old.from_on}; pilih hari sesudahnya.")
            old.until_on = on
            old.save(update_fields=["until_on"])
            new = UnitName.objects.create(
                unit=self, name=name, short_name=short_name, from_on=on, legal_basis=legal_basis
            )
            change = self.changes_from.create(
                change="renamed",
                on=on,
                legal_basis=legal_basis,
                proposed_at=act.at,
                proposed_by=by if isinstance(by, User) else None,
                confirmed_at=act.at,
            )
            change.successors.add(self)
            self.__dict__.pop("name", None)
            self.__dict__.pop("short_name", None)
            act.touch(self, old, new, change)
        return change


class UnitName(Registered):
    """What a unit was called from a day until another."""

    kind = "unit_name"
    guard = Guard(stamps=("until_on",))
    related = ("unit",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="names", verbose_name="unit")
    name = texts.CharField("nama", max_length=200, help_text="Tampil untuk publik.")
    short_name = texts.CharField("nama singkat", max_length=60, help_text="Tampil untuk publik.")
    from_on = models.DateField("sejak", null=True, blank=True, help_text="Kosong: sejak sebelum register ini.")
    until_on = models.DateField("sampai (tidak termasuk)", null=True, blank=True)
    legal_basis = texts.CharField("dasar hukum", max_length=300, blank=True, help_text="Tampil untuk publik.")

    class Meta:
        verbose_name = "nama unit"
        verbose_name_plural = "nama unit"
        constraints = (
            models.UniqueConstraint(
                fields=("unit",), condition=Q(until_on=None), name="unit_name_one_current_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gt=F("from_on")),
                name="unit_name_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def public_row(self) -> dict[str, Any]:
        return {
            "unit": self.unit.code,
            "name": self.name,
            "short_name": self.short_name,
            "from": self.from_on,
            "until": self.until_on,
            "legal_basis": self.legal_basis,
        }
