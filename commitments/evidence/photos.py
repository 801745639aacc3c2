"""Picture evidence: its type, the day it was taken, and its public copy, which is drawn anew without Exif."""

from __future__ import annotations

import io
import struct
import sys
from datetime import date, datetime

from PIL import Image, ImageOps, PngImagePlugin

from commitments.evidence import confined
from opd.errors import BadFact

PICTURE_MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# Checked before decoding: a small file can unfold to far more. A JPEG is unfolded no larger than it will be shown.
MAX_PIXELS = 24_000_000
MAX_JPEG_PIXELS = 200_000_000
MAX_SHORT_SIDE = 1500  # of what is shown: a long screenshot stays as wide as its letters need it
MAX_LONG_SIDE = 16_383  # what WebP can hold
MAX_DRAWING_SECONDS = 20  # of processor time
MAX_DRAWING_MEMORY = 768 * 1024 * 1024  # bytes of address space: a WebP of so many pixels, three times over
# Pillow's own limit knows no difference between kinds; and it would unfold 64 MB of texts that a PNG brings along.
Image.MAX_IMAGE_PIXELS = None
PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024

TOO_MANY_PIXELS = "Gambar ini terlalu besar; kecilkan dahulu (paling banyak 24 megapiksel, foto JPEG 200)."
CUT_PICTURE = "Gambar ini terpotong. Ambil lagi berkas aslinya, pastikan dapat dibuka, lalu kirim ulang."
OTHER_KIND = "Berkas ini bukan JPEG, PNG, WebP, atau PDF."
HEIC_NOT_TAKEN = (
    "Ini foto HEIC dari iPhone, yang belum dapat dibaca di sini. Kirim tangkapan layarnya, atau ubah "
    "Pengaturan > Kamera > Format menjadi Paling Kompatibel lalu foto lagi."
)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")
UNREADABLE_PICTURE = (OSError, EOFError, LookupError, ValueError, SyntaxError, TypeError, struct.error)
EXIF_PART, EXIF_TAKEN, EXIF_CHANGED = 0x8769, 0x9003, 0x0132  # numbers of the Exif standard


def _opened(content: bytes) -> Image.Image:
    """The picture with only its head read: nothing is decoded yet. A JPEG of several pictures opens at its first."""
    return Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))


def media_type_of(content: bytes) -> str:
    """The type by content; BadFact with a reason for another type, one too large to decode, or one cut short."""
    try:
        with _opened(content) as picture:
            media_type, offset = PICTURE_MEDIA_TYPES[picture.format or ""], picture.fp.tell()  # type: ignore[attr-defined]
            if not _fits(picture):
                raise BadFact(TOO_MANY_PIXELS)
            is_whole = _is_whole(picture, content, offset)
    except UNREADABLE_PICTURE as error:
        is_heic = content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS
        raise BadFact(HEIC_NOT_TAKEN if is_heic else OTHER_KIND) from error
    if not is_whole:
        raise BadFact(CUT_PICTURE)
    return media_type


def _fits(picture: Image.Image) -> bool:
    """Whether it may be decoded; a JPEG is first told to decode no more than is shown.

    A progressive one is kept whole while it is decoded, however small the result is.
    """
    is_jpeg = PICTURE_MEDIA_TYPES[picture.format or ""] == "image/jpeg"
    if is_jpeg and picture.width * picture.height <= MAX_JPEG_PIXELS and "progressive" not in picture.info:
        picture.draft(None, _shown(*picture.size))
    return picture.width * picture.height <= MAX_PIXELS


def _shown(width: int, height: int) -> tuple[int, int]:
    scale = min(1, MAX_SHORT_SIDE / min(width, height), MAX_LONG_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _is_whole(picture: Image.Image, content: bytes, offset: int) -> bool:
    """Whether the end of the file is there: by the marks of its format, without decoding.

    `offset`: where its head ended.
    """
    if picture.format == "WEBP":
        return len(content) >= 8 + struct.unpack("<I", content[4:8])[0]
    if picture.format == "PNG":
        try:
            picture.verify()
        except UNREADABLE_PICTURE:
            return False
        return True
    return content.find(b"\xff\xd9", offset) > 0


def taken_on(content: bytes) -> date | None:
    """The day on which a photograph says it was taken, read from the head of its file; None when it does not say."""
    exif = Image.Exif()
    try:
        with _opened(content) as picture:
            exif.load(picture.info["exif"])  # `getexif` decodes a whole PNG to look for it
        told = exif.get_ifd(EXIF_PART).get(EXIF_TAKEN) or exif.get(EXIF_CHANGED, "")
        return datetime.strptime(told[:10], "%Y:%m:%d").date()
    except UNREADABLE_PICTURE:
        return None


def redrawn(content: bytes) -> bytes:
    """The picture as WebP: only what the eye sees. BadFact when it cannot be drawn."""
    drawn, is_all = confined.run(draw, content, seconds=MAX_DRAWING_SECONDS, memory=MAX_DRAWING_MEMORY)
    if not is_all:
        raise BadFact(CUT_PICTURE)
    return drawn


def draw(content: bytes) -> None:
    """Draws the picture, in the other process: upright, on white where it is transparent, its short side limited."""
    with _opened(content) as picture:
        if not _fits(picture):
            sys.exit(1)
        drawn = _in_colour(picture)
        drawn.thumbnail(_shown(*drawn.size))
        drawn = ImageOps.exif_transpose(drawn)
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn if drawn.mode == "RGBA" else None)
    out = io.BytesIO()
    paper.save(out, "WEBP", quality=80, method=2)
    sys.stdout.buffer.write(out.getvalue())


def _in_colour(picture: Image.Image) -> Image.Image:
    """The picture as RGB, or RGBA where it is transparent.

    One that is so already is not copied, which may take 100 MB.
    """
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode.startswith("I"):  # 16 bits a dot: Pillow would cut them off at 8, and grey come out white
        return picture.convert("I").point(lambda level: level * (1 / 256)).convert("L").convert("RGB")
    return picture if picture.mode == mode else picture.convert(mode)
