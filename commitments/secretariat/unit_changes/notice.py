"""Preview of what the public will read once units are renamed, merged, split or ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from commitments.formats import plain_date
from commitments.models import Signature
from opd.models import UnitChange

if TYPE_CHECKING:
    from commitments.secretariat.unit_changes.forms import ChangedUnitsForm, SuccessorsForm

Change = UnitChange.Change


@dataclass(frozen=True)
class NoticePassage:
    """A place where the public reads about the change, and the text there."""

    place: str
    text: str


def of_change(form: ChangedUnitsForm, successors_form: SuccessorsForm) -> list[NoticePassage]:
    given, day = form.cleaned_data, plain_date(form.cleaned_data["on"])
    before = given["predecessors"]
    if form.change == Change.RENAMED:
        until = plain_date(given["on"] - timedelta(days=1))
        return [
            NoticePassage(f"Halaman {before[0]}", f"Bernama {given['name']} sejak {day} ({given['legal_basis']})."),
            NoticePassage("Hari-hari sebelumnya", f"Sampai {until} tetap tampil sebagai {before[0].name}."),
        ]
    after = _and([unit.name for unit in (*given["successors"], *given["new"])])
    what = {Change.MERGED: "digabung ke", Change.SPLIT: "dipecah menjadi"}.get(Change(form.change), "dibubarkan")
    ended = [
        NoticePassage(
            f"Halaman {unit.short_name}", f"Unit ini {what} {after} sejak {day}. Dasar: {given['legal_basis']}."
        )
        for unit in before
    ]
    if form.change == Change.DISSOLVED:
        ended = [NoticePassage(one.place, one.text.replace("  ", " ")) for one in ended]
    names = {code: unit.short_name for code, unit in form.units.items()}
    names |= {unit.code: unit.short_name for unit in given["new"]}
    heirs = successors_form.cleaned_data
    owed = [
        NoticePassage(
            f"Komitmen {commitment.reference}",
            f"{commitment.title}: sejak {day} ditanggung {names[heirs[commitment.reference]]}.",
        )
        for commitment in successors_form.commitments
    ]
    told = f"ada sejak {day}. Tercatat begitu diusulkan."
    new = [NoticePassage(f"Halaman {unit.short_name}", f"{unit.name}, {told}") for unit in given["new"]]
    return [*ended, *_on_the_wall(form, after), *owed, *new]


def _on_the_wall(form: ChangedUnitsForm, after: str) -> list[NoticePassage]:
    """The text of the home page: the signers of 2017 stay; an ended one has the rung of its successor."""
    before = form.cleaned_data["predecessors"]
    standing = Signature.objects.standing().of_units().filter(unit__in=before).values_list("unit_id", flat=True)
    signers = _and([unit.short_name for unit in before if unit.pk in set(standing)])
    if not signers:
        return []
    several = len(form.cleaned_data["successors"]) + len(form.cleaned_data["new"]) > 1
    carried = f"dengan anak tangga {'yang terendah dari ' if several else ''}{after}"
    how = carried if after else "dengan tanda sudah berakhir"
    return [NoticePassage("Dinding 2 November 2017", f"{signers} tetap di antara penanda tangan, {how}.")]


def _and(names: list[str]) -> str:
    return " dan ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
