"""Does a stranger who reads everything read anything private? Planted strings, and a crawler that looks for them."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.http import HttpResponse
from django.test import Client, override_settings
from openpyxl import Workbook

from commitments import evidence as store
from commitments.api.urls import API_LISTS
from commitments.evidence import photos
from commitments.models import Commitment, Evidence, Measurement, ServiceTarget
from commitments.public.sharing import share_image
from commitments.public_page import DATABASE_AWAY
from opd import clock
from opd.models import Unit
from tests import doors, planting
from tests.cast import Cast
from tests.crawler import Crawler
from tests.history_of_everything import demonstration
from tests.mutations import undone
from tests.papers import saying
from tests.planted import Plants
from tests.sheets import saved
from tests.surfaces import of_content, surfaces
from tests.test_access import PUBLIC_ROUTES

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


class LogText(logging.Handler):
    """All that is logged, at every level, with its tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __str__(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture(scope="module")
def log() -> Iterator[LogText]:
    root, text = logging.getLogger(), LogText()
    level = root.level
    root.addHandler(text)
    root.setLevel(logging.DEBUG)
    yield text
    root.setLevel(level)
    root.removeHandler(text)


@dataclass
class Garden:
    """The planted register; its evidence lies in `folder`."""

    plants: Plants
    cast: Cast
    folder: str


@pytest.fixture(scope="module")
def planted(
    log: LogText, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Garden]:
    """Once for all; every test forgets what it changed."""
    plants, folder = Plants(), str(tmp_path_factory.mktemp("evidence"))
    with django_db_blocker.unblock(), undone(), override_settings(MEDIA_ROOT=folder):
        with demonstration() as turned:
            cast = planting.plant(plants, turned)
        yield Garden(plants, cast, folder)


@pytest.fixture
def garden(planted: Garden, db: None, settings: Settings) -> Garden:
    settings.MEDIA_ROOT = planted.folder
    return planted


def seeds() -> Iterator[str]:
    """An address of every public route, in both languages, and what is refused."""
    unit = "pdam"
    target = ServiceTarget.objects.filter(reference__startswith="PDAM", published_at__isnull=False).latest("pk")
    for address in PUBLIC_ROUTES.values():
        address = address.replace("dinkes", unit).replace("DINKES-01-1", target.reference)
        address = address.replace("DINKES-01", target.commitment.reference)
        yield from (address, f"/en{address}") if address else ()
    yield from (f"/data/{name}.{kind}" for name in API_LISTS for kind in ("csv", "xlsx", "json"))
    yield from (f"/api/v1/{name}/?{query}" for name in API_LISTS for query in ("offset=1", "limit=1000", "limit=x"))
    yield from closed_doors()


def closed_doors() -> Iterator[str]:
    """What a stranger may guess: rows that are not public, files that are closed, places of others."""
    yield from (f"/komitmen/{row.reference}/" for row in Commitment.objects.filter(published_at=None))
    yield from (f"/sasaran/{row.reference}/" for row in ServiceTarget.objects.filter(published_at=None))
    for item in Evidence.objects.all():
        yield from (f"/bukti/{digest}/" for digest in (item.sha256, item.public_sha256) if digest)
        yield f"/admin/commitments/evidence/{item.pk}/asli/"
    for row in Measurement.objects.all():
        yield from (f"/kerja/kiriman/{row.uuid}/", f"/admin/commitments/measurement/{row.pk}/change/")
    yield from ("/kerja/", "/kerja/tim/", "/admin/", "/akun/login/", "/akun/undangan/", "/akun/undangan/salah/")
    yield from ("/unit/tidak-ada/", "/en/unit/tidak-ada/", "/?per=x", "/unit/?per=9999-99-99", "/bukti/aa/", "/%FF")


def spied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that are drawn into pictures, which nothing reads back."""
    drawn: list[str] = []
    draw = share_image.png_of

    def noted(template: str, data: dict[str, Any]) -> bytes:
        drawn.append(json.dumps(data, default=str))
        return draw(template, data)

    monkeypatch.setattr(share_image, "png_of", noted)
    return drawn


# Text that everybody may read, at once and always; all other text of every model is planted.
PUBLIC_TEXT = {
    "opd.Entry": "actor act object body prev_hash hash",  # searched like any other output
    "opd.Unit": "code official_code head_title website source note",
    "opd.UnitName": "name short_name legal_basis",
    "opd.Person": "name",
    "opd.RegisterOperator": "name contact",
    "opd.Witness": "name vouched_hash",
    "opd.StaffRole": "role",
    "opd.Tenure": "title as_of source",
    "opd.UnitChange": "legal_basis refusal_reason",
    "commitments.ProposalStep": "office",
    "commitments.Decision": "office seen",
    "commitments.Memorandum": "code title occasion place sources unknowns",
    "commitments.Signature": "printed_name printed_title source withdrawn_reason withdrawn_source",
    "commitments.PublicFact": "service statement unit_of_measure on_text source",
    "commitments.Assessment": "assessor scheme label source note withdrawn_reason withdrawn_source",
    "commitments.Training": "title place organiser source unknowns withdrawn_reason withdrawn_source",
    "commitments.Commitment": "reference",
    "commitments.ServiceTarget": "reference",
    "commitments.Measurement": "method redaction_reason",
    "commitments.Evidence": "sha256 original_sha256 public_sha256 redaction_reason",
    "commitments.CaseFile": "durations received_sha256 calendar_sha256 questions_text case_digests",
    "commitments.HolidayYear": "source decree refusal_reason",
    "commitments.Holiday": "name",
    "commitments.MeasurementQuestion": "text rule answer code",
    "commitments.TargetRevision": "reason document refusal_reason new_clock",
    "commitments.Recheck": "head_hash",
    "commitments.RecheckItem": "finding stands_reason",
}
# Words of the program, and what holds text of nobody.
FIXED_TEXT = {
    "auth.Permission": "name codename",
    "auth.Group": "name",
    "contenttypes.ContentType": "app_label model",
    "commitments.MonthEnd": "counts rungs mark",
    "commitments.KeptLadder": "head rules",
    "commitments.CaseMapping": "columns",
}
TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GenericIPAddressField)
AWAY: dict[str, Any] = {DATABASE_AWAY: True}
KINDS = {
    "html",
    "json",
    "jsonl",
    "csv",
    "sheet",
    "atom+xml",
    "xml",
    "svg+xml",
    "png",
    "webp",
    "pdf",
    "plain",
    "calendar",
}
QUERIES = ("?per=2018-02-01", "?per=2019-03-01", "?per=2020-06-01", "?sejak=2019-03-01")


def text_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Every column of every model that a text can be written into."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXT_FIELDS) and not field.choices:
                yield model, field.name


def misplaced(plants: Plants, public: dict[str, str]) -> set[str]:
    """Columns that are neither named as public nor planted, or both."""
    found = set()
    for model, name in text_fields():
        values = model._base_manager.values_list(name, flat=True)
        is_planted = any(plants.found_in(str(value)) for value in values)
        if is_planted == (name in (public | FIXED_TEXT).get(model._meta.label, "").split()):
            found.add(f"{model._meta.label}.{name}")
    return found


def test_every_text_that_is_not_public_is_planted(garden: Garden) -> None:
    assert len(garden.plants) >= 200
    assert misplaced(garden.plants, PUBLIC_TEXT) == set()


def test_a_column_that_nobody_thought_of_is_named(garden: Garden) -> None:
    """The twin: a column that is on no list, one that is planted though it is public, and one that is not planted."""
    assert misplaced(garden.plants, PUBLIC_TEXT | {"opd.Person": ""}) == {"opd.Person.name"}
    assert misplaced(garden.plants, PUBLIC_TEXT | {"opd.Invitation": "name"}) == {"opd.Invitation.name"}
    assert "commitments.Measurement.note" in misplaced(Plants(), PUBLIC_TEXT)


@pytest.mark.nightly
def test_no_stranger_reads_what_was_planted(
    garden: Garden, log: LogText, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every link, option and file of the public pages, in both languages, on some days."""
    crawler, drawn = Crawler(garden.plants, QUERIES), spied(monkeypatch)
    crawler.crawl(seeds())
    said = {"log": str(log), "drawn": "\n".join(drawn), "output": "".join(capfd.readouterr())}
    for kind, text in said.items():
        crawler.search(text, kind, kind)
    print(f"{len(garden.plants)} planted, {len(crawler.statuses)} answers: {dict(crawler.kinds)}")
    assert crawler.leaks == set()
    assert set(crawler.kinds) >= KINDS
    assert len(crawler.statuses) > 1000
    assert HTTPStatus.TOO_MANY_REQUESTS not in crawler.statuses.values()


def test_no_public_route_and_no_closed_door_tells_what_was_planted(
    garden: Garden, log: LogText, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each of them once, without following their links, and asked as one should not."""
    crawler, drawn = Crawler(garden.plants), spied(monkeypatch)
    for address in dict.fromkeys(seeds()):
        crawler.read(address)
    for address in PUBLIC_ROUTES.values():
        for method in ("POST", "OPTIONS", "DELETE"):
            crawler.read(address or "/", method)
        crawler.read(address or "/", "GET", **AWAY)
    for kind, text in (("log", str(log)), ("drawn", "\n".join(drawn)), ("output", "".join(capfd.readouterr()))):
        crawler.search(text, kind, kind)
    assert crawler.leaks == set()
    assert set(crawler.kinds) >= KINDS


LINKS = {
    "link of an invitation": "/akun/undangan/{}/",
    "address of a calendar": "/kerja/kalender/{}.ics",
    "link in a reminder": "/kerja/pengingat/{}/",
}


@pytest.mark.nightly
def test_what_people_do_behind_the_doors_is_not_logged(garden: Garden, log: LogText) -> None:
    """Their links, their forms, their mistakes; and the letters of the night."""
    begin, cast = len(log.lines), garden.cast
    stranger = Client(raise_request_exception=False)
    for secret, place in garden.plants.secrets.items():
        for start, address in LINKS.items():
            if place.startswith(start):
                assert stranger.get(address.format(secret)).status_code in (200, 302)
    for person in (cast.other_head, cast.verifier):
        typed = {"login": person.username, "password": "salah-sandi-ini"}
        stranger.post("/akun/login/", typed)
        stranger.post("/akun/sandi/lupa/", {"email": person.email})
        Client(enforce_csrf_checks=True).post("/akun/login/", typed)
        browser = doors.enter(person)
        for row in Measurement.objects.all():
            browser.get(f"/kerja/kiriman/{row.uuid}/")
            browser.post(f"/admin/commitments/measurement/{row.pk}/change/", {"act": "verify", "note": row.note})
    out = io.StringIO()
    call_command("remind", stdout=out, stderr=out)
    lines = [*log.lines[begin:], *out.getvalue().splitlines()]
    assert [line for line in lines if garden.plants.found_in(line)] == []


def test_what_pillow_says_of_a_photograph_stays_out_of_the_log(log: LogText) -> None:
    content, begin = planting.photo(plants := Plants(), "a photograph").getvalue(), len(log.lines)
    photos.taken_on(content)
    assert plants.found_in("\n".join(log.lines[begin:])) == set()
    pillow = logging.getLogger("PIL")
    try:
        pillow.setLevel(logging.DEBUG)  # the twin
        photos.taken_on(content)
    finally:
        pillow.setLevel(logging.INFO)
    assert plants.found_in("\n".join(log.lines[begin:]))


# --- What the crawler would have found ---


@pytest.fixture
def leaky(garden: Garden) -> Iterator[Crawler]:
    """A crawler of a register that tells one planted string wherever the public reads."""
    plants = Plants()
    word = plants.word("a title")
    pdam = Unit.objects.get(code="pdam")
    pdam.correct(by=garden.cast.keeper, seen=pdam.fingerprint(), source=f"Menurut {word}")
    title = f"Layanan {word}"
    commitment = garden.cast.commitment(by=garden.cast.other_head, unit=pdam, title=title)
    garden.cast.target(by=garden.cast.other_head, commitment=commitment, service=title)
    pdam = Unit.objects.get(code="pdam")
    new = {"name": f"Perumda {word}", "short_name": word, "legal_basis": "Perda"}
    pdam.rename(by=garden.cast.keeper, seen=pdam.fingerprint(), on=clock.today(), **new)
    yield Crawler(plants)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/unit/pdam/", "html"),
        ("/en/komitmen/", "html"),
        ("/unit/pdam/data.csv", "csv"),
        ("/data/commitments.csv", "csv"),
        ("/data/units.xlsx", "sheet"),
        ("/data/targets.json", "json"),
        ("/api/v1/units/", "json"),
        ("/unit/pdam/atom.xml", "atom+xml"),
        ("/jejak/atom.xml", "atom+xml"),
        ("/unit/pdam/lencana.svg", "svg+xml"),
        ("/jejak.jsonl", "jsonl"),
    ],
)
def test_a_string_that_is_told_is_found_in_each_output(leaky: Crawler, address: str, kind: str) -> None:
    leaky.read(address)
    assert {leak.kind for leak in leaky.leaks} == {kind}


@pytest.mark.nightly
def test_a_string_that_is_drawn_into_a_picture_is_found(leaky: Crawler, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = spied(monkeypatch)
    leaky.read("/unit/pdam/kartu.png")
    assert leaky.plants.found_in("\n".join(drawn))


@pytest.mark.nightly
def test_an_address_in_the_log_is_found(garden: Garden, log: LogText) -> None:
    word = (plants := Plants()).word("a link")
    Crawler(plants).read(f"/undangan-lama/{word}/")
    assert plants.found_in(str(log)) == {word}


@pytest.mark.nightly
def test_originals_shown_instead_of_their_copies_are_found(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    """EXIF, the place, the words and the notes of a file: what is left out when a copy is drawn."""

    def original(sha256: str, media_type: str) -> bytes:
        with store.opened(sha256) as file:
            return file.read()

    monkeypatch.setattr(store, "redrawn", original)
    plants, cast = Plants(), garden.cast
    target = ServiceTarget.objects.filter(reference__startswith="PDAM", published_at__isnull=False).latest("pk")
    before = set(Evidence.objects.values_list("pk", flat=True))
    planting.reported(cast, plants, target, planting.verified)
    crawler = Crawler(plants)
    for item in Evidence.objects.exclude(pk__in=before).filter(public=True).exclude(public_sha256=""):
        crawler.read(f"/bukti/{item.public_sha256}/")
    found = {(leak.kind, leak.place.partition(" of ")[0]) for leak in crawler.leaks}
    pictures = {("webp", what) for what in ("EXIF", "GPS", "text", "comment")}  # whatever it is, it is served as that
    assert found == pictures | {("pdf", "metadata"), ("pdf", "annotation")}


@pytest.mark.nightly
def test_closed_links_that_are_shown_are_found(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Evidence, "is_shown", property(lambda item: bool(item.url or item.public_sha256)))
    crawler = Crawler(garden.plants)
    crawler.read("/api/v1/measurements/?limit=1000")
    for target in ServiceTarget.objects.filter(reference__startswith="PDAM", published_at__isnull=False):
        crawler.read(f"/sasaran/{target.reference}/")
    found = {(leak.kind, leak.place.partition(" of ")[0]) for leak in crawler.leaks}
    assert found == {("json", "link"), ("html", "link"), ("html", "caption")}


@pytest.mark.parametrize(
    "written",
    [
        quote,
        html.escape,
        json.dumps,
        str.upper,
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: f"x={base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}",
        lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
        lambda text: "".join(f"&#{ord(letter)};" for letter in text),
        lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    ],
)
def test_a_string_is_found_however_it_is_written(written: Callable[[str], str]) -> None:
    plants = Plants()
    for text in (plants.word("a"), plants.identity("b"), plants.mobile("c"), plants.mail("d"), plants.sentence("e")):
        assert plants.found_in(f"sebelum {written(text)} sesudah"), text


def test_headers_and_packed_files_are_searched() -> None:
    word = (plants := Plants()).word("a name")
    answer = HttpResponse(headers={"Content-Disposition": f"attachment; filename={word}.csv"})
    answer.set_cookie("sesi", word)
    book = Workbook()
    book.properties.creator = word
    packed = {"headers", "cookies"} | {"sheet"}
    found = {kind for kind, text in surfaces(answer) if plants.found_in(text)}
    found |= {kind for kind, text in of_content(saved(book), "application/vnd.sheet") if plants.found_in(text)}
    assert found == packed
    pages = of_content(saying(word), "application/pdf")
    assert any(plants.found_in(text) for _, text in pages)
