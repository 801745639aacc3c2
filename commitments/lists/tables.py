"""Tables of the lists: their columns, how to sort by each, and the value of each in a file.

The page has its own row template, because drawing with the library takes about a millisecond a row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import itemgetter
from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableListData
from django_tables2.utils import Accessor, OrderBy

from commitments.formats import rung_name
from commitments.ladder import Flag
from commitments.ladder.answers import Answer
from opd.models.unit import UnitKind


class SortedRows(TableListData):
    """The rows of a table in the chosen order; rows without a value come last in both directions."""

    data: list[Any]

    def order_by(self, aliases: Iterable[str]) -> None:
        for alias in aliases:
            key = self.table.columns[OrderBy(alias).bare].column.key
            keyed = [(key.resolve(row), row) for row in self.data]
            known = [pair for pair in keyed if pair[0] is not None]
            known.sort(key=itemgetter(0), reverse=OrderBy(alias).is_descending)
            self.data = [row for _, row in known] + [row for value, row in keyed if value is None]


class ListColumn(tables.Column):
    """A column. `shown`: on the page, with `heading` if that is not the label; files have all. `key`: to sort by."""

    def __init__(
        self, label: Any, accessor: str, *, shown: bool = False, heading: Any = "", key: str = "", **options: Any
    ) -> None:
        super().__init__(verbose_name=label, accessor=accessor, default=None, **options)
        self.key = Accessor(key or accessor)
        self.shown, self.heading = shown, heading


class NumberColumn(ListColumn):
    """A column of numbers, on the right; a first click sorts the largest first."""

    def __init__(self, label: Any, accessor: str, **options: Any) -> None:
        super().__init__(label, accessor, initial_sort_descending=True, **options)


class UnsortedColumn(ListColumn):
    """A column that cannot be sorted by; in files only, unless `shown`."""

    def __init__(self, label: Any, accessor: str, **options: Any) -> None:
        super().__init__(label, accessor, orderable=False, **options)


class ListTable(tables.Table):
    """The base of the tables. `orders`: (value, label) of the orders that the page offers, the usual one first."""

    orders: ClassVar[tuple[tuple[str, Any], ...]]

    def __init__(self, rows: list[Any], order: str) -> None:
        super().__init__(SortedRows(list(rows)), order_by=order)

    def put_first(self, codes: Collection[str]) -> None:
        """Rows of these units before the others."""
        if codes:
            self.data.data.sort(key=lambda row: row.code not in codes)

    @classmethod
    def known_orders(cls) -> list[str]:
        names = [name for name, column in cls.base_columns.items() if column.orderable is not False]
        return [*names, *(f"-{name}" for name in names)]

    @classmethod
    def usual_order(cls) -> str:
        return cls.orders[0][0]

    def value_rung(self, value: Any) -> str:
        return rung_name(value)

    def value_rung_diakui(self, value: Any) -> str:
        return rung_name(value)

    def value_menunggu(self, value: bool) -> str:
        return gettext("ya") if value else gettext("tidak")

    def value_tanda(self, value: list[Flag]) -> str:
        return ", ".join(str(flag.label) for flag in value)


class UnitTable(ListTable):
    orders = (
        ("jenis", _("jenis unit")),
        ("unit", _("nama, A sampai Z")),
        ("-rung", _("anak tangga tertinggi")),
        ("rung", _("anak tangga terendah")),
        ("-jarak", _("kemajuan terkecil")),
        ("-geser", _("tenggat paling mundur")),
        ("-diam", _("paling lama tanpa kabar")),
        ("-membaik", _("target membaik terbanyak")),
        ("-target", _("target terbanyak")),
    )

    kode = UnsortedColumn(_("Kode"), "code")
    unit = ListColumn(_("Unit"), "name", shown=True, key="sorted_name")
    singkatan = UnsortedColumn(_("Nama singkat"), "short_name")
    jenis = ListColumn(_("Jenis"), "unit__unit_kind", key="group_number")
    penanda = UnsortedColumn(_("Penanda tangan 2017"), "signed")
    jawaban = UnsortedColumn(_("Melewati seremoni?"), "answer")
    rung = NumberColumn(_("Anak tangga"), "rung", shown=True)
    rung_diakui = UnsortedColumn(_("Anak tangga yang diakui"), "rung_claimed")
    target = NumberColumn(_("Target"), "live")
    membaik = NumberColumn(_("Target membaik"), "improving", shown=True)
    jarak = NumberColumn(_("Kemajuan terkecil"), "progress", shown=True, heading=_("Kemajuan"), key="gap")
    geser = NumberColumn(_("Tenggat mundur"), "slip_days", shown=True)
    diam = NumberColumn(_("Tanpa kabar"), "quiet_days", shown=True)
    kabar = UnsortedColumn(_("Kabar terakhir"), "heard_on")
    menunggu = UnsortedColumn(_("Menunggu sekretariat"), "waiting")
    tanda = UnsortedColumn(_("Tanda"), "flags")

    def value_jenis(self, value: str) -> str:
        return str(UnitKind(value).label)

    def value_jawaban(self, value: Answer) -> str:
        return str(value.label)

    def value_penanda(self, value: bool) -> str:
        return gettext("ya") if value else gettext("tidak")


class CommitmentTable(ListTable):
    orders = (
        ("komitmen", _("nomor komitmen")),
        ("layanan", _("nama layanan, A sampai Z")),
        ("unit", _("nama unit, A sampai Z")),
        ("-rung", _("anak tangga tertinggi")),
        ("rung", _("anak tangga terendah")),
        ("-jarak", _("kemajuan terkecil")),
        ("jarak", _("kemajuan terbesar")),
        ("sekarang", _("nilai sekarang, satuan demi satuan")),
        ("-geser", _("tenggat paling mundur")),
        ("tenggat", _("tenggat terdekat")),
        ("-diam", _("paling lama tanpa kabar")),
    )

    komitmen = ListColumn(_("Komitmen"), "commitment")
    judul = UnsortedColumn(_("Judul komitmen"), "title")
    nomor = UnsortedColumn(_("Nomor target"), "row__target_reference")
    layanan = ListColumn(_("Layanan"), "service", shown=True, key="sorted_service")
    unit = ListColumn(_("Unit"), "owner", key="sorted_owner")
    dimensi = ListColumn(_("Dimensi"), "dimension")
    rumpun = ListColumn(_("Rumpun"), "family")
    rung = NumberColumn(_("Anak tangga"), "rung", shown=True)
    rung_diakui = UnsortedColumn(_("Anak tangga yang diakui"), "rung_claimed")
    awal = UnsortedColumn(_("Nilai awal"), "baseline")
    sekarang = ListColumn(_("Sekarang"), "value", shown=True, heading=_("Nilai awal → sekarang"), key="sorted_value")
    target = UnsortedColumn(_("Target"), "target_value")
    satuan = UnsortedColumn(_("Satuan"), "unit_of_measure")
    jarak = NumberColumn(_("Kemajuan"), "progress", shown=True, key="gap")
    kurang = UnsortedColumn(_("Kurangnya"), "missing")
    tenggat = ListColumn(_("Tenggat"), "due_on", shown=True)
    semula = UnsortedColumn(_("Tenggat semula"), "original_due_on")
    geser = NumberColumn(_("Tenggat mundur, hari"), "slip_days")
    diam = NumberColumn(_("Tanpa kabar"), "quiet_days", shown=True)
    kabar = UnsortedColumn(_("Kabar terakhir"), "heard_on")
    menunggu = UnsortedColumn(_("Menunggu sekretariat"), "waiting")
    tanda = UnsortedColumn(_("Tanda"), "flags")
    ditarik = UnsortedColumn(_("Ditarik"), "withdrawn_on")
