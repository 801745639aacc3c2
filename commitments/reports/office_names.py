"""Names of the offices in the register, in words for a reader: `kepala:dinkes` becomes "kepala Dinkes"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext, gettext_lazy

from opd import access
from opd.models import Unit

STAFF_OFFICES = {
    access.VERIFIER: gettext_lazy("verifikator sekretariat"),
    access.APPROVER: gettext_lazy("penyetuju sekretariat"),
    access.KEEPER: gettext_lazy("pengelola data"),
    access.LEADER: gettext_lazy("pimpinan kota"),
    access.INSPECTOR: gettext_lazy("Inspektorat"),
    access.ADMINISTRATOR: gettext_lazy("administrator register"),
    access.SYSTEM.office: gettext_lazy("pemuat data bersumber"),
}
UNIT_PLACES = {
    access.HEAD_ROLE: gettext_lazy("kepala unit"),
    access.OPERATOR_ROLE: gettext_lazy("operator unit"),
    "staff": gettext_lazy("pegawai unit"),
}


def in_words(actors: Iterable[str], day: date) -> dict[str, str]:
    """Actor in the register -> words, with the names of units on `day`; at most one query."""
    actors = set(actors)
    codes = {code for actor in actors if (code := actor.partition(":")[2])}
    units = {unit.code: str(unit) for unit in Unit.objects.with_names(day).filter(code__in=codes)} if codes else {}
    return {actor: _office_name(actor, units) for actor in actors}


def _office_name(actor: str, units: dict[str, str]) -> str:
    role, _, code = actor.partition(":")
    if role == "kepala":
        return gettext("kepala %(unit)s") % {"unit": units.get(code, code)}
    if role == "operator":
        return gettext("operator %(unit)s") % {"unit": units.get(code, code)}
    if role == access.KEEPER and code:
        return gettext("pengelola data, atas nama %(unit)s") % {"unit": units.get(code, code)}
    return str(STAFF_OFFICES.get(actor, actor))
