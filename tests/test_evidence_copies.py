"""What may anyone see of a file, is it what was hashed, and what when the disk is full?"""

from __future__ import annotations

import io
import logging
import re
import subprocess
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from commitments import evidence as store
from commitments.evidence import pdf, photos
from commitments.models import Evidence, Measurement
from commitments.secretariat.imports import pending_files
from opd import register
from opd.errors import BadFact
from tests import doors, papers, sheets
from tests.cast import Cast
from tests.conftest import MISSING
from tests.test_public_evidence import sent_with, served, verify
from tests.test_workspace_report import UUID_ONE, address, typed

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.sqlite  # files: no database changes them
SECRET = "3374010101900001"


def packed(picture: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def shown(content: bytes) -> Image.Image:
    """The public copy of a picture that came in."""
    photos.media_type_of(content)
    copy = Image.open(io.BytesIO(photos.redrawn(content)))
    assert (copy.format, copy.info.get("exif"), copy.mode) == ("WEBP", None, "RGB")
    return copy


# --- Pictures ----------------------------------------------------------------------------------------------------


def clear(mode: str) -> Image.Image:
    """See-through, with a black line."""
    picture = Image.new("RGBA", (120, 80))
    ImageDraw.Draw(picture).rectangle((0, 30, 119, 50), "black")
    return picture.convert(mode)


@pytest.mark.parametrize(("mode", "kind"), [("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP"), ("P", "PNG")])
def test_what_is_transparent_is_shown_on_white(mode: str, kind: str) -> None:
    drawn = Image.new("P", (120, 80))
    ImageDraw.Draw(drawn).rectangle((0, 30, 119, 50), 1)
    drawn.putpalette([0, 0, 0] * 256)
    how: dict[str, Any] = {"transparency": 0} if mode == "P" else {"lossless": True} if kind == "WEBP" else {}
    copy = shown(packed(drawn if mode == "P" else clear(mode), kind, **how))
    assert (copy.getpixel((60, 5)), copy.getpixel((60, 40))) == ((255, 255, 255), (0, 0, 0))


def test_sixteen_bits_of_grey_stay_grey() -> None:
    level = shown(packed(Image.new("I;16", (50, 50), 20_000), "PNG")).getpixel((20, 20))
    assert isinstance(level, tuple)
    assert all(abs(one - 20_000 / 256) < 4 for one in level)


@pytest.mark.parametrize(
    ("size", "copy"),
    [
        ((1080, 12_000), (1080, 12_000)),
        ((4000, 3000), (2000, 1500)),
        ((900, 600), (900, 600)),
        ((1000, 20_000), (819, 16_380)),  # no WebP is longer
    ],
)
def test_the_short_side_is_what_is_limited(size: tuple[int, int], copy: tuple[int, int]) -> None:
    assert shown(packed(Image.new("L", size, 200), "PNG")).size == copy


def test_of_a_jpeg_of_two_pictures_the_first_is_shown() -> None:
    first, second = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (64, 48), "blue")
    content = packed(first, "MPO", save_all=True, append_images=[second])
    red = shown(content).getpixel((30, 20))
    assert isinstance(red, tuple)
    assert (photos.media_type_of(content), red[0] > 200, red[2] < 60) == ("image/jpeg", True, True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright_and_says_when_it_was_taken(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2018:06:05 10:00:00"
    content = packed(Image.new("RGB", (200, 100)), kind, exif=exif)
    assert (shown(content).size, str(photos.taken_on(content))) == ((100, 200), "2018-06-05")


@pytest.mark.parametrize(
    ("kind", "size", "how", "is_taken"),
    [
        ("PNG", (6000, 4000), {}, True),
        ("PNG", (6000, 4001), {}, False),
        ("WEBP", (6000, 4001), {"method": 0}, False),
        ("JPEG", (12_000, 9000), {}, True),  # decoded at a fraction of its size
        ("JPEG", (6000, 4001), {"progressive": True}, False),  # it cannot be
        ("JPEG", (15_000, 14_000), {}, False),
    ],
)
def test_24_megapixels_are_decoded_at_most(
    kind: str, size: tuple[int, int], how: dict[str, Any], is_taken: bool
) -> None:
    content = packed(Image.new("L", size, 128), kind, **how)
    if is_taken:
        assert min(shown(content).size) == 1500
    else:
        with pytest.raises(BadFact, match="24 megapiksel"):
            photos.media_type_of(content)


# --- PDF ---------------------------------------------------------------------------------------------------------


def full_of_secrets() -> bytes:
    """A page of two words, and the same number hidden in every way we know."""
    hidden = SECRET.encode()
    lines = b"BT /F 12 Tf 20 100 Td (Rekap antrean) Tj ET"
    under = b" BT /F 6 Tf 20 60 Td (%s) Tj ET 0 0 0 rg 15 50 150 25 re f" % hidden
    outside = b" BT /F 6 Tf 20 900 Td (%s) Tj ET BT 3 Tr /F 6 Tf 20 20 Td (%s) Tj ET" % (hidden, hidden)
    layer = b" /OC /L BDC BT /F 6 Tf 20 150 Td (%s) Tj ET EMC" % hidden
    content = papers.paper(
        lines + under + outside + layer,
        pdf.stream(b"<x:xmpmeta>%s</x:xmpmeta>" % hidden, b"/Type/Metadata/Subtype/XML"),  # 6
        b"<</Type/Filespec/F(%s.txt)/EF<</F 8 0 R>>>>" % hidden,
        pdf.stream(hidden, b"/Type/EmbeddedFile"),
        b"<</Type/OCG/Name(%s)>>" % hidden,  # 9
        b"<</Type/Annot/Subtype/Text/Rect[150 150 170 170]/Contents(%s)/F 2>>" % hidden,
        catalog=b"/Metadata 6 0 R/Names<</EmbeddedFiles<</Names[(%s) 7 0 R]>>>>"
        b"/OpenAction<</S/JavaScript/JS(app.alert\\('%s'\\))>>"
        b"/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]>>>>" % (hidden, hidden),
        page=b"/Annots[10 0 R]/PieceInfo<</X(%s)>>/Properties<</L 9 0 R>>" % hidden,
    )
    info = b"11 0 obj\n<</Title(NIK %s)>>\nendobj\n" % hidden
    later = b"trailer<</Size 12/Root 1 0 R/Info 11 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    table = b"xref\n11 1\n%010d 00000 n \n" % len(content)
    [before] = re.findall(rb"startxref\n(\d+)\n", content)
    return content + info + table + later % (int(before), len(content) + len(info))


def bytes_unpacked(content: bytes) -> bytes:
    """With what its streams hold beside it."""
    found = [content]
    for part in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            found.append(part)
    return b"\n".join(found)


def test_nothing_hidden_in_a_pdf_is_in_its_public_copy_and_what_is_seen_is() -> None:
    content = full_of_secrets()
    assert bytes_unpacked(content).count(SECRET.encode()) >= 12
    pdf.refuse_unreadable(content)
    copy = pdf.redrawn(content)
    assert SECRET.encode() not in bytes_unpacked(copy)
    assert pdf.read(copy)[0].strip() == ""
    for word in (b"Metadata", b"JavaScript", b"Names", b"Annot", b"Info", b"OCG"):
        assert word not in copy
    drawn = picture_in(copy)
    assert (drawn.size, drawn.getpixel((200, 285))) == ((417, 417), (0, 0, 0))  # 200 points; the black box
    words = drawn.crop((40, 180, 220, 215)).convert("L")
    assert min(words.tobytes()) < 60
    assert pdf.redrawn(content) == copy  # the same file has one copy


def picture_in(copy: bytes) -> Image.Image:
    [jpeg] = [part for part in re.findall(rb"stream\n(.*?)\nendstream", copy, re.DOTALL) if part[:2] == b"\xff\xd8"]
    return Image.open(io.BytesIO(jpeg))


def test_a_form_is_shown_as_it_was_filled_in() -> None:
    seen = pdf.stream(b"0 0 0 rg 0 0 100 40 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 100 40]")
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(b)/Rect[50 50 150 90]/F 4/AP<</N 6 0 R>>>>"
    content = papers.paper(b"", seen, field, catalog=b"/AcroForm<</Fields[7 0 R]>>", page=b"/Annots[7 0 R]")
    drawn = picture_in(pdf.redrawn(content)).convert("L")
    assert drawn.getpixel((208, 417 - 145)) < 60  # type: ignore[operator]  # one number: it is grey


def test_a_paper_of_several_pages_keeps_their_sizes() -> None:
    kids = b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>"
    wide = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 100]/Rotate 90>>"
    copy = pdf.redrawn(papers.paper(b"", wide, pages=kids))
    assert re.findall(rb"/MediaBox\[([^]]*)\]", copy) == [b"0 0 200.00 200.00", b"0 0 100.00 400.00"]
    pdf.refuse_unreadable(copy)


@pytest.mark.parametrize("noise", [b"", b"\n\n", b"\0" * 4000, b"\n-- from a mail program"])
def test_a_whole_paper_comes_in_whatever_a_mail_program_put_behind_it(noise: bytes) -> None:
    pdf.refuse_unreadable(papers.saying("contoh") + noise)


# --- What is served is what was hashed ---------------------------------------------------------------------------


def exchange(path: Path) -> None:
    path.write_bytes(papers.saying("Rekap lain"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.django_db
@pytest.mark.parametrize("harm", [exchange, cut, Path.unlink])
@pytest.mark.parametrize("name", ["a.jpg", "a.pdf"])
def test_a_file_that_is_not_what_was_hashed_is_shown_to_nobody(
    client: Client, caplog: pytest.LogCaptureFixture, harm: Callable[[Path], None], name: str
) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target(), name)
    original = row.evidence.get(media_type__gt="")
    verify(cast, row, public={original.uuid: True})
    public = Evidence.objects.get(pk=original.pk).public_sha256
    clerk, asked = doors.enter(cast.verifier), f"/admin/commitments/evidence/{original.pk}/asli/"
    served(client, public)
    assert store.digest(b"".join(clerk.get(asked).streaming_content))[0] == original.sha256  # type: ignore[attr-defined]
    harm(store.path_of(public, public=True))
    harm(store.path_of(original.sha256))
    with caplog.at_level(logging.ERROR):
        assert (client.get(f"/bukti/{public}/").status_code, clerk.get(asked).status_code) == (404, 404)
    named = [record.getMessage() for record in caplog.records if record.name == "commitments.evidence"]
    assert [sha256 in said for sha256, said in zip([public, original.sha256], named, strict=True)] == [True, True]


@pytest.mark.django_db
def test_a_file_that_was_exchanged_is_not_made_public_and_heals_when_it_is_sent_again() -> None:
    cast = Cast()
    row = sent_with(cast, cast.target(), "a.pdf")
    file = row.evidence.get(media_type__gt="")
    exchange(store.path_of(file.sha256))
    with pytest.raises(BadFact, match="rusak atau hilang"):
        verify(cast, row, public={file.uuid: True})
    assert row.state == "submitted"
    store.receive("a.pdf", io.BytesIO(papers.saying("contoh")))
    verify(cast, row, public={file.uuid: True})
    assert list(register.check()) == []


@pytest.mark.django_db
def test_a_cache_asks_each_time_whether_a_file_is_still_there(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    file = row.evidence.get(media_type__gt="")
    verify(cast, row, public={file.uuid: True})
    file.refresh_from_db()
    response, _ = served(client, file.public_sha256)
    asked = {"If-None-Match": response["ETag"]}
    again = client.get(f"/bukti/{file.public_sha256}/", headers=asked)
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "public, no-cache")
    file.redact(by=cast.approver, seen=file.fingerprint(), reason="Memuat nomor induk kependudukan.")
    assert client.get(f"/bukti/{file.public_sha256}/", headers=asked).status_code == 404


# --- A full disk -------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """256 KB, and nothing more."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"{MISSING}no small disk to fill: mounting one needs root")
    settings.MEDIA_ROOT = str(place)
    yield place
    subprocess.run(["umount", place], check=True)


def files_in(place: Path) -> set[str]:
    return {path.name for path in place.rglob("*") if path.is_file()}


def photo(letter: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("rekap.pdf", papers.with_noise(letter * 150_000))


def another() -> dict[str, Any]:
    """A second report about the same period; its sender was asked about the first."""
    given = typed(uuid=str(UUID(int=2)), value="4", **{"bukti-0-file": photo(b"b")})
    return given | {"read_doubts": f"{given['read_doubts']} same_period:{UUID_ONE.hex}"}


@pytest.mark.django_db
def test_on_a_full_disk_a_sentence_says_so_and_nothing_acknowledged_is_lost(small_disk: Path) -> None:
    cast = Cast()
    target, client = cast.target(), doors.enter(cast.head)
    first = client.post(address(target), typed(**{"bukti-0-file": photo(b"a")}))
    assert first.status_code == 302
    kept = files_in(small_disk)
    answer = client.post(address(target), another())
    [problem] = answer.context["rows"].forms[0].errors["file"]
    assert problem.startswith("Penyimpanan register penuh")
    assert (files_in(small_disk), Measurement.objects.count()) == (kept, 1)
    store.opened(Evidence.objects.get(media_type__gt="").sha256).close()
    subprocess.run(["mount", "-o", "remount,size=1m", small_disk], check=True)
    assert client.post(address(target), another()).status_code == 302
    assert Measurement.objects.filter(submitted_at__isnull=False).count() == 2


@pytest.mark.django_db
def test_on_a_full_disk_a_verdict_is_refused_and_can_be_given_later(small_disk: Path) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    file = row.evidence.get(media_type__gt="")
    fill(small_disk)
    with pytest.raises(store.NoRoom):
        verify(cast, row, public={file.uuid: True})
    assert (row.state, files_in(small_disk)) == ("submitted", {file.sha256, "full"})
    (small_disk / "full").unlink()
    verify(cast, row, public={file.uuid: True})


def fill(place: Path) -> None:
    with pytest.raises(OSError, match="No space"), (place / "full").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.mark.django_db
def test_on_a_full_disk_a_sheet_waits_for_nobody_and_one_that_was_imported_stays(small_disk: Path) -> None:
    cast = Cast()
    sheet = sheets.xlsx([sheets.MEASUREMENTS, sheets.measurement(cast.target().reference)])
    waits = pending_files.put(sheet)
    fill(small_disk)
    pending_files.settle(waits)
    assert pending_files.get(waits) == sheet
    again = sheets.xlsx([sheets.MEASUREMENTS, sheets.measurement("DINKES-01-1", "6")])
    file = SimpleUploadedFile("lain.xlsx", again)
    answer = doors.enter(cast.keeper).post("/admin/impor/realisasi/", {"file": file})
    assert (answer.status_code, "Penyimpanan register penuh" in answer.content.decode()) == (422, True)
    assert not [name for name in files_in(small_disk) if name.startswith(".part-")]
