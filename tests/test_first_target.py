"""Tests of the help with a first target: templates, other people's limits, a baseline measured on the spot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commitments.models import Dimension, Family, ProposalDraft, ServiceTarget, Statistic
from commitments.models.values import Direction
from commitments.workspace.first_target.baseline_sheet import worked_out
from commitments.workspace.first_target.target_templates import every_template, template_named, templates_for
from opd import register
from opd.errors import WrongPerson
from opd.models import Entry, Unit
from opd.register import triggers
from tests import doors
from tests.cast import Cast, person, unit
from tests.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def head(cast: Cast) -> Client:
    return doors.enter(cast.head)


def place(template: str = "", code: str = "dinkes") -> str:
    return f"/kerja/komitmen/usul/?unit={code}" + (f"&pola={template}" if template else "")


def carried(answer: Any) -> dict[str, Any]:
    """What the page would send from the step that it shows."""
    wizard = answer.context["wizard"]
    fields = {field.html_name: field.value() for form in wizard.forms for field in form}
    return {name: "" if value is None or value is False else value for name, value in fields.items()}


def on_sheet(answer: Any, *values: str, **more: str) -> dict[str, Any]:
    lines = {f"ukur-b{at}": value for at, value in enumerate(values, 1)}
    more = {"ukur-last_on": "2026-01-30", **more}
    return {**carried(answer), "di": str(answer.context["wizard"].number), "hitung": "1", **lines, **more}


@pytest.mark.parametrize(
    ("statistic", "values", "value"),
    [
        ("median", (3, 1, 2), "2"),
        ("median", (4, 1, 2, 3), "2.5"),
        ("mean", (1, 1, 2), "1.3333"),
        ("mean", (1, 2, 2), "1.6667"),
        ("p90", range(1, 11), "9"),
        ("p90", range(1, 21), "18"),
        ("p90", range(1, 12), "10"),
        ("score", ("70.5", "71"), "70.75"),
    ],
)
def test_the_sheet_works_out_what_the_rules_say(statistic: str, values: Any, value: str) -> None:
    assert worked_out([Decimal(one) for one in values], statistic) == Decimal(value)


def test_every_template_is_one_that_the_form_takes_and_names_the_source_of_its_standard() -> None:
    slugs = [one.slug for one in every_template()]
    assert len(slugs) == len(set(slugs)) >= 20
    for one in every_template():
        assert one.family in Family
        assert one.statistic in Statistic
        assert one.direction in Direction
        assert one.dimension in Dimension
        assert bool(one.limit_text) == bool(one.source) == bool(one.certainty), one.slug
        if one.limit_text:
            assert one.limit_label
            assert one.certainty_label


@pytest.mark.parametrize(
    ("code", "kind", "first"),
    [
        ("disdukcapil", "dinas", "akta-kelahiran"),
        ("kec-tugu", "kecamatan", "paten"),
        ("bag-hukum", "bagian", "aduan"),
    ],
)
def test_a_unit_is_offered_its_own_services_first_and_the_general_ones_after(
    code: str, kind: str, first: str
) -> None:
    found = templates_for(Unit(code=code, unit_kind=kind))
    assert found[0].slug == first
    assert {"aduan", "kepuasan", "daring"} <= {one.slug for one in found}
    assert "rujukan" not in {one.slug for one in found}


def test_a_template_fills_in_how_to_measure_and_never_the_promise(head: Client) -> None:
    answer = head.get(place("rujukan"))
    [target, commitment] = (
        answer.context["wizard"].form(kind)
        for kind in reversed([type(one) for one in answer.context["wizard"].forms])
    )
    assert answer.context["wizard"].step.title == "Nilai awal"
    assert (target["service"].value(), target["unit_of_measure"].value()) == (
        "Rujukan puskesmas ke rumah sakit",
        "menit",
    )
    assert (target["statistic"].value(), target["direction"].value()) == ("median", "lower")
    assert target["target_value"].value() is None
    assert target["baseline_value"].value() is None
    assert commitment["title"].value() == "Rujukan puskesmas selesai lebih cepat"


def test_a_standard_is_shown_with_its_source_as_somebody_elses_limit(cast: Cast) -> None:
    hospital = unit("rsud-wongsonegoro", "rsud")
    client = doors.enter(person("direktur", unit=hospital))
    page = text(client.get(place("rawat-jalan", "rsud-wongsonegoro")).content.decode())
    assert "Standar: Standar Pelayanan Minimal rumah sakit: paling lama 60 menit." in page
    assert "Ini batas dari orang lain, bukan janji Anda." in page
    assert "Kepmenkes 129/2008" in page


def test_a_template_of_another_units_service_leads_back_with_a_sentence(head: Client) -> None:
    answer = head.get(place("akta-kelahiran"), follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('workspace-first-target')}?unit=dinkes"
    assert "Pola “Akta kelahiran” bukan layanan Dinkes" in text(answer.content.decode())
    assert head.get(place("tidak-ada")).status_code == 200  # an unknown one is an empty form


def test_twenty_files_become_the_baseline_with_its_source_and_n(head: Client) -> None:
    first = head.get(place("rujukan"))
    answer = head.post(place("rujukan"), on_sheet(first, *map(str, range(21, 41))))
    form = answer.context["wizard"].forms[-1]
    assert answer.context["wizard"].step.title == "Nilai awal"
    assert form["baseline_value"].value() == "30,5"
    assert form["baseline_on"].value() == "2026-01-30"
    assert "Diukur sendiri dari 20 berkas terakhir" in form["baseline_source"].value()
    method = form["baseline_method"].value()
    assert method.startswith("Dari keputusan merujuk")
    assert "Median dari n = 20. Satu per satu: 21; 22;" in method
    assert "Median dari 20: 30,5 menit" in text(answer.content.decode())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (("3", "4"), "Baru 2 berkas yang terisi. Isi sedikitnya 5"),
        (("3", "4", "5", "6", "lima"), "Tulis angkanya saja"),
    ],
)
def test_a_sheet_that_says_too_little_says_so_and_keeps_what_was_typed(
    head: Client, values: tuple[str, ...], sentence: str
) -> None:
    answer = head.post(place("rujukan"), on_sheet(head.get(place("rujukan")), *values))
    assert sentence in text(answer.content.decode())
    assert answer.context["sheet"]["b1"].value() == "3"
    assert not answer.context["wizard"].forms[-1]["baseline_value"].value()


def test_a_share_is_measured_as_so_many_of_so_many(head: Client) -> None:
    first = head.get(place("daring"))
    answer = head.post(place("daring"), on_sheet(first, **{"ukur-part": "7", "ukur-whole": "20"}))
    assert answer.context["wizard"].forms[-1]["baseline_value"].value() == "35"
    answer = head.post(place("daring"), on_sheet(first, **{"ukur-part": "21", "ukur-whole": "20"}))
    assert "tidak dapat lebih banyak daripada semuanya" in text(answer.content.decode())


def test_an_unfinished_proposal_is_put_away_and_goes_on_where_it_stopped(head: Client) -> None:
    first = head.get(place("rujukan"))
    answer = head.post(place("rujukan"), {**carried(first), "di": "2", "nanti": "1"}, follow=True)
    assert "Disimpan sebagai konsep" in text(answer.content.decode())
    draft = ProposalDraft.objects.get()
    assert draft.title == "Komitmen baru: Rujukan puskesmas ke rumah sakit"
    again = head.get(draft.get_absolute_url())
    assert again.context["wizard"].step.title == "Nilai awal"
    assert again.context["wizard"].forms[-1]["service"].value() == "Rujukan puskesmas ke rumah sakit"
    assert not ServiceTarget.objects.exists()


def test_what_other_units_promised_for_the_same_service_is_one_tap_away(cast: Cast, head: Client) -> None:
    theirs = cast.commitment(by=cast.other_head, unit=cast.pdam)
    cast.target(by=cast.other_head, commitment=theirs, service="Rujukan pelanggan")
    mine = cast.target(service="Rujukan kami")
    first = head.get(place("rujukan"))
    filled = {"target-baseline_value": "60", "target-baseline_on": "2026-01-31", "target-baseline_source": "Buku"}
    answer = head.post(place("rujukan"), {**carried(first), **filled, "di": "2", "langkah": "3"})
    assert answer.context["wizard"].step.title == "Target"
    assert [row.target.service for row in answer.context["others"]] == ["Rujukan pelanggan"]
    assert mine.service not in text(answer.content.decode())


def test_every_dimension_is_explained_in_six_words() -> None:
    assert {len(one.meaning.replace(",", "").split()) for one in Dimension} == {6}


def test_the_whole_way_with_a_template_makes_one_commitment_and_its_target(cast: Cast, head: Client) -> None:
    first = head.get(place("rujukan"))
    filled = {
        "target-baseline_value": "60",
        "target-baseline_on": "2026-01-31",
        "target-baseline_source": "Buku register",
        "target-target_value": "20",
        "target-original_due_on": "2030-12-31",
    }
    answer = head.post(place("rujukan"), {**carried(first), **filled, "kirim": "1"})
    assert answer.status_code == 302
    target = ServiceTarget.objects.get()
    assert (target.commitment.title, target.unit_of_measure) == ("Rujukan puskesmas selesai lebih cepat", "menit")
    template = template_named("rujukan")
    assert template
    assert target.baseline_method == template.measured_from


def test_a_commitment_and_its_first_target_are_announced_as_one_thing(cast: Cast) -> None:
    commitment = cast.commitment(published=False)
    target = cast.target(commitment=commitment, published=False, data_source="")
    alone = cast.target(published=False)
    client = doors.enter(cast.approver)
    queue = client.get("/admin/commitments/servicetarget/?antrean=menunggu").content.decode()
    assert alone.reference in queue
    assert target.reference not in queue
    page = f"/admin/commitments/commitment/{commitment.pk}/change/"
    shown = client.get(page)
    assert f"{target.reference}: Sumber datanya belum disebut" in text(shown.content.decode())
    carried_along = {name: shown.context[name] for name in ("seen", "shown", "since", "read_doubts")}
    client.post(page, {"act": "umumkan", **carried_along})
    for row in (commitment, target):
        row.refresh_from_db()
        assert row.is_live
    assert [entry.act for entry in Entry.objects.order_by("-seq")[:2]] == ["target.published", "commitment.published"]
    assert list(register.check()) == []


def test_nothing_is_announced_when_one_of_its_targets_may_not_be(cast: Cast) -> None:
    commitment = cast.commitment(published=False)
    cast.target(commitment=commitment, published=False)
    triggers.drop()
    ServiceTarget.objects.update(proposed_by=cast.approver)
    triggers.install()
    with pytest.raises(WrongPerson):
        commitment.announce(by=cast.approver, seen=commitment.fingerprint())
    commitment.refresh_from_db()
    assert commitment.is_waiting
