"""PDFs for tests, written by hand: whole ones, and with things that nobody should see."""

from __future__ import annotations

from commitments.evidence.pdf import assembled, stream

CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R%s>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def paper(content: bytes = b"", *more: bytes, catalog: bytes = b"", page: bytes = b"", pages: bytes = PAGES) -> bytes:
    """One page of 200 by 200 points, its content given as PDF operators; `more` are parts numbered from 6.

    /F is a font; `catalog` and `page` are further entries of these two, `pages` is the list of pages.
    """
    about = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>%s>>" % page
    )
    return assembled([CATALOG % catalog, pages, about, stream(content), FONT, *more])


def saying(words: str, **about: bytes) -> bytes:
    """One page with words that can be read."""
    return paper(b"BT /F 12 Tf 20 100 Td (%s) Tj ET" % words.encode("ascii"), **about)


def with_noise(noise: bytes) -> bytes:
    """One empty page like no other: the noise stands in a part that nothing names."""
    return paper(b"", stream(noise))
