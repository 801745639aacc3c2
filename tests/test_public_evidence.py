"""Tests of public evidence: who may open it, and how it is served."""

import hashlib
import io
import re
from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client
from PIL import Image

from commitments import evidence as store
from commitments.models import Evidence, Measurement, ServiceTarget
from tests.cast import Cast
from tests.papers import saying
from tests.reading import text

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them


def page(client: Client) -> str:
    response = client.get("/sasaran/DINKES-01-1/")
    assert response.status_code == 200
    return response.content.decode()


def verify(cast: Cast, row: Measurement, **public: Any) -> Measurement:
    row.verify(by=cast.verifier, seen=row.fingerprint(), **public)
    return row


def photo() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG")
    content.seek(0)
    return content


def sent_with(cast: Cast, target: ServiceTarget, name: str = "rekap-rahasia.jpg", **facts: Any) -> Measurement:
    row = cast.measurement(target, 5, submitted=False)
    file = io.BytesIO(saying("contoh")) if name.endswith("pdf") else photo()
    Evidence.attach(row, kind="keluaran", file=store.receive(name, file), **facts)
    row.submit(by=cast.head, seen=row.fingerprint())
    return row


def test_proof_opens_only_once_verified_and_only_what_was_marked_public(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target(), caption="Rekap antrean")
    link, file = row.evidence.order_by("pk")
    for hidden in ("rekap-rahasia", "Rekap antrean", "contoh.invalid", "/bukti/"):
        assert hidden not in page(client)
    verify(cast, row, public={file.uuid: True})
    file.refresh_from_db()
    html = page(client)
    assert re.findall(r'href="(/bukti/[^"]*)"', html) == [f"/bukti/{file.public_sha256}/"]
    assert "contoh.invalid" not in html
    assert "rekap-rahasia" not in html
    assert [link.sha256 in html, file.sha256 in html] == [True, True]
    assert "Keluaran Rekap antrean" in text(html)


def test_public_links_open_elsewhere_without_a_referrer(client: Client) -> None:
    cast = Cast()
    row = cast.measurement(cast.target(), 5)
    verify(cast, row, public={item.uuid: True for item in row.evidence.all()})
    assert re.findall(r'<a href="https://contoh.invalid/bukti" rel="([^"]*)"', page(client)) == [
        "noopener noreferrer nofollow external"
    ]


def served(client: Client, sha256: str) -> tuple[FileResponse, bytes]:
    response = client.get(f"/bukti/{sha256}/")
    assert isinstance(response, FileResponse)
    return response, b"".join(response.streaming_content)


@pytest.mark.parametrize(("name", "media_type"), [("a.jpg", "image/webp"), ("a.pdf", "application/pdf")])
def test_a_public_copy_is_served_in_a_sandbox(client: Client, name: str, media_type: str) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target(), name)
    verify(cast, row, public={item.uuid: True for item in row.evidence.all()})
    public = row.evidence.get(media_type__gt="").public_sha256
    response, content = served(client, public)
    assert hashlib.sha256(content).hexdigest() == public
    as_what = {"image/webp": "inline; {}.webp", "application/pdf": "attachment; {}.pdf"}[media_type]
    expected = {
        "Content-Type": media_type,
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, no-cache",
        "ETag": f'"{public}"',
        "Content-Disposition": as_what.replace("{}", f'filename="bukti-{public[:12]}') + '"',
    }
    assert {header: response[header] for header in expected} == expected
    assert not response.cookies


def test_private_redacted_and_unknown_proof_is_404(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    file = row.evidence.get(media_type__gt="")
    assert client.get(f"/bukti/{file.sha256}/").status_code == 404  # waiting
    verify(cast, row, public={file.uuid: True})
    file.refresh_from_db()
    assert client.get(f"/bukti/{file.sha256}/").status_code == 404  # the original, never
    served(client, file.public_sha256)
    file.redact(by=cast.approver, seen=file.fingerprint(), reason="Memuat nomor induk kependudukan.")
    assert client.get(f"/bukti/{file.public_sha256}/").status_code == 404
    for odd in ("x", "0" * 64, "a" * 5000):
        assert client.get(f"/bukti/{odd}/").status_code == 404
    html = page(client)
    assert "dihapus: data pribadi Memuat nomor induk kependudukan." in text(html)
    assert f"/bukti/{file.public_sha256}/" not in html


def test_a_private_original_with_a_public_twin_elsewhere_stays_closed(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    verify(cast, row)
    file = row.evidence.get(media_type__gt="")
    assert (file.public, file.public_sha256) == (False, "")
    assert client.get(f"/bukti/{file.sha256}/").status_code == 404


def test_a_lost_public_copy_is_404_and_not_an_error(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    verify(cast, row, public={item.uuid: True for item in row.evidence.all()})
    public = row.evidence.get(media_type__gt="").public_sha256
    store.path_of(public, public=True).unlink()
    assert client.get(f"/bukti/{public}/").status_code == 404
