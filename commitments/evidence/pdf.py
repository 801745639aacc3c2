"""PDF evidence: checks that it can be read, reads its words, and draws its public copy as pictures of its pages."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import NamedTuple

from commitments.evidence import confined
from opd.errors import BadFact

MAX_PDF_PAGES = 50
MAX_PDF_LETTERS = 500_000
MAX_PDF_SECONDS = 3  # of processor time, to open it or to read its words
DRAWING_SECONDS = 20  # for all its pages
MAX_PDF_MEMORY = 512 * 1024 * 1024  # bytes of address space
TAIL = 2048  # bytes: the last words of a whole PDF stand here, whatever a mail program put behind them
DOTS_PER_INCH = 150
MOST_DOTS = 16_000_000  # a page: a poster is drawn coarser

FAKE = "Berkas ini bernama PDF, tetapi isinya bukan PDF. Simpan sebagai PDF dari program asalnya."
CUT_PDF = "PDF ini terpotong atau rusak. Ambil lagi berkas aslinya, pastikan dapat dibuka, lalu kirim ulang."
LOCKED = "PDF ini terkunci. Simpan atau cetak ulang sebagai PDF tanpa kata sandi dan tanpa larangan, lalu kirim."
NO_PAGE = "PDF ini tidak berisi satu halaman pun. Simpan ulang dari program asalnya."
TOO_MANY_PAGES = f"PDF ini lebih dari {MAX_PDF_PAGES} halaman. Kirim halaman yang memuat angkanya saja."
FLAWS = {"cut": CUT_PDF, "locked": LOCKED, "no page": NO_PAGE, "too long": TOO_MANY_PAGES}


def refuse_unreadable(content: bytes) -> None:
    """Raises BadFact with a reason when it is not a PDF, or is cut off, locked, without a page or too long.

    What the bytes show at once is checked first: the other process takes a fifth of a second.
    """
    if not content[5:6].isdigit():
        raise BadFact(FAKE)
    tail = content.rstrip(b"\0 \r\n\t")[-TAIL:]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise BadFact(CUT_PDF)
    if b"/Encrypt" in content:
        raise BadFact(LOCKED)
    flaw, is_done = confined.run(print_flaw, content, seconds=MAX_PDF_SECONDS, memory=MAX_PDF_MEMORY)
    if flaw or not is_done:
        raise BadFact(FLAWS.get(flaw.decode(), CUT_PDF))


def read(content: bytes) -> tuple[str, bool]:
    """The words of a PDF, and whether that is all: every page has some, and was read within the limits.

    A scan has no words, and a file that is not a PDF has none either.
    """
    words, is_all = confined.run(print_text, content, seconds=MAX_PDF_SECONDS, memory=MAX_PDF_MEMORY)
    return words.decode(errors="replace"), is_all


def redrawn(content: bytes) -> bytes:
    """A PDF of pictures of its pages: only what the eye sees. BadFact when it cannot be drawn.

    Names, scripts, attachments, layers, earlier versions, words under a black box: none of them is in a picture.
    """
    drawn, is_all = confined.run(draw, content, seconds=DRAWING_SECONDS, memory=MAX_PDF_MEMORY)
    if not is_all:
        raise BadFact(CUT_PDF)
    return drawn


# --- In the other process: PDFium is loaded only there -----------------------------------------------------------


def print_flaw(content: bytes) -> None:
    """Writes which of FLAWS the file has; nothing when all is well."""
    import pypdfium2_raw as raw  # alone: what makes it comfortable takes as long to load again

    raw.FPDF_InitLibrary()
    document = raw.FPDF_LoadMemDocument64(content, len(content), None)
    pages = raw.FPDF_GetPageCount(document) if document else 0
    if not document:
        print("locked" if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD else "cut", end="")
    elif not 0 < pages <= MAX_PDF_PAGES:
        print("too long" if pages else "no page", end="")
    elif not raw.FPDF_LoadPage(document, 0):
        print("cut", end="")


def print_text(content: bytes) -> None:
    from pypdfium2 import PdfDocument

    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a real one here
    document, left = PdfDocument(content), MAX_PDF_LETTERS
    is_all = len(document) <= MAX_PDF_PAGES
    for number in range(min(len(document), MAX_PDF_PAGES)):
        words = document[number].get_textpage().get_text_range()
        is_all &= bool(words.strip()) and len(words) <= left
        print(words[:left], flush=True)
        left -= len(words[:left])
    sys.exit(not is_all)


class Drawn(NamedTuple):
    """A drawn page: its size on paper in points, its picture as JPEG, and that picture's size in dots."""

    width: float
    height: float
    dots: tuple[int, int]
    jpeg: bytes


def draw(content: bytes) -> None:
    from pypdfium2 import PdfDocument

    document = PdfDocument(content)
    if not 0 < len(document) <= MAX_PDF_PAGES:
        sys.exit(1)
    document.init_forms()  # what somebody filled in is seen too
    sys.stdout.buffer.write(joined_pages([_drawn(page) for page in document]))


def _drawn(page: object) -> Drawn:
    width, height = page.get_size()  # type: ignore[attr-defined]
    scale = min(DOTS_PER_INCH / 72, (MOST_DOTS / (width * height)) ** 0.5)
    picture = page.render(scale=scale).to_pil().convert("RGB")  # type: ignore[attr-defined]
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    page.close()  # type: ignore[attr-defined]
    return Drawn(width, height, picture.size, out.getvalue())


def joined_pages(pages: Iterable[Drawn]) -> bytes:
    """The pictures as one PDF; the same pictures always give the same bytes."""
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    for page in pages:
        number = len(parts) + 1
        paper = b"/Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]" % (page.width, page.height)
        picture = b"/Type/XObject/Subtype/Image/Width %d/Height %d" % page.dots
        parts += [
            b"<<%s/Contents %d 0 R/Resources<</XObject<</P %d 0 R>>>>>>" % (paper, number + 1, number + 2),
            stream(b"%.2f 0 0 %.2f 0 0 cm /P Do" % (page.width, page.height)),
            stream(page.jpeg, picture + b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"),
        ]
    kids = b" ".join(b"%d 0 R" % number for number in range(3, len(parts) + 1, 3))
    parts[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(parts) // 3, kids)
    return assembled(parts)


def stream(content: bytes, about: bytes = b"") -> bytes:
    """A PDF object that holds bytes."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (about, len(content), content)


def assembled(parts: list[bytes]) -> bytes:
    """The bytes of a PDF: each object under its number, and a table of where each of them begins."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, part in enumerate(parts, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = (len(parts) + 1, table, len(parts) + 1, out.tell())
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % end)
    return out.getvalue()
