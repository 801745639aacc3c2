"""Files that must not come in as evidence: other kinds under odd names, bombs, what is cut, locked or empty."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from random import Random

from PIL import Image

from tests.papers import paper, saying

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
OFFICE = ("[Content_Types].xml", "word/document.xml", "xl/workbook.xml")
SIGNATURE = b"\x89PNG\r\n\x1a\n"

# What only looks like another kind at its beginning.
HEADS = {
    "exe": b"MZ\x90\0",
    "elf": b"\x7fELF\x02\x01",
    "php": b"<?php system($_GET['x']); ?>",
    "sh": b"#!/bin/sh\nrm -rf /\n",
    "bat": b"@echo off\r\n",
    "js": b"alert(1)",
    "htm": HTML,
    "svg": SVG,
    "svg with a bom": b"\xef\xbb\xbf" + SVG,
    "xml with entities": ENTITIES,
    "xhtml": b'<?xml version="1.0"?>' + HTML,
    "eml": b"From: a@contoh.invalid\r\nSubject: x\r\n\r\n",
    "rtf": b"{\\rtf1\\ansi{\\object\\objocx}}",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "rar": b"Rar!\x1a\x07\x01\0",
    "7z": b"7z\xbc\xaf\x27\x1c\0\x04",
    "gz": b"\x1f\x8b\x08\0",
    "xz": b"\xfd7zXZ\0",
    "tar": bytes(257) + b"ustar\x0000" + bytes(248),
    "mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "avif": b"\0\0\0\x18ftypavif\0\0\0\0avifmif1",
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
    "webm": b"\x1aE\xdf\xa3",
    "wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "avi": b"RIFF\x24\0\0\0AVI LIST",
    "mp3": b"ID3\x04\0",
    "swf": b"CWS\x0a",
    "class": b"\xca\xfe\xba\xbe",
    "wasm": b"\0asm\x01\0\0\0",
    "postscript": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n",
    "ttf": b"\0\x01\0\0\0\x0c",
    "sqlite": b"SQLite format 3\0",
    "psd": b"8BPS\0\x01",
    "svgz": b"\x1f\x8b\x08\0" + zlib.compress(SVG),
    "zeros": bytes(4096),
    "one letter": b"x",
    "a line before a PDF": b"\n" + saying("x"),
    "html before a PDF": HTML + saying("x"),
}


def hostile() -> dict[str, bytes]:
    """A name, as somebody might send it, and its bytes; made anew each time, kept nowhere."""
    files = {f"bukti.{name}": head + b" " * 64 for name, head in HEADS.items()}
    files |= {
        f"foto.{kind.lower()}": _drawn(kind) for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "JPEG2000")
    }
    return files | _archives() | _pictures() | _bombs() | _papers() | {"kosong.jpg": b""}


def _drawn(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **how: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **how)
    return out.getvalue()


def _archives() -> dict[str, bytes]:
    found = {}
    for name in ("surat.docx", "data.xlsx", "aplikasi.apk", "../../etc/passwd.jpg", "foto.jpg\0.exe", "CON.png"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for part in OFFICE:
                archive.writestr(part, "<x/>")
        found[name] = out.getvalue()
    return found


def _pictures() -> dict[str, bytes]:
    """Of the right kinds, but cut, or with nothing behind their first letters."""
    noise = Image.frombytes("RGB", (200, 150), Random(1).randbytes(90_000))
    found = {
        "kepala.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        "kepala.png": SIGNATURE,
        "kepala.webp": b"RIFF\x10\0\0\0WEBP",
    }
    for kind in ("JPEG", "PNG", "WEBP"):
        out = io.BytesIO()
        noise.save(out, kind)
        found[f"terpotong.{kind.lower()}"] = out.getvalue()[: len(out.getvalue()) // 2]
    found["html.jpg"] = b"\xff\xd8\xff\xe0" + HTML
    found["html.png"] = SIGNATURE + HTML
    found["svg.webp"] = b"RIFF" + struct.pack("<I", len(SVG)) + b"WEBP" + SVG
    return found


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *more: bytes, dots: bytes = b"") -> bytes:
    """A PNG put together by hand, so that it may claim what it likes; RGB of eight bits."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + b"".join((chunk(b"IHDR", head), *more, chunk(b"IDAT", dots), chunk(b"IEND", b"")))


def _bombs() -> dict[str, bytes]:
    """Small files that unfold to far more."""
    packed = zlib.compress(bytes(1_000_000))
    texts = [chunk(b"zTXt", b"k%d\0\0" % number + packed) for number in range(60)]
    one = zlib.compress(bytes(100_000_000))
    return {
        "169 megapiksel.png": _drawn("PNG", (13_000, 13_000), "1"),
        "48 megapiksel.png": _drawn("PNG", (8000, 6000), "L"),
        "klaim.png": png(2**31 - 1, 2**31 - 1),
        "teks.png": png(10, 10, *texts, dots=zlib.compress(bytes(310))),
        "profil.png": png(10, 10, chunk(b"iCCP", b"k\0\0" + one), dots=zlib.compress(bytes(310))),
        "teks panjang.png": png(10, 10, chunk(b"iTXt", b"k\0\1\0\0\0" + one), dots=zlib.compress(bytes(310))),
        "bertahap.jpg": _drawn("JPEG", (6000, 5000), "L", progressive=True),
        "bom.webp": _drawn("WEBP", (6000, 5000), lossless=True, method=0),
        "besar.pdf": b"%PDF-1.4\n" + bytes(10 * 1024 * 1024),
        "bom.zip": b"PK\x03\x04" + one,
    }


def _papers() -> dict[str, bytes]:
    whole = saying("contoh")
    nested = b"[" * 200_000 + b"]" * 200_000
    return {
        "html.pdf": b"%PDF-\n" + HTML,
        "terpotong.pdf": b"%PDF-1.4 truncated",
        "separuh.pdf": whole[: len(whole) // 2],
        "ekor hilang.pdf": whole.replace(b"startxref", b"startxxxx"),
        "terkunci.pdf": LOCKED,
        "tanpa halaman.pdf": paper(pages=b"<</Type/Pages/Kids[]/Count 0>>"),
        "tanpa isi.pdf": whole.replace(b"/Pages 2 0 R", b"/Pagez 2 0 R"),
        "melingkar.pdf": whole.replace(b"3 0 R", b"2 0 R"),
        "51 halaman.pdf": paper(pages=b"<</Type/Pages/Kids[%s]/Count 51>>" % (b"3 0 R " * 51)),
        "bersarang.pdf": paper(pages=b"<</Type/Pages/Kids %s/Count 1>>" % nested),
        "html dengan ekor.pdf": b"%PDF-1.4\n" + HTML + b"\nstartxref\n0\n%%EOF",
    }


LOCKED = paper(b"", b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O(%s)/U(%s)>>" % (b"o" * 32, b"u" * 32)).replace(
    b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 6 0 R/ID[(a)(a)]"
)
