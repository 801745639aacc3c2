"""Tests of texts: every field cleans its text, and every output takes any text that the register may hold."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import connection, models
from django.utils.html import escape
from icalendar import Calendar
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from commitments.lists import exports
from commitments.models import ServiceTarget
from commitments.reports import meeting_pack as packs
from commitments.secretariat import chasing_list
from commitments.secretariat.imports import template
from commitments.secretariat.imports.kinds.commitments import CommitmentImport
from commitments.typst import glyphs, print_texts, typst_runner
from commitments.typst.print_source import PrintSource
from opd import clock, register, texts
from opd.accounts import correspondence
from opd.models import Invitation, Unit
from opd.register import triggers
from tests.cast import REASON, Cast, utc
from tests.history_of_everything import PACE, Deed, demonstration, everything, told
from tests.screen_texts import SHORT_REASON
from tests.test_access import PUBLIC_ROUTES, ROUTES, AccessWorld

pytestmark = pytest.mark.django_db

HOSTILE = (
    "Antrean puskesmas cukup dari ponsel 🚀",
    "Rujukan\x0bselesai di hari yang sama",
    "ꦱꦼꦩꦫꦁ ꦝꦺꦠ",
    "中文",
    "\u202eterbalik",
    "nai\u0308f",
    "zero\u200bwidth",
    "a" * 40,
    f"https://contoh.invalid/{'x' * 120}",
    "=1+1",
    "-2 hari",
    "@sebut",
    "\tTab",
    "100 %",
    "<b>tebal</b> & \"kutip\" 'satu'",
    "]]> --> {{ x }} {% y %} #set",
    "½ → ≥ ✓ “melengkung”",
    "dua\r\nbaris\u2028tiga",
    "한글 ḳ 大Ẃ q\u0331\u0308 👍🏿 \uf0b7 \ufffe \x01\x85",
)
ALL = " ".join(HOSTILE)
# One of each kind for a short field: no font, no XML, other direction, not NFC, invisible, a sign of a template.
SHORT = "=\x0b\x01🚀ꦱꦼ中한\u202ei\u0308\u200b\ufffe<&\"']]>{{x}}½→\uf0b7"
NOT_TYPED = {  # text columns that the register fills in itself
    *("opd.Entry.actor", "opd.Entry.act", "opd.Entry.object", "opd.Entry.body", "opd.Entry.hash"),
    *("opd.Entry.prev_hash", "opd.Unit.code", "commitments.Memorandum.code", "opd.Invitation.token_sha256"),
    *("commitments.Commitment.reference", "commitments.ServiceTarget.reference", "commitments.Reminder.about"),
    *("commitments.Evidence.sha256", "commitments.Evidence.original_sha256", "commitments.Evidence.public_sha256"),
    *("commitments.Decision.seen", "commitments.Recheck.head_hash"),
    *("commitments.MonthEnd.mark", "commitments.KeptLadder.head", "commitments.KeptLadder.rules"),
    *("commitments.CaseFile.case_digests", "commitments.CaseFile.durations", "commitments.CaseFile.questions_text"),
    *("commitments.CaseFile.calendar_sha256", "commitments.CaseFile.received_sha256"),
    *("commitments.MeasurementQuestion.code", "commitments.TargetRevision.new_clock", "opd.AccessRecord.named"),
    *("opd.Witness.email", "opd.Witness.vouched_hash"),  # the first is an address, which is checked as one
    *("commitments.ProposalDraft.path", "commitments.ProposalDraft.typed"),  # percent-encoded
}
CODED = {"seen", "code", "verb", "whatsapp", "website", "outcome", "field", "change", "email", "head"}
READ_BY_A_CLOCK = "hari"  # a unit of measure that must be what the clock of its target says


def text_fields() -> Iterator[models.Field]:
    """Of our models, those in which anything may be written."""
    for model in (*apps.get_app_config("opd").get_models(), *apps.get_app_config("commitments").get_models()):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.CharField | models.TextField) and not field.choices:
                yield field


def typed_fields() -> list[texts.Tidied]:
    return [field for field in text_fields() if isinstance(field, texts.Tidied)]


def hostile(field: Any) -> str:
    """The longest hostile text that fits."""
    lead = "https://contoh.invalid/" if isinstance(field, models.URLField) else ""
    return f"{lead}{SHORT} {ALL}"[: field.max_length or 1000]


def is_clean(text: str, *, lines: bool = False) -> bool:
    wrong = [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter != "\n"]
    misleading = set(text) & set("\u202e\u202d\u2066\u200b\ufeff\ufffe\xad")
    return not wrong and not misleading and unicodedata.is_normalized("NFC", text) and (lines or "\n" not in text)


def test_each_column_that_takes_typed_text_is_one_that_tidies_it() -> None:
    found = {field: isinstance(field, texts.Tidied) for field in text_fields()}
    assert {str(field) for field, tidies in found.items() if not tidies} == NOT_TYPED


@pytest.mark.sqlite
@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_field_takes_every_text_and_keeps_it_clean(text: str) -> None:
    for field in typed_fields():
        row = field.model()
        setattr(row, field.attname, text)
        kept = field.pre_save(row, True)
        assert kept == getattr(row, field.attname) == texts.tidy(text, lines=field.lines)
        assert is_clean(kept, lines=field.lines), field
        assert field.to_python(kept) == kept


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("typed", "line", "lines"),
    [
        ("Rujukan\x0bselesai", "Rujukan selesai", "Rujukan\nselesai"),
        (" dua\r\nbaris\x0ctiga ", "dua baris tiga", "dua\nbaris\ntiga"),
        ("\u202eterbalik\u202c", "terbalik", "terbalik"),
        ("nai\u0308f", "naïf", "naïf"),
        ("a\u200b\u0301", "á", "á"),
        ("zero\u200bwidth\ufeff", "zerowidth", "zerowidth"),
        ("\tTab\tlagi", "Tab lagi", "Tab lagi"),
        ("a\x00b\x85c\ud800d\ufffe", "ab cd", "ab\ncd"),
        ("👩\u200d⚕️ ꦱꦼ 中文", "👩\u200d⚕️ ꦱꦼ 中文", "👩\u200d⚕️ ꦱꦼ 中文"),
        ("<b> & {{ x }} = 1", "<b> & {{ x }} = 1", "<b> & {{ x }} = 1"),
    ],
)
def test_what_becomes_of_a_text(typed: str, line: str, lines: str) -> None:
    assert (texts.tidy(typed), texts.tidy(typed, lines=True)) == (line, lines)


def spoiled(deed: Deed) -> Any:
    """Do a deed with hostile letters in every text it is given."""
    coded = {choice for field in all_choices() for choice in field}
    wrong = {
        name: f"{value[:20]} {SHORT}"
        for name, value in deed.given.items()
        if isinstance(value, str) and name not in CODED and value not in coded and value != READ_BY_A_CLOCK
    }
    return deed.do(**wrong)


def all_choices() -> Iterator[list[str]]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if field.choices:
                yield [str(value) for value, _ in field.flatchoices]


def test_whatever_every_act_is_given_the_tables_hold_it_clean_and_the_register_agrees(
    settings: Settings, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    with demonstration() as turned:

        def each(deed: Deed) -> Any:
            turned.moment += PACE
            return spoiled(deed)

        told(everything(Cast()), each)
    kept = {
        str(field): list(field.model._base_manager.values_list(field.name, flat=True)) for field in typed_fields()
    }
    for field in typed_fields():
        for text in kept[str(field)]:
            assert is_clean(text, lines=field.lines), (field, text)
    assert {name for name, values in kept.items() if any("🚀" in value for value in values)} >= {
        *("opd.UnitName.name", "opd.UnitName.short_name", "opd.UnitName.legal_basis", "opd.Unit.note"),
        *("opd.Person.name", "opd.Tenure.title", "opd.Tenure.source", "opd.UnitChange.legal_basis"),
        *("commitments.Memorandum.title", "commitments.Signature.withdrawn_reason"),
        *("commitments.Signature.printed_name", "commitments.PublicFact.statement", "commitments.Commitment.title"),
        *("commitments.ServiceTarget.service", "commitments.ServiceTarget.unit_of_measure"),
        *("commitments.TargetRevision.reason", "commitments.TargetRevision.refusal_reason"),
        *("commitments.Decision.note", "commitments.Evidence.redaction_reason", "commitments.RecheckItem.finding"),
    }
    assert not list(register.check())


def spoil(*fields: texts.Tidied) -> None:
    """Old text, from before fields were kept clean: written past the models and the guards."""
    triggers.drop()
    with connection.cursor() as cursor:
        for field in fields:
            table, column = field.model._meta.db_table, field.column
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{column}" <> %s', [hostile(field), ""])


@pytest.fixture
def world(settings: Settings, tmp_path: Any) -> AccessWorld:
    settings.MEDIA_ROOT = str(tmp_path)
    return AccessWorld()


ALSO_ASKED = (
    *("/en/", "/en/unit/dinkes/", "/en/kartu.png", "/en/unit/dinkes/kartu.png", "/en/unit/dinkes/lencana.svg"),
    *("/en/jejak/atom.xml", "/en/unit/dinkes/atom.xml", "/unit/?format=csv", "/unit/?format=xlsx"),
    *("/komitmen/?format=csv", "/komitmen/?format=xlsx", "/jejak/atom.xml?per=a%0Bb"),
    *(f"/data/{name}.{form}" for name in ("units", "commitments", "targets") for form in exports.MEDIA_TYPE_OF),
    *(f"/data/{name}.json" for name in ("measurements", "revisions", "signatures")),
    *("/admin/rapor/paket.pdf", "/admin/rapor/paket.xlsx", "/admin/rapor/dinkes.pdf"),
)


def test_every_page_and_every_file_takes_whatever_the_register_holds(world: AccessWorld) -> None:
    spoil(*typed_fields())
    addresses = {world.address(route) for route in (*ROUTES, *PUBLIC_ROUTES)} | set(ALSO_ASKED)
    seen = set()
    for person in ("superuser", "head", "keeper"):
        client = world.client(person)
        # The health check asks over a connection of its own, which would wait for this test's locks.
        for address in sorted(address for address in addresses - {"/healthz"} if "logout" not in address):
            response = client.get(address)
            content = b"".join(response)
            assert response.status_code < 500, (person, address)
            if response.status_code == 200:
                kind = response["Content-Type"].partition(";")[0]
                understood(kind, content, address)
                seen.add(kind)
    assert seen >= {
        *("text/html", "application/atom+xml", "image/svg+xml", "image/png", "application/pdf", "text/csv"),
        *("application/json", "application/jsonl", "text/calendar", "application/xml", "text/plain"),
        exports.MEDIA_TYPE_OF["xlsx"],
    }


def understood(kind: str, content: bytes, address: str) -> None:
    """What reads this kind of file reads it."""
    if kind.endswith("xml"):
        ElementTree.fromstring(content)
    elif kind == "application/pdf":
        assert "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages), address
    elif kind == "image/png":
        Image.open(io.BytesIO(content)).verify()
    elif kind == exports.MEDIA_TYPE_OF["xlsx"]:
        cells = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
        assert cells and not [cell.value for cell in cells if cell.data_type == "f"], address
    elif kind == "text/csv":
        sign = "," if address.startswith("/en/") else ";"
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=sign))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))], address
    elif kind == "text/calendar":
        assert Calendar.from_ical(content).walk("VEVENT"), address
    elif kind == "application/json":
        json.loads(content)
    elif kind == "application/jsonl":
        assert [json.loads(line) for line in content.decode().split("\n") if line]


def test_every_letter_takes_whatever_the_register_holds(world: AccessWorld) -> None:
    world.cast.head.email = "kepala@contoh.invalid"
    world.cast.head.save()
    Invitation.objects.update(email="undangan@contoh.invalid")
    world.sent.return_(by=world.cast.verifier, seen=world.sent.fingerprint(), note=REASON)
    spoil(*(field for field in typed_fields() if field.name not in ("email", "whatsapp")))
    Unit.objects.filter(code="dinkes").update(whatsapp="628123456789")
    with clock.turned(clock.TurnedClock(utc(2031, 2, 3, 3), "uji")):
        [case, *_] = [case for case in chasing_list.cases(clock.today()) if case.unit.code == "dinkes"]
        chasing_list.write(case, by=world.cast.verifier)
        call_command("remind", stdout=io.StringIO())
    assert correspondence.invite(Invitation.objects.get(pk=world.invitation.pk), "https://contoh.invalid/")
    assert len(mail.outbox) >= 3
    for letter in mail.outbox:
        assert is_clean(str(letter.subject)) and is_clean(str(letter.body), lines=True)
        letter.message().as_bytes()
    for address in (case.whatsapp, correspondence.whatsapp(world.invitation, "https://contoh.invalid/")):
        [text] = parse_qs(urlsplit(address).query)["text"]
        assert "🚀" in text and is_clean(text, lines=True)


def test_the_sheets_of_the_imports_take_whatever_the_register_holds(world: AccessWorld) -> None:
    spoil(*typed_fields())
    understood(exports.MEDIA_TYPE_OF["xlsx"], template.workbook(CommitmentImport), "")


CARD = {
    "lang": "id",
    "day": "",
    "demo": "",
    "rung": 1,
    "lapsed": False,
    "proven": "",
    "claimed": "",
    "remarks": "",
    "after": "",
}


@pytest.fixture
def sheet() -> packs.UnitSheet:
    Cast().target()
    found = packs.sheet("dinkes", clock.today())
    assert found
    return found


@pytest.fixture
def imprint(sheet: packs.UnitSheet) -> PrintSource:
    head = register.head()
    assert head
    return PrintSource(head, False, "https://contoh.invalid/")


def test_an_old_text_stays_as_it_is_and_its_row_may_still_act() -> None:
    cast = Cast()
    target = cast.target()
    field = ServiceTarget._meta.get_field("service")
    spoil(field)
    triggers.install()
    target = ServiceTarget.objects.get()
    target.withdraw(by=cast.approver, seen=target.fingerprint(), reason=f"{REASON}\x0b")
    target.refresh_from_db()
    assert (target.service, target.withdrawal_reason) == (hostile(field), REASON)


@pytest.mark.sqlite
def test_a_reason_of_letters_that_nobody_sees_is_no_reason() -> None:
    cast = Cast()
    row = cast.target()
    with pytest.raises(Exception, match=SHORT_REASON):
        row.withdraw(by=cast.approver, seen=row.fingerprint(), reason="\u200b" * 40)


MIXED = (
    "大Ẃ\ufffd",
    "7ḳ",
    "ŀ\u0308\u0301",
    "帕🏿",
    "\u0308",
    "ı\u0651",
    "\ufffe",
    "骑\ufffdốヮ\ufffdṹ",
    "ꦱꦼ\u0308🏿x",
)


@pytest.mark.sqlite
@pytest.mark.parametrize("text", [*HOSTILE, *MIXED])
def test_a_letter_of_any_script_prints(text: str, sheet: packs.UnitSheet, imprint: PrintSource) -> None:
    """Also mixtures over which the typesetter stumbles when it looks for fonts itself."""
    sheet.rows[0].target.service = sheet.unit.short_name = text
    chart = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>{escape(texts.tidy(text))}</text></svg>'
    )
    report = print_texts.of_report(sheet, {sheet.rows[0].target.reference: chart}, imprint, clock.today())
    printed = typst_runner.pdf_of("rapor.typ", report, clock.now())
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    assert {letter for letter in glyphs.drawable(texts.tidy(text)) if letter.isalpha()} <= set(said)
    assert typst_runner.png_of("kartu.typ", CARD | {"title": text, "what": text}).startswith(b"\x89PNG")
