"""Tests of the real roster: complete, with sources, safe to load twice; a bad file is refused as a whole."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q

from commitments import roster_loader
from commitments.models import Memorandum, PublicFact, Signature
from opd import access, register
from opd.models import Entry, Person, Tenure, Unit
from opd.register import personal_data

pytestmark = pytest.mark.django_db


def silent(line: str) -> None:
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files that a test may spoil."""
    return Path(shutil.copytree(roster_loader.FIXTURES, tmp_path / "fixtures"))


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.sqlite  # the files say the same to both
def test_the_roster_is_the_seventy_with_their_kinds() -> None:
    roster_loader.load(report=silent)
    assert Counter(Unit.objects.values_list("unit_kind", flat=True)) == {
        "sekretariat": 2,
        "inspektorat": 1,
        "dinas": 24,
        "satpol": 1,
        "badan": 6,
        "rsud": 1,
        "bagian": 12,
        "kecamatan": 16,
        "bumd": 7,
    }
    assert Counter(Unit.objects.values_list("certainty", flat=True)) == {
        "documented": 41,
        "reconstructed": 22,
        "assumed": 7,
    }
    assert set(Unit.objects.filter(unit_kind="bagian").values_list("parent__code", flat=True)) == {"setda"}
    assert not Unit.objects.exclude(unit_kind="bagian").exclude(parent=None).exists()
    assert list(register.check()) == []


@pytest.mark.sqlite  # the files say the same to both
def test_each_kecamatan_has_its_code_and_its_tile() -> None:
    roster_loader.load(report=silent)
    kecamatan = Unit.objects.filter(unit_kind="kecamatan")
    assert sorted(kecamatan.values_list("official_code", flat=True)) == [f"33.74.{n:02d}" for n in range(1, 17)]
    assert len(set(kecamatan.values_list("tile_row", "tile_col"))) == 16
    assert not kecamatan.filter(Q(tile_row=None) | Q(tile_col=None)).exists()


@pytest.mark.sqlite  # the files say the same to both
def test_everything_says_its_source_and_how_sure_it_is() -> None:
    roster_loader.load(report=silent)
    for model in (Unit, Signature, Tenure, PublicFact):
        assert not model._default_manager.filter(Q(source="") | Q(certainty="")).exists(), model
    assert Memorandum.objects.exclude(sources="").exclude(unknowns="").count() == 1


@pytest.mark.sqlite  # the files say the same to both
def test_no_signer_of_a_unit_is_invented() -> None:
    roster_loader.load(report=silent)
    parties = Signature.objects.filter(capacity="party")
    assert parties.filter(printed_name="", person=None).count() == 70
    assert not parties.filter(certainty="documented").exists()
    assert sorted(
        Signature.objects.exclude(capacity="party").values_list("capacity", "printed_name", "person__name")
    ) == [
        ("before", "Hendrar Prihadi", "Hendrar Prihadi"),
        ("co-signer", "Adi Trihananto", "Adi Tri Hananto"),
        ("co-signer", "Hevearita Gunaryanti Rahayu", "Hevearita Gunaryanti Rahayu"),
        ("co-signer", "Supriyadi", "Supriyadi"),
    ]
    assert roster_loader.signatures_on_record() == (70, 70)


@pytest.mark.sqlite  # the files say the same to both
def test_tenures_have_days_only_where_a_source_gives_the_day() -> None:
    roster_loader.load(report=silent)
    dated = Tenure.objects.exclude(from_on=None, until_on=None).order_by("pk")
    assert [
        (row.unit.code, row.person.name, str(row.from_on), str(row.until_on))
        for row in dated.select_related("unit", "person")
    ] == [
        ("setda", "Adi Tri Hananto", "None", "2018-01-08"),
        ("setda", "Mukhammad Khadhik", "None", "2025-07-08"),
        ("setda", "Budi Prakosa", "2025-07-08", "None"),
        ("disdukcapil", "Mardiyanto", "None", "2018-01-08"),
        ("disdukcapil", "Adi Tri Hananto", "2018-01-08", "None"),
    ]
    assert not Tenure.objects.filter(from_on=None, as_of="").exists()
    assert Person.objects.filter(name="Adi Tri Hananto").count() == 1


@pytest.mark.sqlite  # the files say the same to both
def test_the_documented_measurements_are_there_word_for_word() -> None:
    roster_loader.load(report=silent)
    surveys = PublicFact.objects.filter(unit_of_measure="% responden tidak puas").order_by("pk")
    assert [(fact.unit.code, fact.on_text, str(fact.value)) for fact in surveys.select_related("unit")] == [
        ("disdukcapil", "Oktober 2017", "26.2000"),
        ("disdukcapil", "Desember 2017", "54.0000"),
        ("rsud-wongsonegoro", "Oktober 2017", "23.0000"),
        ("rsud-wongsonegoro", "Desember 2017", "6.1000"),
    ]


def test_every_act_is_one_entry_of_the_system_and_a_second_load_adds_none(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_roster")
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "unit: 70 dicatat, 0 sudah ada",
        "kesepakatan: 1 dicatat, 0 sudah ada",
        "tanda tangan: 74 dicatat, 0 sudah ada",
        "masa jabatan: 15 dicatat, 0 sudah ada",
        f"fakta publik: {PublicFact.objects.count()} dicatat, 0 sudah ada",
        "penilaian dari luar: 18 dicatat, 0 sudah ada",
        "bimtek: 1 dicatat, 0 sudah ada",
        "kalender: 11 dicatat, 0 sudah ada",
        "Tanda tangan unit: 70, sama dengan yang disebut sumber.",
    ]
    head = register.head()
    assert set(Entry.objects.values_list("actor", flat=True)) == {"sistem"}
    call_command("load_roster")
    assert "Semua sudah ada; tidak ada yang berubah." in capsys.readouterr().out
    assert register.head() == head
    assert list(register.check()) == []


def test_loading_again_does_not_undo_a_correction(capsys: pytest.CaptureFixture[str]) -> None:
    roster_loader.load(report=silent)
    signature = Signature.objects.get(unit__code="taman-satwa")
    signature.withdraw(
        by=access.SYSTEM,
        seen=signature.fingerprint(),
        reason="Daftar asli menyebut unit lain.",
        source="Contoh sumber untuk uji",
    )
    call_command("load_roster")
    assert roster_loader.signatures_on_record() == (69, 70)
    assert "Tanda tangan unit: 69 tercatat, 70 disebut sumber." in capsys.readouterr().out


@pytest.mark.sqlite  # the files say the same to both
@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "units.csv",
            "setwan,sekretariat,",
            "setwan,kantor,",
            "units.csv, baris 3, kolom kind: Nilai 'kantor' bukan",
        ),
        ("units.csv", "setda,sekretariat,,", "setda,sekretariat,kota,", "units.csv, baris 2: kota tidak dikenal."),
        ("units.csv", "33.74.02,1,2", "33.74.02,satu,2", "units.csv, baris 50, kolom tile_row: 'satu' tidak terbaca"),
        ("units.csv", "33.74.02,1,2", "33.74.02,1,3", "units.csv, baris 50: Ubin peta ini sudah ditempati."),
        ("tenures.csv", "2018-01-08", "8/1/2018", "tenures.csv, baris 2, kolom until_on: '8/1/2018' tidak terbaca"),
        (
            "signatures.csv",
            "certainty",
            "kepastian",
            "signatures.csv, baris 1, kolom certainty: kolom ini tidak ada.",
        ),
        ("signatures.csv", ",documented", ",", "signatures.csv, baris 2, kolom certainty: tidak boleh kosong."),
        ("signatures.csv", ",documented", ",documented,lebih", "signatures.csv, baris 2: banyaknya isian"),
        ("public_facts.csv", ",26.2,", ',"26,2",', "public_facts.csv, baris 2, kolom value: '26,2' tidak terbaca"),
        ("memoranda.csv", "2017-11-02", "", "memoranda.csv, baris 2, kolom signed_on: tidak boleh kosong."),
    ],
)
def test_a_bad_file_gets_one_sentence_and_nothing_is_half_loaded(
    folder: Path, file: str, old: str, new: str, sentence: str
) -> None:
    spoil(folder / file, old, new)
    with pytest.raises(roster_loader.BadRosterFile) as refusal:
        roster_loader.load(report=silent, folder=folder)
    assert str(refusal.value).startswith(sentence)
    assert (Unit.objects.count(), register.head()) == (0, None)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "tenures.csv").unlink()
    with pytest.raises(roster_loader.BadRosterFile, match=r"^tenures.csv: tidak dapat dibaca"):
        roster_loader.load(report=silent, folder=folder)
    assert Unit.objects.count() == 0


def test_the_command_says_the_same_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> int:
        raise roster_loader.BadRosterFile(Path("units.csv"), 3, "kind", "tidak dikenal.")

    monkeypatch.setattr(roster_loader, "load", broken)
    with pytest.raises(
        CommandError, match=r"^units.csv, baris 3, kolom kind: tidak dikenal. Tidak ada yang dimuat.$"
    ):
        call_command("load_roster")


def test_the_public_reads_no_english_in_the_notes() -> None:
    with (roster_loader.FIXTURES / "units.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    english = {"recalled", "source", "seen", "later", "before", "merged", "documented", "existence"}
    assert [row["code"] for row in rows if english & set(row["note"].lower().split())] == []


@pytest.mark.sqlite  # the files say the same to both
def test_one_address_of_an_office_is_all_that_looks_personal() -> None:
    roster_loader.load(report=silent)
    explained = Entry.objects.filter(body__contains='"not_personal":')
    assert [(entry.object, personal_data.reasons(entry.object)) for entry in explained] == [
        ("unit:bag-tapem", [roster_loader.SOURCED])
    ]
    assert "bagtapem@semarangkota.go.id" in Unit.objects.get(code="bag-tapem").note
