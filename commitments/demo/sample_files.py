"""Invented evidence files: small drawn scenes and one-page documents, each with the words DATA CONTOH."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from PIL import Image, ImageDraw, ImageFont

from commitments.evidence import pdf
from commitments.models import EvidenceKind

PICTURE_SIZE = (640, 420)
PICTURE_NOTICE = "DATA CONTOH"
INK, PAPER, WALL, FLOOR = "#1f2a37", "#ffffff", "#e6ece9", "#cfd8d3"
SHIRTS = ("#2f6f63", "#8a4b2a", "#34508a", "#7a6a1f", "#6b3a6e", "#4b5563")
SKINS = ("#8d5a3b", "#a86f4a", "#c58b62")

Draw = ImageDraw.ImageDraw


def _text(draw: Draw, at: tuple[float, float], words: str, size: int, fill: str = INK, anchor: str = "mm") -> None:
    draw.text(at, words, fill=fill, font=ImageFont.load_default(size), anchor=anchor)


def _person(draw: Draw, x: int, foot: int, height: int, rng: Random) -> None:
    head = height // 6
    draw.rounded_rectangle(
        (x - head, foot - height + 2 * head, x + head, foot - height // 3), head // 2, rng.choice(SHIRTS)
    )
    draw.rectangle((x - head + 3, foot - height // 3, x + head - 3, foot), INK)
    draw.ellipse((x - head * 0.8, foot - height, x + head * 0.8, foot - height + head * 1.8), rng.choice(SKINS))


def _ceremony(draw: Draw, words: str, rng: Random) -> None:
    draw.rectangle((0, 300, *PICTURE_SIZE), FLOOR)
    draw.rectangle((60, 30, 580, 110), "#2f6f63")
    _text(draw, (320, 55), PICTURE_NOTICE, 26, PAPER)
    _text(draw, (320, 88), words, 16, PAPER)
    for x in range(90, 580, rng.choice((58, 66, 74))):
        _person(draw, x + rng.randint(-6, 6), 380, rng.randint(165, 195), rng)
    draw.rectangle((0, 330, 640, 338), "#b3261e")  # the ribbon
    draw.polygon(((300, 334), (270, 316), (270, 352)), "#b3261e")
    draw.polygon(((340, 334), (370, 316), (370, 352)), "#b3261e")


def _activity(draw: Draw, words: str, rng: Random) -> None:
    draw.rectangle((0, 280, *PICTURE_SIZE), FLOOR)
    draw.rectangle((210, 30, 430, 150), PAPER, INK, 3)
    _text(draw, (320, 70), PICTURE_NOTICE, 24)
    _text(draw, (320, 110), words, 14)
    _person(draw, 480, 270, 170, rng)
    for row, y in enumerate((330, 400)):
        for x in range(70 + 30 * row, 620, 95):
            draw.rectangle((x - 38, y, x + 38, y + 8), "#8a6d4b")
            _person(draw, x, y + 26, rng.randint(95, 110), rng)


def _output(draw: Draw, words: str, rng: Random) -> None:
    draw.rectangle((180, 20, 460, 400), PAPER, INK, 2)
    _text(draw, (320, 60), PICTURE_NOTICE, 26)
    _text(draw, (320, 95), words, 14)
    for y in range(130, 360, 24):
        draw.rectangle((205, y, 205 + rng.randint(120, 230), y + 8), "#9aa5ad")
    draw.ellipse((380, 330, 440, 390), outline="#34508a", width=4)


def _result(draw: Draw, words: str, rng: Random) -> None:
    draw.rounded_rectangle((40, 25, 600, 395), 14, INK)
    draw.rectangle((56, 41, 584, 379), PAPER)
    _text(draw, (70, 62), f"{PICTURE_NOTICE} · {words}", 16, anchor="lm")
    heights = sorted((rng.randint(40, 210) for _ in range(8)), reverse=True)
    for index, height in enumerate(heights):
        x = 90 + index * 60
        draw.rectangle((x, 350 - height, x + 36, 350), "#2f6f63")
        _text(draw, (x + 18, 338 - height), str(height // 4), 14)


@dataclass(frozen=True)
class SampleKind:
    """How the demonstration shows an evidence kind: a scene to draw, and its caption."""

    scene: Callable[[Draw, str, Random], None]
    caption: str


SAMPLE_KINDS = {
    EvidenceKind.CEREMONY: SampleKind(_ceremony, "Foto acara {service}, {month}"),
    EvidenceKind.ACTIVITY: SampleKind(_activity, "Pelatihan petugas {service}, {month}"),
    EvidenceKind.OUTPUT: SampleKind(_output, "Prosedur dan brosur {service}, {month}"),
    EvidenceKind.RESULT: SampleKind(_result, "Rekap {service}, {month}"),
}
PICTURE_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def picture(kind: str, words: str, ending: str, rng: Random) -> bytes:
    """A drawn scene for a kind of evidence, as JPEG, PNG or WebP."""
    image = Image.new("RGB", PICTURE_SIZE, WALL)
    SAMPLE_KINDS[EvidenceKind(kind)].scene(ImageDraw.Draw(image), words, rng)
    out = io.BytesIO()
    image.save(out, PICTURE_FORMATS[ending])
    return out.getvalue()


def document(words: str, day: date, lines: list[str]) -> bytes:
    """A one-page PDF with a few lines of plain text."""
    all_lines = [f"{PICTURE_NOTICE}: {words}", day.isoformat(), *lines]
    safe = [line.encode("ascii", "replace").decode().translate({40: "[", 41: "]", 92: "/"}) for line in all_lines]
    text = "BT /F1 14 Tf 60 780 Td 22 TL " + " ".join(f"({line}) Tj T*" for line in safe) + " ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        pdf.stream(text.encode("ascii")),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return pdf.assembled(parts)
