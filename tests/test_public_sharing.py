"""Tests of what other sites get: share images, badges, feeds, tables; right, labelled, public facts only."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote_plus
from xml.etree import ElementTree as Tree

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from PIL import Image

from commitments.as_of import AsOf
from commitments.formats import rung_ground, rung_ink
from commitments.ladder import Rung
from commitments.lists import exports
from commitments.models import ServiceTarget
from commitments.public import unit_page as units
from commitments.public.sharing import feeds
from opd import access, clock, register
from tests.cast import Cast, utc
from tests.history_of_everything import demonstration
from tests.reading import compact

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = ("/kartu.png", "/en/kartu.png", "/unit/dinkes/kartu.png", "/en/unit/dinkes/kartu.png")
LEAVING = (
    *PICTURES,
    "/unit/dinkes/lencana.svg",
    "/en/unit/dinkes/lencana.svg",
    "/jejak/atom.xml",
    "/en/jejak/atom.xml",
    "/unit/dinkes/atom.xml",
    "/naik-turun/atom.xml",
    "/unit/dinkes/naik-turun/atom.xml",
    "/unit/dinkes/data.csv",
    "/sasaran/DINKES-01-1/data.csv",
    "/sasaran/DINKES-01-1/grafik.svg",
    "/en/sasaran/DINKES-01-1/grafik.svg",
    "/sitemap.xml",
    "/robots.txt",
)


@pytest.fixture
def demo() -> Iterator[None]:
    with clock.turned(clock.TurnedClock(utc(2018, 1, 1, 3), "uji")), register.act(register.DEMO_ACT, "demo") as act:
        act.office = access.SYSTEM.office
    yield


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response).decode()  # a file is sent in pieces


def improved(cast: Cast) -> None:
    row = cast.measurement(cast.target(), 5)
    row.verify(by=cast.verifier, seen=row.fingerprint())


def sent_secrets(cast: Cast) -> list[str]:
    """Private words in every place that has one; a draft too."""
    target = cast.target()
    sent = cast.measurement(target, 5, note="rahasia-catatan", method="rahasia-cara")
    cast.measurement(target, 4, submitted=False, note="rahasia-konsep")
    type(cast.dinkes).objects.filter(pk=cast.dinkes.pk).update(whatsapp="6281234567890")
    sent.return_(by=cast.verifier, seen=sent.fingerprint(), note="rahasia-keputusan dua puluh huruf")
    return ["rahasia", "6281234567890", "contoh.invalid", cast.head.username, "konsep"]


@pytest.mark.sqlite
@pytest.mark.parametrize("address", LEAVING)
def test_what_leaves_is_the_same_for_everyone(client: Client, address: str) -> None:
    improved(Cast())
    response = client.get(address)
    assert response.status_code == 200
    assert dict(response.cookies) == {}
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"  # a few bytes are never compressed
    assert "X-Robots-Tag" not in response or address == "/sitemap.xml"
    assert "X-Data-Contoh" not in response


@pytest.mark.parametrize("address", [address for address in LEAVING if address not in PICTURES])
def test_what_leaves_holds_nothing_private(client: Client, address: str) -> None:
    secrets = sent_secrets(Cast())
    said = read(client, address)
    assert [secret for secret in secrets if secret in said] == []


@pytest.mark.sqlite
@pytest.mark.parametrize("address", [address for address in LEAVING if "unit/" in address])
def test_nothing_leaves_about_a_unit_that_is_not(client: Client, address: str) -> None:
    assert client.get(address.replace("dinkes", "tidak-ada")).status_code == 404


@pytest.mark.sqlite
@pytest.mark.parametrize("address", PICTURES)
def test_a_picture_fits_a_chat(client: Client, address: str) -> None:
    improved(Cast())
    response = client.get(address)
    picture = Image.open(io.BytesIO(response.content))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_picture_tells_the_register_it_was_drawn_from(client: Client) -> None:
    cast = Cast()
    before = client.get("/unit/dinkes/kartu.png").content
    assert client.get("/unit/dinkes/kartu.png").content == before
    improved(cast)
    assert client.get("/unit/dinkes/kartu.png").content != before
    assert client.get("/en/unit/dinkes/kartu.png").content != client.get("/unit/dinkes/kartu.png").content


@pytest.mark.sqlite
@pytest.mark.parametrize("address", ["/kartu.png", "/unit/dinkes/kartu.png"])
def test_a_picture_of_invented_data_says_so_across_its_top(client: Client, demo: None, address: str) -> None:
    Cast()
    strip = Image.open(io.BytesIO(client.get(address).content)).convert("RGB").getpixel((5, 20))
    assert strip == (0xF6, 0xEC, 0xD3)


@pytest.mark.sqlite
def test_a_picture_of_real_data_has_no_such_strip(client: Client) -> None:
    Cast()
    strip = Image.open(io.BytesIO(client.get("/kartu.png").content)).convert("RGB").getpixel((5, 20))
    assert strip == (0xFA, 0xF8, 0xF3)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("page", "picture"),
    [
        ("/", "/kartu.png"),
        ("/unit/", "/kartu.png"),
        ("/unit/dinkes/", "/unit/dinkes/kartu.png"),
        ("/en/unit/dinkes/", "/en/unit/dinkes/kartu.png"),
        ("/en/sasaran/DINKES-01-1/", "/en/unit/dinkes/kartu.png"),
    ],
)
def test_a_page_names_its_picture(client: Client, page: str, picture: str) -> None:
    improved(Cast())
    html = read(client, page)
    [title] = re.findall(r"<title>(.*) · Melewati Seremoni</title>", html)
    said = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', html))
    image, _, version = said["og:image"].partition("?")
    assert image == f"http://testserver{picture}"
    assert said["og:url"] == f"http://testserver{page}"
    assert said["og:title"] == title
    assert said["og:description"]
    assert said["og:locale"] == ("en_GB" if page.startswith("/en/") else "id_ID")
    assert said["twitter:card"] == "summary_large_image"
    assert client.get(f"{picture}?{version}").content == client.get(picture).content  # an old address keeps working


@pytest.mark.sqlite
def test_the_address_of_a_picture_changes_when_the_picture_does(client: Client) -> None:
    """A chat asks once for an address, and shows what it got for weeks."""

    def pictured(page: str) -> str:
        return re.findall(r'property="og:image" content="([^"]+)"', read(client, page))[0]

    with demonstration(utc(2019, 2, 1, 3)) as turned:
        cast = Cast()
        first = pictured("/unit/dinkes/")
        assert pictured("/unit/dinkes/") == first
        improved(cast)
        assert pictured("/unit/dinkes/") != first
        proven = pictured("/unit/dinkes/")
        turned.moment += timedelta(days=1)  # the day stands in the picture
        assert pictured("/unit/dinkes/") != proven


@pytest.mark.sqlite
def test_a_dated_page_has_the_picture_of_its_day(client: Client) -> None:
    improved(Cast())
    page = read(client, f"/unit/dinkes/?per={clock.today()}")
    assert "&amp;per=" not in re.findall(r'property="og:image" content="([^"]+)"', page)[0]  # today is today
    with clock.turned(clock.TurnedClock(utc(2035, 1, 1, 3), "uji")):
        page = read(client, "/unit/dinkes/?per=2034-01-01")
    [picture] = re.findall(r'property="og:image" content="([^"]+)"', page)
    assert re.fullmatch(r"http://testserver/unit/dinkes/kartu\.png\?v=20340101-\w{8}&amp;per=2034-01-01", picture)


@pytest.mark.sqlite
def test_a_page_is_shared_with_its_day(client: Client) -> None:
    improved(Cast())
    for page in ("/unit/dinkes/", "/sasaran/DINKES-01-1/"):
        [link] = re.findall(r'href="(https://wa\.me/[^"]+)"', read(client, page))
        assert f"%3Fper%3D{clock.today()}" in link


def test_a_badge_is_a_picture_for_any_site(client: Client) -> None:
    improved(Cast())
    response = client.get("/en/unit/dinkes/lencana.svg")
    badge = Tree.fromstring(response.content)
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert [text.text for text in badge.iter(f"{SVG}text")][:2] == ["Dinkes", "Improving"]
    assert badge.findtext(f"{SVG}title") == "Unit dinkes: Improving"
    drawn = {child.tag.removeprefix(SVG) for child in badge.iter()}
    assert drawn == {"svg", "title", "rect", "path", "g", "text"}  # no script, style or link


@pytest.mark.sqlite
def test_no_rung_leaves_the_site_without_what_stands_beside_it(client: Client) -> None:
    with demonstration(utc(2019, 2, 1, 3)) as turned:
        cast = Cast()
        improved(cast)
        turned.moment += timedelta(days=800)
        for beside in ("diam", "mengaku Tercapai"):
            badge = Tree.fromstring(client.get("/unit/dinkes/lencana.svg").content)
            page = read(client, "/unit/dinkes/")
            [link] = re.findall(r'href="(https://wa\.me/[^"]+)"', page)
            assert f'<meta name="description" content="Unit dinkes: Membaik, {beside}.' in page
            assert f": Membaik, {beside}. http" in unquote_plus(link)
            assert badge.findtext(f"{SVG}title") == f"Data contoh. Unit dinkes: Membaik, {beside}"
            assert beside in [text.text for text in badge.iter(f"{SVG}text")]
            cast.measurement(
                ServiceTarget.objects.get(), 2, period_start=date(2019, 1, 1), period_end=date(2019, 1, 31)
            )


@pytest.mark.sqlite
def test_a_shared_list_and_a_shared_comparison_stay_what_they_are(client: Client) -> None:
    with demonstration(utc(2019, 2, 1, 3)) as turned:
        improved(Cast())
        turned.moment += timedelta(days=9)
        for address, kept in (
            ("/unit/?jenis=dinas&rung=3&bukan=1", "/unit/?rung=3&amp;jenis=dinas"),
            ("/unit/dinkes/?sejak=2019-02-03&per=kemarin", "/unit/dinkes/?sejak=2019-02-03"),
            ("/jejak/?objek=dinkes-01&per=2019-02-05", "/jejak/?objek=dinkes-01&amp;per=2019-02-05"),
        ):
            assert f'property="og:url" content="http://testserver{kept}"' in read(client, address)
        [link] = re.findall(r'href="(https://wa\.me/[^"]+)"', read(client, "/unit/dinkes/?sejak=2019-02-03"))
        assert unquote_plus(link).endswith("/unit/dinkes/?per=2019-02-10&sejak=2019-02-03")


@pytest.mark.sqlite
def test_a_badge_of_invented_data_says_so(client: Client, demo: None) -> None:
    Cast()
    said = [text.text for text in Tree.fromstring(client.get("/unit/dinkes/lencana.svg").content).iter(f"{SVG}text")]
    assert said[-1] == "Data contoh, bukan capaian sebenarnya"


@pytest.mark.sqlite
def test_a_unit_page_offers_its_badge_to_copy(client: Client) -> None:
    improved(Cast())
    html = read(client, "/unit/dinkes/")
    assert (
        "&lt;a href=&quot;http://testserver/unit/dinkes/&quot;&gt;"
        "&lt;img src=&quot;http://testserver/unit/dinkes/lencana.svg&quot; "
        "width=&quot;320&quot; height=&quot;80&quot; "
        "alt=&quot;Unit dinkes, Melewati Seremoni&quot;&gt;&lt;/a&gt;"
    ) in html


def badges() -> dict[Rung, str]:
    """The badge of one unit, had it come to each rung."""
    improved(Cast())
    day, row = clock.today(), units.unit_row("dinkes", clock.today())
    assert row
    drawn: dict[Rung, str] = {}
    for rung in Rung:
        row.rung = rung
        drawn[rung] = render_to_string("public/badge.svg", {"row": row, "asof": AsOf(day, day, "/")})
    return drawn


@pytest.mark.sqlite
def test_a_badge_has_as_many_full_bars_as_its_rung_without_any_style_sheet() -> None:
    full = {}
    for rung, badge in badges().items():
        [bars] = Tree.fromstring(badge).findall(f".//{SVG}svg")
        faded = [float(group.attrib["fill-opacity"]) for group in bars.iter(f"{SVG}g")]
        full[rung] = len(bars.findall(f"{SVG}rect"))
        assert len(list(bars.iter(f"{SVG}rect"))) == 5
        assert all(share < 0.5 for share in faded)
    assert full == {rung: int(rung) for rung in Rung}


@pytest.mark.sqlite
def test_what_is_drawn_for_paper_and_chats_is_drawn_like_the_pages() -> None:
    """One place each for the bars of a rung and its colours; typst and style sheets cannot read it."""
    base = Path(settings.BASE_DIR)
    bars = (base / "templates/parts/_bars.html").read_text()
    house, tokens = ((base / path).read_text() for path in ("commitments/typst/house.typ", "static/css/tokens.css"))
    heights = re.findall(r'<rect [^>]*height="([0-9.]+)"', bars)
    assert f"#let bar-heights = ({', '.join(heights)})" in house
    assert set(re.findall(r'fill-opacity="([0-9.]+)"', bars)) == {"0.28"}
    assert "transparentize(72%)" in house
    grounds = re.findall(r"--rung-\d: (#[0-9a-f]{6})", tokens.split("@media")[0])
    inks = re.findall(r"--on-rung-\d: (#[0-9a-f]{6})", tokens.split("@media")[0])
    assert ([rung_ground(rung) for rung in Rung], [rung_ink(rung) for rung in Rung]) == (grounds, inks)
    assert "(" + ", ".join(f'"{colour}"' for colour in grounds) + ")" in house


@pytest.mark.sqlite
def test_pictures_and_badges_use_the_colours_of_the_pages() -> None:
    base = Path(settings.BASE_DIR)
    tokens = set(re.findall(r"#[0-9a-f]{6}", (base / "static/css/tokens.css").read_text()))
    for drawing in ("commitments/typst/house.typ", "commitments/typst/kartu.typ", "templates/public/badge.svg"):
        assert set(re.findall(r"#[0-9a-f]{6}", (base / drawing).read_text())) - tokens == set()


def entries(said: str) -> list[tuple[str | None, str]]:
    """Title and address of what a feed holds."""
    feed = Tree.fromstring(said)
    found = feed.iter(f"{ATOM}entry")
    return [(one.findtext(f"{ATOM}title"), one.find(f"{ATOM}link").attrib["href"]) for one in found]  # type: ignore[union-attr]


def test_the_feed_tells_the_register(client: Client) -> None:
    improved(Cast())
    said = read(client, "/jejak/atom.xml")
    assert entries(said)[:2] == [
        (
            "Verifikator sekretariat no. 1 memverifikasi hasil pengukuran Rujukan, DINKES-01-1",
            "http://testserver/sasaran/DINKES-01-1/",
        ),
        (
            "Kepala Dinkes no. 1 mengirim hasil pengukuran Rujukan, DINKES-01-1: 5\N{NO-BREAK SPACE}hari",
            "http://testserver/sasaran/DINKES-01-1/",
        ),
    ]
    head = register.head()
    assert head
    assert Tree.fromstring(said).findtext(f"{ATOM}subtitle") == f"Kepala jejak: {head.seq}:{head.hash}"
    assert entries(read(client, "/en/jejak/atom.xml"))[0][1] == "http://testserver/en/sasaran/DINKES-01-1/"


def test_a_unit_s_feed_is_about_that_unit(client: Client) -> None:
    cast = Cast()
    improved(cast)
    theirs = entries(read(client, "/unit/pdam/atom.xml"))
    mine = entries(read(client, "/unit/dinkes/atom.xml"))
    assert [title for title, _ in theirs] == [
        "Pemuat data bersumber mencatat tanda tangan Pdam",
        "Pemuat data bersumber mencatat unit Pdam",
    ]
    assert [address for _, address in mine if "pdam" in address] == []
    assert len(mine) == 8  # unit, signature; commitment and target proposed and announced; sent, verified


@pytest.mark.sqlite
def test_an_entry_leads_to_where_it_stands_however_old(client: Client) -> None:
    cast = Cast()
    cast.commitment(published=False)
    addresses = [address for _, address in entries(read(client, "/jejak/atom.xml"))]
    for number in range(60):
        cast.commitment(published=False, title=f"Layanan {number}")
    marked = [address for address in addresses if "#" in address]
    assert marked
    for address in marked:
        assert f'id="{address.partition("#")[2]}"' in read(client, address)


@pytest.mark.sqlite
@pytest.mark.parametrize("feed", ["/jejak/atom.xml", "/unit/dinkes/atom.xml"])
def test_a_feed_is_as_of_the_day_asked_for_and_says_so(client: Client, feed: str) -> None:
    def told(asked: str = "") -> tuple[list[tuple[str | None, str]], str, list[str]]:
        said = read(client, feed + asked)
        tree = Tree.fromstring(said)
        addresses = [link.attrib["href"] for link in tree.findall(f"{ATOM}link")]
        return entries(said), str(tree.findtext(f"{ATOM}subtitle")).split(" Kepala jejak")[0], addresses

    with demonstration() as turned:
        cast = Cast()
        then, past = told()[0], clock.today()
        turned.moment += timedelta(days=1)
        cast.commitment()
        news, said, _ = told()
        assert (len(news), said) == (len(then) + 2, str(exports.DEMO_NOTICE))
        query = f"?per={past}"
        old, said, addresses = told(query)
        dated = [address.replace("#", f"&per={past}#") if "#" in address else address + query for _, address in then]
        assert old == [(title, address) for (title, _), address in zip(then, dated, strict=True)]
        assert said == f"{exports.DEMO_NOTICE} Keadaan per Senin, 8 Januari 2018."
        assert [address.endswith(query) for address in addresses] == [True, True]  # the page's, and its own
        same, said, _ = told("?per=kemarin")
        assert (same, "“kemarin” bukan tanggal" in said) == (news, True)


def test_a_feed_costs_the_same_however_much_happened(client: Client) -> None:
    cast = Cast()
    improved(cast)
    few = _queries(client, "/unit/dinkes/atom.xml")
    for value in range(6, 12):
        cast.measurement(cast.target(), value)
    assert _queries(client, "/unit/dinkes/atom.xml") == few


def _queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.sqlite
def test_invented_news_is_labelled(client: Client, demo: None) -> None:
    Cast()
    title = f"{ATOM}title"
    for address in ("/jejak/atom.xml", "/unit/dinkes/atom.xml"):
        feed = Tree.fromstring(read(client, address))
        titles = [feed.findtext(title), *(entry.findtext(title) for entry in feed.iter(f"{ATOM}entry"))]
        assert len(titles) > 1
        assert all(str(words).startswith("DATA CONTOH: ") for words in titles)
        assert str(feed.findtext(f"{ATOM}subtitle")).startswith(str(exports.DEMO_NOTICE))


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "address",
    [
        *("/data/", "/data/units.json", "/data/units.csv", "/data/units.xlsx", "/api/v1/units/"),
        *("/unit/?format=csv", "/komitmen/?format=xlsx", "/unit/dinkes/data.csv", "/jejak/atom.xml"),
        *("/jejak.jsonl", "/jejak.jsonl?sejak=3", PICTURES[0], PICTURES[2], "/unit/dinkes/lencana.svg"),
    ],
)
def test_whatever_leaves_a_demonstration_says_that_it_is_invented(client: Client, demo: None, address: str) -> None:
    """The register's lines have no place for it: they are as they were hashed."""
    Cast()
    response = client.get(address)
    assert response["X-Data-Contoh"] == str(exports.DEMO_NOTICE)
    if address.startswith("/jejak.jsonl"):
        assert response["Content-Disposition"] == 'inline; filename="contoh-jejak.jsonl"'


@pytest.mark.sqlite
def test_pages_name_their_feeds(client: Client) -> None:
    improved(Cast())
    feed = re.compile(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)"')
    general, of_a_unit = (compact(read(client, address)) for address in ("/cara-baca/", "/en/unit/dinkes/"))
    assert feed.findall(general) == ["/jejak/atom.xml", "/naik-turun/atom.xml"]
    assert feed.findall(of_a_unit) == [
        *("/en/jejak/atom.xml", "/en/naik-turun/atom.xml"),
        *("/en/unit/dinkes/atom.xml", "/en/unit/dinkes/naik-turun/atom.xml"),
    ]


def test_a_unit_is_a_table_that_excel_opens(client: Client) -> None:
    cast = Cast()
    target = cast.target(service="=1+1", target_value=Decimal("3.5"))
    cast.measurement(target, "5.25", n=7)
    response = client.get("/unit/dinkes/data.csv")
    said = b"".join(response).decode()
    rows = list(csv.reader(io.StringIO(said.removeprefix("\ufeff")), delimiter=";"))
    assert said.startswith("\ufeffMelewati Seremoni: Unit dinkes\r\n")
    assert f'filename="unit-dinkes-{clock.today()}.csv"' in response["Content-Disposition"]
    assert rows[-1] == [
        *("DINKES-01-1", "'=1+1", "hari", "14", "3,5", "2030-12-31", "Terukur"),
        *("2018-01-01", "2018-12-31", "5,25", "", "menunggu verifikasi", str(clock.today()), "diketik"),
    ]
    assert len(rows[-2]) == len(rows[-1])  # the headings


@pytest.mark.sqlite
@pytest.mark.parametrize("asked", ["kemarin", "2990-01-01", "1990-01-01"])
def test_a_table_of_a_day_that_makes_no_sense_leads_to_the_page_that_says_so(client: Client, asked: str) -> None:
    Cast()
    address = client.get(f"/unit/dinkes/data.csv?per={asked}")["Location"]
    assert address == f"/unit/dinkes/?per={asked}"
    assert 'class="notice notice-warn" role="status"' in read(client, address)


@pytest.mark.sqlite
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "|x", "  =1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert exports.no_formula(text) == f"'{text.strip()}"


@pytest.mark.sqlite
def test_an_invented_table_says_so_in_its_name_and_its_second_line(client: Client, demo: None) -> None:
    Cast()
    response = client.get("/unit/dinkes/data.csv")
    assert 'filename="contoh-unit-dinkes-' in response["Content-Disposition"]
    assert b"".join(response).decode().splitlines()[1].startswith("DATA CONTOH")


def test_search_engines_learn_every_page_in_each_language(client: Client) -> None:
    cast = Cast()
    cast.target()
    cast.target(published=False)
    index = Tree.fromstring(read(client, "/sitemap.xml"))
    places = {place.text for place in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    paths = [
        *("/", "/unit/", "/komitmen/", "/mou/", "/jejak/", "/jejak/periksa/", "/cara-baca/", "/tentang/", "/data/"),
        *("/uji-petik/", "/cermin/", "/bimtek/", "/jejak/saksi/"),
        *(f"/unit/{code}/" for code in ("setda", "bag-hukum", "dinkes", "pdam")),
        *("/komitmen/DINKES-01/", "/komitmen/DINKES-02/", "/sasaran/DINKES-01-1/"),
    ]
    assert places == {f"http://testserver{language}{path}" for path in paths for language in ("", "/en")}


@pytest.mark.sqlite
def test_the_real_register_may_be_listed(client: Client) -> None:
    Cast()
    assert read(client, "/robots.txt") == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /akun/\nDisallow: /kerja/\n\n"
        "Sitemap: http://testserver/sitemap.xml\n"
    )
    assert 'name="robots"' not in read(client, "/")


@pytest.mark.sqlite
@pytest.mark.parametrize("address", ["/", "/en/unit/dinkes/", "/api/v1/units/", "/jejak.jsonl", PICTURES[2]])
def test_a_demonstration_may_not(client: Client, demo: None, address: str) -> None:
    Cast()
    response: HttpResponse = client.get(address)  # type: ignore[assignment]
    assert response["X-Robots-Tag"] == "noindex"
    if response["Content-Type"].startswith("text/html"):
        assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert read(client, "/robots.txt").endswith("User-agent: *\nDisallow: /\n")


def test_feeds_are_views_marked_the_same_for_everyone() -> None:
    assert feeds.whole_register.parameters == feeds.unit.parameters == {"per"}  # type: ignore[attr-defined]
