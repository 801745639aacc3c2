"""Tests of translations: every public text is in English, and every text of packages in Indonesian."""

import calendar
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext, ngettext, trans_real

from commitments.models import Commitment, ServiceTarget
from commitments.templatetags import seremoni
from opd.models import Unit
from tests import history_of_everything as story
from tests.cast import Cast
from tests.reading import text

pytestmark = pytest.mark.sqlite  # no database changes any of this

PROJECT = Path(settings.BASE_DIR)
ENGLISH = Path("locale", "en", "LC_MESSAGES", "django.po")
SOURCES = ("opd", "commitments", "semarang_mou", "templates", "locale", "manage.py")
NAMES = (  # in no language, or in Javanese
    *(
        "CSV",
        "XLSX",
        "Melewati",
        "Seremoni",
        "Bahasa",
        "Indonesia",
        "Semarang",
        "WhatsApp",
        "WIB",
        "KB",
        "bytes",
        "SHA",
        "jejak",
        "jsonl",
    ),
    *("Melu", "tandatangan", "bar", "kuwi", "ora", "melakukan", "apapun"),
)
WORD = re.compile(r"[^\W\d_]{2,}")
SAID = re.compile(r"⟦[^⟦⟧]*⟧")
SHOWN = re.compile(r'(?:alt|title|placeholder|aria-label|name="description" content)="([^"]*)"')
CODE = re.compile(r"<pre.*?</pre>", re.DOTALL)
DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}")
HOLE = re.compile(r"%\(\w+\)s|%%|<[^>]+>|\{\w+\}")


def tool(*command: str, cwd: Path = PROJECT) -> str:
    """What a program of gettext says; skips where there is none."""
    if not shutil.which("msgfmt"):
        pytest.skip("MISSING no gettext in PATH: apt-get install gettext")
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def catalogue() -> Any:
    """English as Django has it in hand."""
    english: Any = trans_real.translation("en")
    return english._catalog


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources, to be read by a command that writes beside what it reads."""
    for name in SOURCES:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def test_the_catalogue_has_the_words_of_the_pages_and_no_others(copy: Path) -> None:
    tool(sys.executable, "manage.py", "makemessages", "--verbosity", "0", cwd=copy)
    assert (copy / ENGLISH).read_text() == (PROJECT / ENGLISH).read_text(), "run `make messages`"


def test_a_new_word_is_missed(copy: Path) -> None:
    """The twin of the above: it would notice."""
    with (copy / "templates" / "404.html").open("a") as page:
        page.write('{% translate "Kalimat yang baru saja ditulis." %}')
    tool(sys.executable, "manage.py", "makemessages", "--verbosity", "0", cwd=copy)
    found = tool("msgattrib", "--untranslated", "--no-wrap", str(copy / ENGLISH))
    assert 'msgid "Kalimat yang baru saja ditulis."\nmsgstr ""' in found


@pytest.mark.parametrize("po", sorted(PROJECT.glob("locale/*/LC_MESSAGES/django.po")), ids=lambda po: po.parts[-3])
def test_every_word_is_translated_and_compiled(po: Path, tmp_path: Path) -> None:
    tool("msgfmt", "--check-format", "--output-file", str(tmp_path / "mo"), str(po))
    assert (tmp_path / "mo").read_bytes() == po.with_suffix(".mo").read_bytes(), "run `make messages`"
    assert tool("msgattrib", "--untranslated", str(po)) == ""
    assert tool("msgattrib", "--only-fuzzy", str(po)) == ""


def test_a_translation_fills_in_what_the_original_does() -> None:
    """Also where gettext does not look: tags, and every form of a plural."""
    words = {key: said for key, said in catalogue()._catalogs[0].items() if isinstance(said, str)}
    odd = {
        key: said
        for key, said in ((key[0] if isinstance(key, tuple) else key, said) for key, said in words.items())
        if key and sorted(HOLE.findall(key)) != sorted(HOLE.findall(said))
    }
    assert odd == {}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("previous", "sebelumnya"),
        ("Multiple values may be separated by commas.", "Pisahkan beberapa nilai dengan koma."),
        ("Invalid page.", "Nomor halaman ini tidak ada."),
        ("Enter a valid date.", "Masukkan tanggal yang valid."),
    ],
)
def test_packages_speak_indonesian(said: str, wanted: str) -> None:
    assert gettext(said) == wanted
    with translation.override("en"):
        assert gettext(said) == said


def test_a_throttled_reader_is_told_in_indonesian() -> None:
    many = "Expected available in {wait} seconds."
    assert ngettext("Expected available in {wait} second.", many, 2) == "Coba lagi dalam {wait} detik."
    assert gettext("Request was throttled.") == "Permintaan ini telah dibatasi."


@pytest.fixture
def marked() -> Iterator[None]:
    """Every word that the English catalogue says comes in brackets."""
    words = catalogue()._catalogs
    seremoni._drawn.cache_clear()  # marks drawn without them
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            catalogue(),
            "_catalogs",
            [{key: f"⟦{said}⟧" if key else said for key, said in some.items()} for some in words],
        )
        yield
    seremoni._drawn.cache_clear()


def facts() -> list[str]:
    """Whatever people typed, the longest first: it stands on a page as it was written."""
    rows = [value for model in apps.get_models() for row in model._default_manager.values() for value in row.values()]
    typed = {value for value in rows if isinstance(value, str) and value}
    return sorted(typed, key=len, reverse=True)


def unsaid(html: str, typed: list[str]) -> set[str]:
    """Words of a page that neither the catalogue nor a person said."""
    html = DIGEST.sub(" ", CODE.sub(" ", html.replace("\N{SOFT HYPHEN}", "")))
    for value in typed:
        html = html.replace(escape(value), " ")
    while SAID.search(html):
        html = SAID.sub(" ", html)
    seen = " ".join([text(html), *SHOWN.findall(html)])
    known = {*NAMES, *calendar.month_name, *calendar.month_abbr, *calendar.day_name}
    return set(WORD.findall(seen)) - known


@pytest.mark.django_db
def test_an_english_page_says_nothing_but_the_catalogue(client: Client, marked: None) -> None:
    with story.demonstration() as turned:
        story.told(story.everything(Cast()), story.at_its_own_pace(turned))
        typed = facts()
        pages = [
            *("/", "/unit/", "/unit/?q=999", "/unit/?per=x", "/komitmen/", "/mou/", "/jejak/", "/cara-baca/"),
            "/tentang/",
            *(row.get_absolute_url() for model in (Unit, Commitment, ServiceTarget) for row in model.objects.all()),
            "/tidak/ada/",
        ]
        found = {page: unsaid(client.get(f"/en{page}").content.decode(), typed) for page in pages}
    assert {page: words for page, words in found.items() if words} == {}
