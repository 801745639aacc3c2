"""Tests of access: every route, visited by every role. A route that is not listed here fails."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.http import QueryDict
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image

from commitments import evidence as store
from commitments.models import (
    Assessment,
    CalendarAddress,
    Commitment,
    DayOff,
    Evidence,
    HolidayYear,
    Measurement,
    ProposalDraft,
    PublicFact,
    Recheck,
    ReminderChoice,
    StatedClock,
    Training,
    transfer,
)
from commitments.reports.doubts import claim_of
from commitments.reports.submission_preview import preview
from commitments.secretariat.imports import jobs
from opd import access
from opd.models import AccessRecord, Entry, Invitation, Membership, RegisterOperator, Witness
from opd.roster.decision_view import ActForm, DecisionView
from tests import doors
from tests.cast import REASON, Cast, take_roles
from tests.history_of_everything import case_report
from tests.mutations import undone

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them

PEOPLE = (
    "anonymous",
    "outsider",
    "operator",
    "head",
    "other_head",
    "verifier",
    "approver",
    "keeper",
    "leader",
    "inspector",
    "superuser_without_second_factor",
    "superuser",
)
WITH_SECOND_FACTOR = ("verifier", "approver", "keeper", "leader", "inspector", "superuser")
SIGN_IN = "/akun/login/"
DESK_DOOR = "/admin/login/"  # from there a signed-in person who is not staff gets 403
SET_UP = "/akun/faktor-kedua/pasang/"
Answer = int | str  # a status, or where a redirect leads
Expected = dict[str, Answer]


def everyone(answer: Answer, **but: Answer) -> Expected:
    return dict.fromkeys(PEOPLE, answer) | but


def members(answer: Answer, **but: Answer) -> Expected:
    """The workspace: nobody without having signed in."""
    return everyone(answer, anonymous=SIGN_IN) | but


def with_second_factor(answer: Answer) -> Expected:
    return dict.fromkeys(WITH_SECOND_FACTOR, answer)


def desk(answer: Answer, **but: Answer) -> Expected:
    """The admin: nobody who is not staff, nobody of the staff without a second factor."""
    strangers = dict.fromkeys(("outsider", "operator", "head", "other_head"), DESK_DOOR)
    return everyone(answer, anonymous=DESK_DOOR, superuser_without_second_factor=SET_UP) | strangers | but


PUBLIC = everyone(200)
OWN = members(404, head=200, operator=200)
ACT = members(405)  # POST only: who may is asked below
READ = desk(200)
KEEPERS = desk(403, keeper=200, superuser=200)
KEEPER_ONLY = desk(403, keeper=200)  # acts of the roster: a superuser without that role has none
SUPERUSERS = desk(403, superuser=200)
INSPECTORS = desk(403, inspector=200, superuser=200)
PLACE = "/kerja/"
DESK = "/admin/"

ROUTES: dict[str, Expected] = {
    "akun/login/": members(PLACE, anonymous=200, superuser_without_second_factor=DESK) | with_second_factor(DESK),
    "akun/logout/": members(200, anonymous="/"),
    "akun/tidak-aktif/": PUBLIC,
    "akun/yakinkan/": members(200),
    "akun/sandi/": members(200),
    "akun/sandi/lupa/": PUBLIC,
    "akun/sandi/lupa/terkirim/": PUBLIC,
    "akun/sandi/baru/selesai/": PUBLIC,
    "akun/^sandi/baru/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": PUBLIC,  # "this link holds no longer"
    "akun/faktor-kedua/": members(200),
    "akun/faktor-kedua/kode/": members(PLACE, superuser_without_second_factor=DESK) | with_second_factor(DESK),
    "akun/faktor-kedua/yakinkan/": members("/akun/yakinkan/") | with_second_factor(200),
    "akun/faktor-kedua/pasang/": members(200) | with_second_factor("/akun/faktor-kedua/lepas/"),
    "akun/faktor-kedua/lepas/": members(404) | with_second_factor("/akun/yakinkan/"),
    "akun/passkey/": members(200),
    "akun/passkey/masuk/": members(PLACE, superuser_without_second_factor=DESK) | with_second_factor(DESK),
    "akun/passkey/pasang/": members(200),  # a moment after the password
    "akun/passkey/yakinkan/": members("/akun/yakinkan/"),  # for whoever has one
    "akun/passkey/<int:pk>/": members("/akun/yakinkan/"),
    "akun/passkey/<int:pk>/lepas/": members("/akun/yakinkan/"),
    "akun/pertama/": everyone(410),  # there is an administrator
    "akun/pertama/<str:token>/": everyone("/akun/pertama/"),
    "akun/undangan/": everyone(410),  # without having opened a link
    "akun/undangan/<str:token>/": everyone("/akun/undangan/"),
    "akun/faktor-kedua/cadangan/": members(404),
    "akun/faktor-kedua/cadangan/baru/": members("/akun/yakinkan/"),
    "akun/faktor-kedua/cadangan/unduh/": members(404),
    "kerja/": members(200),
    "kerja/sasaran/<slug:reference>/lapor/": OWN,
    "kerja/sasaran/<slug:reference>/lapor/bila/": OWN,
    "kerja/sasaran/<slug:reference>/berkas-kasus/": OWN,
    "kerja/sasaran/<slug:reference>/ubah/": OWN,
    "kerja/sasaran/<slug:reference>/tarik/": OWN,
    "kerja/perubahan/<uuid:uuid>/tarik/": OWN,
    "kerja/tim/": members(404, head=200, operator=200, other_head=200),
    "kerja/tim/<int:pk>/wakil/": OWN,
    "kerja/tim/<int:pk>/akhiri/": OWN,
    "kerja/tim/undangan/<int:pk>/cabut/": ACT,
    "kerja/pengingat/": members(404, head=200, operator=200, other_head=200),
    "kerja/pengingat/<str:token>/": PUBLIC,  # the link in a letter is the key
    "kerja/kalender/<str:address>.ics": PUBLIC,  # the address is the key
    "kerja/kiriman/<uuid:uuid>/": OWN,
    "kerja/kiriman/<uuid:uuid>/tanda-terima.txt": OWN,
    "kerja/kiriman/<uuid:uuid>/koreksi/": OWN,
    "kerja/kiriman/<uuid:uuid>/kirim/": ACT,
    "kerja/kiriman/<uuid:uuid>/tarik/": ACT,
    "kerja/kiriman/<uuid:uuid>/buang/": ACT,
    "kerja/bulan/": members(404, head=200, operator=200, other_head=200),
    "kerja/laporan/": members(404, head=200, operator=200, other_head=200),
    "kerja/rapor.pdf": members(404, head=200, operator=200, other_head=200),
    "akun/surel/": members(200),
    "akun/surel/<str:token>/": everyone(410),  # without the letter
    "kerja/kiriman/<uuid:uuid>/ada/": OWN,
    "kerja/berkas/<slug:sha256>/": members(
        404, head=200, operator=200, other_head=200, setda_head=200, bagian_head=200
    ),
    "kerja/sw.js": PUBLIC,
    "kerja/manifes.webmanifest": PUBLIC,
    "kerja/tanpa-sinyal/": PUBLIC,
    "kerja/bukti/<uuid:uuid>/": OWN,
    "kerja/bukti/tersimpan/<str:held>/": members(404),  # signed for the account that brought the file
    "kerja/konsep/<int:pk>/buang/": ACT,
    "kerja/serah-terima/": members(404, head=200, operator=200, other_head=200),
    "kerja/komitmen/mulai/": members(404, head=200, operator=200, other_head=200),
    "kerja/komitmen/usul/": members(404, head=200, operator=200, other_head=200),
    "kerja/komitmen/<slug:reference>/target/": OWN,
    "kerja/komitmen/<slug:reference>/terima/": ACT,
    "kerja/komitmen/<slug:reference>/tarik/": OWN,
    "kerja/komitmen/<slug:reference>/perbaiki/": OWN,
    "kerja/sasaran/<slug:reference>/perbaiki/": OWN,
    "admin/": READ,
    "admin/login/": everyone(DESK, anonymous=SIGN_IN, superuser_without_second_factor=SET_UP)
    | dict.fromkeys(("outsider", "operator", "head", "other_head"), 403),
    "admin/logout/": desk(405, anonymous=DESK) | dict.fromkeys(("outsider", "operator", "head", "other_head"), DESK),
    "admin/password_change/": desk("/akun/sandi/"),
    "admin/password_change/done/": READ,
    "admin/autocomplete/": desk(403),
    "admin/jsi18n/": READ,
    "admin/r/<path:content_type_id>/<path:object_id>/": desk(404),
    "admin/auth/user/": READ,
    "admin/auth/user/add/": KEEPERS,
    "admin/auth/user/<path:object_id>/change/": READ,
    "admin/auth/user/<path:object_id>/history/": READ,
    "admin/auth/user/<path:object_id>/delete/": desk(403),
    "admin/auth/user/<path:object_id>/": desk("/admin/auth/user/"),
    "admin/auth/user/<id>/password/": SUPERUSERS,
    "admin/peluncuran/": READ,
    "admin/peluncuran/undang/": KEEPERS,
    "admin/peluncuran/ulang/": desk(405),
    "admin/peluncuran/surat.pdf": desk(405),
    "admin/cari/": READ,
    "admin/tagih/": READ,
    "admin/tagih/surel/": desk(405),
    "admin/tagih/<slug:code>/whatsapp/": desk(405),
    "admin/tagih/<slug:code>/surel/": desk(405),
    "admin/tagih/<int:pk>/terkirim/": desk(405),
    "admin/rapor/": READ,
    "admin/rapor/paket.pdf": READ,
    "admin/rapor/paket.xlsx": READ,
    "admin/rapor/<slug:code>.pdf": READ,
    "admin/opd/membership/": READ,
    "admin/opd/membership/add/": KEEPERS,
    "admin/opd/membership/<int:pk>/change/": READ,
    "admin/opd/accessrecord/": INSPECTORS,
    "admin/opd/accessrecord/<path:object_id>/change/": INSPECTORS,
    "admin/opd/invitation/": READ,
    "admin/opd/invitation/add/": KEEPERS,
    "admin/opd/invitation/<path:object_id>/change/": READ,
    "admin/opd/invitation/<int:pk>/cabut/": desk(403),  # POST only
    "admin/mfa/authenticator/": READ,
    "admin/mfa/authenticator/<path:object_id>/change/": READ,
    "admin/mfa/authenticator/<path:object_id>/delete/": SUPERUSERS,
    "admin/commitments/evidence/<int:pk>/asli/": READ,
    "admin/impor/": KEEPER_ONLY,
    "admin/impor/<slug:slug>/": KEEPER_ONLY,
    "admin/impor/tarik/<slug:sha256>/": desk(403, keeper=405),
    "admin/impor/<slug:slug>/berjalan/<str:key>/": KEEPER_ONLY,
    "admin/impor/<slug:slug>/templat.xlsx": KEEPER_ONLY,
    "admin/opd/unit/baru/": KEEPER_ONLY,
    "admin/opd/tenure/rotasi/": KEEPER_ONLY,
    "admin/opd/witness/baru/": KEEPER_ONLY,
    "admin/opd/unitchange/susun/": KEEPER_ONLY,
    "admin/commitments/signature/baru/": KEEPER_ONLY,
    "admin/commitments/assessment/baru/": KEEPER_ONLY,
    "admin/commitments/training/baru/": KEEPER_ONLY,
    "admin/commitments/training/<int:pk>/undangan.pdf": READ,
    "admin/commitments/holidayyear/baru/": KEEPER_ONLY,
    "admin/commitments/recheck/undi/": desk(403, inspector=200),
    "admin/^(?P<app_label>auth|mfa|opd|commitments)/$": READ,
    "admin/(?P<url>.*)$": desk(404),
} | {
    f"admin/{name}/{page}": READ
    for row_page, names in {
        "<int:pk>/change/": (  # a page of ours
            "opd/unit",
            "opd/tenure",
            "opd/person",
            "opd/unitchange",
            "commitments/signature",
            "commitments/assessment",
            "commitments/training",
            "commitments/measurement",
            "commitments/evidence",
            "commitments/commitment",
            "commitments/servicetarget",
            "commitments/targetrevision",
            "commitments/recheckitem",
            "opd/unitname",
            "opd/registeroperator",
            "opd/witness",
            "commitments/casefile",
            "commitments/holiday",
            "commitments/measurementquestion",
            "commitments/memorandum",
            "commitments/publicfact",
            "commitments/holidayyear",
            "commitments/decision",
            "commitments/proposalstep",
            "commitments/assignment",
            "commitments/acknowledgement",
            "commitments/inheritance",
        ),
        "<path:object_id>/change/": (
            "opd/entry",
            "commitments/recheck",
            "opd/staffrole",
        ),  # Django's own, for reading only
    }.items()
    for name in names
    for page in ("", row_page)
}
# Pages for anyone, the same for everyone; each with an example of its address.
PUBLIC_ROUTES = {
    "": "/",
    "jawaban/<slug:code>/": "/jawaban/past/",
    "kartu.png": "/kartu.png",
    "unit/": "/unit/",
    "unit/<slug:code>/": "/unit/dinkes/",
    "unit/<slug:code>/kartu.png": "/unit/dinkes/kartu.png",
    "unit/<slug:code>/lencana.svg": "/unit/dinkes/lencana.svg",
    "unit/<slug:code>/atom.xml": "/unit/dinkes/atom.xml",
    "unit/<slug:code>/data.csv": "/unit/dinkes/data.csv",
    "sasaran/<slug:reference>/data.csv": "/sasaran/DINKES-01-1/data.csv",
    "sasaran/<slug:reference>/grafik.svg": "/sasaran/DINKES-01-1/grafik.svg",
    "komitmen/": "/komitmen/",
    "data/": "/data/",
    "data/<slug:name>.<slug:format_>": "/data/units.csv",
    "data/datapackage.json": "/data/datapackage.json",
    "data/catalog.jsonld": "/data/catalog.jsonld",
    "data/plain/<slug:name>.csv": "/data/plain/units.csv",
    "data/<slug:name>.py": "/data/verify.py",
    "komitmen/<slug:reference>/": "/komitmen/DINKES-01/",
    "sasaran/<slug:reference>/": "/sasaran/DINKES-01-1/",
    "mou/": "/mou/",
    "jejak/": "/jejak/",
    "jejak/atom.xml": "/jejak/atom.xml",
    "naik-turun/atom.xml": "/naik-turun/atom.xml",
    "unit/<slug:code>/naik-turun/atom.xml": "/unit/dinkes/naik-turun/atom.xml",
    "lembar-dewan.pdf": "/lembar-dewan.pdf",
    "jejak/periksa/": "/jejak/periksa/",
    "jejak/saksi/": "/jejak/saksi/",
    "jejak/kepala.txt": "/jejak/kepala.txt",
    "jejak/kepala.note": "/jejak/kepala.note",
    "jejak.jsonl": "/jejak.jsonl",
    "cara-baca/": "/cara-baca/",
    "tangga/<slug:rows>.<slug:database>.sql": "/tangga/unit.sqlite.sql",
    "tentang/": "/tentang/",
    "bimtek/": "/bimtek/",
    "bimtek/<slug:day>.ics": "/bimtek/2017-11-02.ics",
    "cermin/": "/cermin/",
    "uji-petik/": "/uji-petik/",
    "uji-petik/<slug:number>/": "/uji-petik/1/",
    "bukti/<slug:public_sha256>/": "",  # the digest of the public copy
    "kasus/<uuid:uuid>.csv": "kasus",  # what was computed from a case file
    "data/plain/calendar.csv": "/data/plain/calendar.csv",
    "healthz": "/healthz",
    "sitemap.xml": "/sitemap.xml",
    "robots.txt": "/robots.txt",
    "speculation-rules.json": "/speculation-rules.json",
} | {
    f"api/v1/{name}/": f"/api/v1/{name}/"
    for name in (
        "units",
        "commitments",
        "targets",
        "measurements",
        "revisions",
        "rechecks",
        "signatures",
        "assessments",
        "trainings",
        "facts",
        "register",
        "schema",
    )
}


class AccessWorld:
    """Everyone, and one row of everything, all of it of dinkes."""

    def __init__(self) -> None:
        self.cast = cast = Cast()
        cast.superuser = User.objects.create_superuser("akar", password=doors.PASSWORD)  # type: ignore[attr-defined]
        cast.superuser_without_second_factor = User.objects.create_superuser(  # type: ignore[attr-defined]
            "akar-tanpa-kunci", password=doors.PASSWORD
        )
        Witness.enter(by=cast.keeper, name="Arsip Kampus", witness_kind="campus", email="saksi@contoh.invalid")
        self.tenure = cast.succession(date(2018, 1, 1), person="Budi")
        PublicFact.enter(
            by=cast.keeper,
            unit=cast.dinkes,
            service="Rujukan",
            statement="Tertulis di suatu tempat.",
            source="uji",
            certainty="documented",
        )
        Training.enter(by=cast.keeper, held_on=date(2017, 11, 2), title="Bimtek", place="Balai Kota", source="uji")
        Assessment.enter(
            by=cast.keeper,
            assessor="Penilai",
            scheme="Survei",
            year=2017,
            label="B",
            published_on=date(2018, 1, 1),
            source="uji",
            certainty="documented",
        )
        HolidayYear.enter(by=cast.keeper, year=2019, source="uji", days=[DayOff(date(2019, 1, 1), "Tahun Baru")])
        self.commitment = cast.commitment()
        self.target = cast.target(commitment=self.commitment)
        self.proposed = cast.commitment(published=False)
        self.proposed_target = cast.target(commitment=self.commitment, published=False)
        self.revision = self.target.revise(
            by=cast.head, seen=self.target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON
        )
        self.place = cast.operator.memberships.get()
        self.invitation, _ = Invitation.issue(by=cast.head, name="Ani", unit=cast.dinkes, role=access.OPERATOR_ROLE)
        self.calendar = CalendarAddress.renew(by=cast.head, unit=cast.dinkes)
        self.plan = ProposalDraft.keep(
            by=cast.operator,
            unit=cast.dinkes,
            uuid=uuid4(),
            path="/kerja/komitmen/usul/",
            title="x",
            fields=QueryDict(),
        )
        self.commitment.acknowledge(by=cast.head, seen=self.commitment.fingerprint())
        verified = cast.measurement(self.target, submitted=False)
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        picture.seek(0)
        self.file = Evidence.attach(verified, kind="hasil", file=store.receive("bukti.png", picture))
        verified.submit(by=cast.head, seen=verified.fingerprint())
        verified.verify(by=cast.verifier, seen=verified.fingerprint(), public={self.file.uuid: True})
        self.file.refresh_from_db()
        self.sent = cast.measurement(self.target, 4, note="Rahasia unit.")
        self.draft = cast.measurement(self.target, 3, submitted=False)
        stated = StatedClock("ambil-nomor", "selesai", "minutes")
        counted = cast.target(commitment=self.commitment, **stated.as_fields())
        case_row = case_report(cast, counted)
        case_row.submit(by=cast.head, seen=case_row.fingerprint())
        self.case_file = case_row.case_file
        self.recheck = Recheck.draw(by=cast.inspector, size=1)
        self.change = transfer.propose(
            by=cast.keeper,
            change="merged",
            on=date(2030, 1, 1),
            legal_basis="Perda",
            predecessors=[cast.dinkes],
            successors=[cast.pdam],
            heirs=dict.fromkeys(Commitment.objects.values_list("reference", flat=True), cast.pdam),
        )
        RegisterOperator.appoint(by=cast.superuser, name="Diskominfo", contact="register@contoh.invalid")  # type: ignore[attr-defined]
        self.proposed.return_(by=cast.approver, seen=self.proposed.fingerprint(), note=REASON)
        self.proposed.amend(by=cast.head, seen=self.proposed.fingerprint())
        AccessRecord.note(cast.leader, AccessRecord.ReadKind.ACCOUNTS)
        self.import_job = jobs.ImportJob("uji", "unit", "rekap.xlsx", cast.keeper.pk, keeps=False)
        self.import_job.write()
        for person in WITH_SECOND_FACTOR:
            doors.give_second_factor(getattr(cast, person))

    def client(self, person: str) -> Client:
        if person == "anonymous":
            return Client()
        return doors.enter(getattr(self.cast, person), second_factor=person in WITH_SECOND_FACTOR)

    def address(self, route: str) -> str:
        """An example of the address of a route, about a thing of dinkes."""
        if route == "kasus/<uuid:uuid>.csv":
            return self.case_file.get_absolute_url()
        if route in PUBLIC_ROUTES:
            return PUBLIC_ROUTES[route] or f"/bukti/{self.file.public_sha256}/"
        if route.startswith("admin/"):
            return self._admin_address(route)
        proposal = route.endswith(("/tarik/", "/perbaiki/"))
        uuid = self.draft.uuid if route.endswith(("/kirim/", "/buang/")) else self.sent.uuid
        reference = self.proposed.reference if proposal else self.commitment.reference
        if "sasaran/" in route:
            reference = self.proposed_target.reference if proposal else self.target.reference
        if "uidb36" in route:
            return "/akun/sandi/baru/1-xyz/"
        if "<int:pk>" in route:
            row = self.invitation if "undangan" in route else self.plan if "konsep" in route else self.place
            return "/" + route.replace("<int:pk>", str(row.pk))
        if "perubahan/" in route:
            uuid = self.revision.uuid
        if "bukti/" in route:
            uuid = self.file.uuid
        route = route.replace("pengingat/<str:token>", f"pengingat/{ReminderChoice.token(self.cast.head)}")
        route = route.replace("<str:address>", self.calendar.address).replace("<str:token>", "salah")
        route = route.replace("<str:held>", "salah").replace("<slug:sha256>", "a" * 64)
        return "/" + route.replace("<uuid:uuid>", str(uuid)).replace("<slug:reference>", reference)

    def _admin_address(self, route: str) -> str:
        if "app_label" in route:
            return "/admin/opd/"
        if "rapor/" in route or "tagih/" in route:
            return "/" + route.replace("<slug:code>", "dinkes").replace("<int:pk>", "1")
        if "(?P<url>" in route:
            return "/admin/tidak/ada/"
        if "impor/" in route:
            kind = route.replace("<slug:slug>", "unit").replace("<slug:sha256>", "0" * 64)
            return "/" + kind.replace("<str:key>", self.import_job.key)
        if "content_type_id" in route:
            return "/admin/r/1/999999/"
        parts = route.split("/")
        for model, model_admin in admin.site._registry.items():
            if parts[1:3] == [model._meta.app_label, model._meta.model_name]:
                row = self.row(model, model_admin)
                for hole in ("<path:object_id>", "<int:pk>", "<id>"):
                    route = route.replace(hole, str(row.pk))
        return "/" + route

    def row(self, model: type[models.Model], model_admin: admin.ModelAdmin) -> models.Model:
        """One row of a model for the admin, of a state in which something may be done."""
        wanted: dict[type[models.Model], models.Model] = {
            User: self.cast.head,
            Membership: self.place,
            Evidence: self.file,
            type(self.cast.dinkes): self.cast.dinkes,
        }
        if model in wanted:
            return wanted[model]
        view = dict(decision_views()).get(model)
        waiting = next(iter(view(model_admin=model_admin).queue()), None) if view else None
        if waiting:
            return waiting
        return model._default_manager.order_by("pk").first()  # type: ignore[return-value]


@pytest.fixture(scope="module")
def told(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[AccessWorld, str]]:
    """Once for all, and the folder of its evidence: every test forgets what it changed."""
    folder = str(tmp_path_factory.mktemp("evidence"))
    with django_db_blocker.unblock(), undone(), override_settings(MEDIA_ROOT=folder):
        yield AccessWorld(), folder


@pytest.fixture
def world(told: tuple[AccessWorld, str], db: None, settings: Settings) -> AccessWorld:
    world, settings.MEDIA_ROOT = told
    return copy.deepcopy(world)  # its rows as the database has them, whatever a test before did to its own copies


def known_routes() -> Iterator[str]:
    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            here = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield here
            else:
                yield from walk(pattern, here)

    return walk(get_resolver(), "")


def asked(client: Client, address: str) -> Any:
    response = client.get(address)
    if response.streaming:
        b"".join(response)  # read to its end, a file is closed
    return response


def answered(response: Any, expected: Answer) -> Answer:
    """The status, or where it leads when that is asked."""
    return (
        response["Location"].partition("?")[0]
        if isinstance(expected, str) and "Location" in response
        else response.status_code
    )


def test_every_route_is_listed_and_nothing_else() -> None:
    assert sorted(set(known_routes())) == sorted({*ROUTES, *PUBLIC_ROUTES})


@pytest.mark.parametrize("person", PEOPLE)
def test_this_person_goes_where_they_may_and_nowhere_else(world: AccessWorld, person: str) -> None:
    client = world.client(person)
    expected = {route: answers[person] for route, answers in ROUTES.items()}
    found = {route: answered(asked(client, world.address(route)), answer) for route, answer in expected.items()}
    for route, answer in expected.items():
        if isinstance(answer, str) and answer.startswith("/admin/") and route.count("/") > 2:
            found[route] = str(found[route])[: len(answer)]  # the row's own page comes after it
    assert found == expected


@pytest.mark.parametrize("person", ["anonymous", "head", "superuser"])
def test_public_pages_are_the_same_for_this_person(world: AccessWorld, person: str) -> None:
    client = world.client(person)
    assert {route: asked(client, world.address(route)).status_code for route in PUBLIC_ROUTES} == dict.fromkeys(
        PUBLIC_ROUTES, 200
    )


def said_of(draft: Measurement) -> str:
    return preview(draft.target, claim_of(draft, draft.evidence_items())).summary


WORKSPACE_ACTS: dict[str, Callable[[AccessWorld], dict[str, str]]] = {
    "kerja/sasaran/<slug:reference>/lapor/": lambda world: report(),
    "kerja/kiriman/<uuid:uuid>/koreksi/": lambda world: report(),
    "kerja/kiriman/<uuid:uuid>/kirim/": lambda world: {
        "seen": world.draft.fingerprint(),
        "read_doubts": said_of(world.draft),
    },
    "kerja/kiriman/<uuid:uuid>/tarik/": lambda world: {"seen": world.sent.fingerprint()},
    "kerja/kiriman/<uuid:uuid>/buang/": lambda world: {},
    "kerja/konsep/<int:pk>/buang/": lambda world: {},
    "kerja/perubahan/<uuid:uuid>/tarik/": lambda world: {"seen": world.revision.fingerprint(), "reason": REASON},
    "kerja/komitmen/<slug:reference>/terima/": lambda world: {"seen": world.commitment.fingerprint()},
    "kerja/komitmen/<slug:reference>/tarik/": lambda world: {"seen": world.proposed.fingerprint(), "reason": REASON},
    "kerja/sasaran/<slug:reference>/tarik/": lambda world: {
        "seen": world.proposed_target.fingerprint(),
        "reason": REASON,
    },
    "kerja/sasaran/<slug:reference>/ubah/": lambda world: {
        "seen": world.target.fingerprint(),
        "field": "target_value",
        "value": "2",
        "reason": REASON,
        "read_doubts": "target_value 3 2",
    },
}


def report() -> dict[str, str]:
    return {
        "uuid": str(uuid4()),
        "value": "4,5",
        "period_start": "2019-01-01",
        "period_end": "2019-12-31",
        "bukti-TOTAL_FORMS": "1",
        "bukti-INITIAL_FORMS": "0",
        "bukti-0-kind": "hasil",
        "bukti-0-url": "https://contoh.go.id/angka",
        "read_doubts": "4,5 jump:14",
        "kirim": "1",
    }


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "head"])
def test_only_the_head_acts_for_the_unit(world: AccessWorld, person: str) -> None:
    client, before = world.client(person), Entry.objects.count()

    def drafts() -> tuple[set[int], int]:
        unsent = Measurement.objects.filter(submitted_at=None)
        return set(unsent.values_list("pk", flat=True)), ProposalDraft.objects.count()

    kept = drafts()
    outside = person not in ("operator",)
    for route, given in WORKSPACE_ACTS.items():
        if route.endswith("/buang/") and not outside:
            continue  # an operator throws their unit's drafts away
        response = client.post(world.address(route), given(world))
        if outside:
            assert (route, answered(response, ROUTES[route][person])) == (
                route,
                SIGN_IN if person == "anonymous" else 404,
            )
    assert Entry.objects.count() == before
    if outside:
        assert drafts() == kept


DESK_ACTS: dict[str, dict[str, Any]] = {
    "opd/unit/pejabat": {
        "person": "Ani",
        "title": "Kepala",
        "status": "definitif",
        "from_on": "2025-01-01",
        "source": "uji",
        "certainty": "documented",
    },
    "opd/unit/koreksi": {"unit_kind": "badan", "certainty": "documented"},
    "opd/unit/ganti-nama": {"name": "Baru", "short_name": "Baru", "on": "2025-01-01", "legal_basis": "Perwal"},
    "opd/tenure/akhiri": {"on": "2025-01-01"},
    "opd/tenure/koreksi": {"source": "SK", "certainty": "documented"},
    "opd/person/koreksi": {"name": "Budi Santoso"},
    "opd/witness/cocokkan": {"head": "1:" + "0" * 64},
    "opd/witness/akhiri": {},
    "opd/unitchange/sahkan": {},
    "opd/unitchange/kembalikan": {"note": REASON},
    "opd/unitchange/tolak": {"reason": REASON},
    "opd/unitchange/tarik": {"reason": REASON},
    "opd/membership/akhiri": {"on": "2030-01-01"},
    "opd/membership/pejabat-baru": {},
    "commitments/signature/koreksi": {"source": "SK", "certainty": "documented"},
    "commitments/signature/cabut": {"reason": REASON, "source": REASON},
    "commitments/assessment/cabut": {"reason": REASON, "source": REASON},
    "commitments/training/cabut": {"reason": REASON, "source": REASON},
    "commitments/training/hadir": {"units": []},
    "commitments/commitment/umumkan": {},
    "commitments/commitment/tarik": {"reason": REASON},
    "commitments/commitment/kembalikan": {"note": REASON},
    "commitments/commitment/tolak": {"reason": REASON},
    "commitments/commitment/perbaiki": {"title": "Judul lain", "benefit": "Manfaat lain.", "dimension": "living"},
    "commitments/commitment/tarik-usulan": {"reason": REASON},
    "commitments/servicetarget/kembalikan": {"note": REASON},
    "commitments/servicetarget/tolak": {"reason": REASON},
    "commitments/servicetarget/perbaiki": {"service": "Lain"},
    "commitments/servicetarget/tarik-usulan": {"reason": REASON},
    "commitments/servicetarget/umumkan": {},
    "commitments/servicetarget/tarik": {"reason": REASON},
    "commitments/targetrevision/setujui": {},
    "commitments/targetrevision/tolak": {"reason": REASON},
    "commitments/targetrevision/kembalikan": {"note": REASON},
    "commitments/measurement/verifikasi": {"checks": ["angka", "periode", "pribadi"]},
    "commitments/measurement/kembalikan": {"note": REASON},
    "commitments/measurement/tolak": {"note": REASON},
    "commitments/measurement/cabut": {"reason": REASON},
    "commitments/measurement/hapus-catatan": {"reason": REASON},
    "commitments/evidence/hapus": {"reason": REASON},
    "commitments/holidayyear/setujui": {},
    "commitments/holidayyear/tolak": {"reason": REASON},
    "commitments/recheckitem/catat": {"outcome": "sesuai", "finding": REASON},
    "commitments/recheckitem/tetap": {"reason": REASON},
}
MAY = {
    "keeper": [name for name in DESK_ACTS if name.startswith("opd/") and "unitchange" not in name]
    + ["opd/unitchange/tarik"]
    + [
        "commitments/signature/koreksi",
        "commitments/signature/cabut",
        "commitments/assessment/cabut",
        "commitments/training/cabut",
        "commitments/training/hadir",
    ],
    "verifier": [f"commitments/measurement/{name}" for name in ("verifikasi", "kembalikan", "tolak")],
    "approver": [
        *(f"opd/unitchange/{name}" for name in ("sahkan", "kembalikan", "tolak")),
        *(f"commitments/{kind}/{no}" for kind in ("commitment", "servicetarget") for no in ("kembalikan", "tolak")),
        "commitments/targetrevision/kembalikan",
        "commitments/commitment/umumkan",
        "commitments/commitment/tarik",
        "commitments/servicetarget/umumkan",
        "commitments/servicetarget/tarik",
        "commitments/targetrevision/setujui",
        "commitments/targetrevision/tolak",
        "commitments/measurement/cabut",
        "commitments/measurement/hapus-catatan",
        "commitments/evidence/hapus",
        "commitments/holidayyear/setujui",
        "commitments/holidayyear/tolak",
    ],
    "superuser": ["opd/membership/akhiri", "opd/membership/pejabat-baru"],
    "inspector": ["commitments/recheckitem/catat", "commitments/recheckitem/tetap"],
}


def decision_views() -> Iterator[tuple[type[models.Model], type[DecisionView]]]:
    for model, model_admin in admin.site._registry.items():
        view = getattr(model_admin, "row_view", None)
        if view and issubclass(view, DecisionView):
            yield model, view


def test_every_act_of_the_desk_is_listed() -> None:
    found = {
        f"{model._meta.app_label}/{model._meta.model_name}/{act.slug}"
        for model, view in decision_views()
        for act in view.acts
    }
    assert found == set(DESK_ACTS)


def test_every_act_of_the_desk_says_who_may_and_who_is_told_why_not() -> None:
    """An act without `may` or `save` would break its page."""
    for _, view in decision_views():
        assert len({act.slug for act in view.acts}) == len(view.acts)
        for act in view.acts:
            assert act.slug and act.button and act.explains, act
            assert act.may is not ActForm.may and act.save is not ActForm.save, act


@pytest.mark.parametrize("person", PEOPLE)
def test_the_desk_does_nothing_for_the_wrong_person(world: AccessWorld, person: str) -> None:
    client, before = world.client(person), Entry.objects.count()
    for model, view in decision_views():
        row = world.row(model, admin.site._registry[model])
        place = f"{model._meta.app_label}/{model._meta.model_name}"
        for act in view.acts:
            name = f"{place}/{act.slug}"
            if name in MAY.get(person, []):
                continue
            given = dict(DESK_ACTS[name])
            if name.endswith("/verifikasi"):
                given |= {f"public_{item.uuid}": "ya" for item in row.evidence.all()}  # type: ignore[attr-defined]
            seen = row.fingerprint()  # type: ignore[attr-defined]
            response = client.post(f"/admin/{place}/{row.pk}/change/", {"act": act.slug, "seen": seen, **given})
            assert (name, response.status_code) in ((name, 403), (name, 302)), response.content.decode()
    assert Entry.objects.count() == before


@pytest.mark.parametrize("person", [*MAY])
def test_a_button_is_shown_to_the_right_person_only(world: AccessWorld, person: str) -> None:
    client = world.client(person)
    for model, view in decision_views():
        row = world.row(model, admin.site._registry[model])
        place = f"{model._meta.app_label}/{model._meta.model_name}"
        page = client.get(f"/admin/{place}/{row.pk}/change/").content.decode()
        shown = {act.slug for act in view.acts if f'id="act-{act.slug}"' in page}
        mine = {act.slug for act in view.acts if f"{place}/{act.slug}" in MAY[person] and act.fits(row)}
        assert (place, shown) == (place, mine)


def test_a_session_that_never_showed_the_second_factor_is_asked_for_it(world: AccessWorld) -> None:
    """Somebody who knew the password before the second factor was set up is not let in by it."""
    user = world.cast.verifier
    Authenticator.objects.filter(user=user).delete()
    old = doors.enter(user, second_factor=False)
    doors.give_second_factor(user)
    assert old.get(DESK)["Location"] == "/akun/faktor-kedua/yakinkan/?next=%2Fadmin%2F"
    assert old.post("/akun/faktor-kedua/yakinkan/?next=/admin/", {"code": "000000"}).status_code == 200
    assert old.get(DESK).status_code == 302
    old.post("/akun/faktor-kedua/yakinkan/?next=/admin/", {"code": doors.code()})
    assert old.get(DESK).status_code == 200


def test_without_the_guard_a_password_alone_would_open_the_desk(world: AccessWorld, settings: Settings) -> None:
    """The twin of the above: what is asked there is asked by that middleware and nothing else."""
    user = world.cast.superuser_without_second_factor  # type: ignore[attr-defined]
    assert doors.enter(user, second_factor=False).get(DESK)["Location"] == SET_UP
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if name != "opd.accounts.sign_in.SecondFactorMiddleware"
    ]
    assert doors.enter(user, second_factor=False).get(DESK).status_code == 200


def test_staff_set_up_the_second_factor_and_are_let_in_at_once(world: AccessWorld) -> None:
    user = world.cast.verifier
    Authenticator.objects.filter(user=user).delete()
    client = doors.enter(user, second_factor=False)
    assert client.get(DESK)["Location"] == SET_UP
    client.post("/akun/yakinkan/?next=" + SET_UP, {"password": doors.PASSWORD})
    page = client.get(SET_UP)
    secret = page.context["form"].secret
    answer = client.post(SET_UP, {"code": doors.code(secret=secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(DESK).status_code == 200


def test_a_role_taken_away_shuts_the_door_at_once(world: AccessWorld) -> None:
    client = world.client("verifier")
    address = f"/admin/commitments/measurement/{world.sent.pk}/change/"
    assert client.get(address).status_code == 200
    take_roles(world.cast.verifier)
    assert client.get(address)["Location"].startswith(DESK_DOOR)
    User.objects.filter(pk=world.cast.verifier.pk).update(is_active=False)
    assert client.get(address)["Location"].startswith(DESK_DOOR)


def test_a_membership_that_ended_shuts_the_workspace(world: AccessWorld) -> None:
    client = world.client("head")
    Membership.objects.filter(user=world.cast.head).update(until_on=date(2020, 1, 1))
    assert client.get(f"/kerja/kiriman/{world.sent.uuid}/").status_code == 404


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/akun/signup/").status_code == 404


def test_guessing_is_slowed_and_the_owner_still_gets_in_from_elsewhere(client: Client, world: AccessWorld) -> None:
    for _ in range(6):
        answer = client.post(SIGN_IN, {"login": "kepala-dinkes", "password": "salah"})
    assert "Terlalu banyak percobaan" in answer.content.decode()
    assert access.serves(world.cast.head, world.cast.dinkes, access.HEAD_ROLE)


def test_an_act_of_another_role_is_not_offered_and_the_same_question_says_why_not(world: AccessWorld) -> None:
    """Who never verifies sees no such act; who might, but not this one, reads the sentence of the act itself."""
    page = f"/admin/commitments/measurement/{world.sent.pk}/change/"
    clients = {person: world.client(person) for person in ("approver", "inspector", "verifier")}
    acts = {person: client.get(page).context["acts"] for person, client in clients.items()}
    assert "verifikasi" not in acts["approver"]
    assert acts["inspector"]["verifikasi"].refusal == "Keputusan untuk Dinkes hanya dapat diambil oleh verifikator."
    assert acts["verifier"]["verifikasi"].refusal == ""
    Measurement.objects.filter(pk=world.draft.pk).update(drafted_by=world.cast.verifier)
    world.draft.refresh_from_db()
    world.draft.submit(by=world.cast.head, seen=world.draft.fingerprint())
    mine = clients["verifier"].get(f"/admin/commitments/measurement/{world.draft.pk}/change/").context["acts"]
    assert mine["verifikasi"].refusal.startswith("Empat mata: Anda yang menyusun atau mengirimnya")
