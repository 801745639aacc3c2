"""Tests of the launch: the board, lists of people to invite, letters, and links that are sent again."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from commitments.secretariat.launch.board import launch_board
from opd import access, clock, register
from opd.accounts import correspondence
from opd.models import Invitation
from tests import doors
from tests.cast import Cast, person, unit
from tests.reading import text

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db
INVITE = "admin:launch-invite"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def root(cast: Cast) -> Client:
    return doors.enter(User.objects.create_superuser("akar", password=doors.PASSWORD))


def listed(people: str, role: str = access.HEAD_ROLE, **more: Any) -> dict[str, Any]:
    return {"role": role, "people": people, "lasts": "14", **more}


def faults(client: Client, people: str, role: str = access.HEAD_ROLE) -> dict[int, str]:
    answer = client.post(reverse(INVITE), listed(people, role, undang="1"))
    assert answer.status_code == 422
    assert not Invitation.objects.exists()
    return {fault.line: fault.wrong for fault in answer.context["people"].faults}


def test_a_pasted_list_is_looked_at_and_then_invited_as_a_whole(root: Client, cast: Cast) -> None:
    unit("kec-tugu", "kecamatan")
    people = "No\tNama\tUnit\tKontak\n1\tdr. Budi, M.Kes.\tunit bpbd\t0812 3456 7891\n"
    people += "2\tSiti\tkec tugu\tsiti@contoh.invalid"
    unit("bpbd", "badan")
    answer = root.post(reverse(INVITE), listed(people, periksa="1"))
    assert answer.status_code == 200
    assert [
        (guest.name, guest.unit.code, guest.email, guest.whatsapp) for guest in answer.context["people"].guests
    ] == [
        ("dr. Budi, M.Kes.", "bpbd", "", "6281234567891"),
        ("Siti", "kec-tugu", "siti@contoh.invalid", ""),
    ]
    assert not Invitation.objects.exists()
    answer = root.post(reverse(INVITE), listed(people, undang="1"))
    assert answer.status_code == 200
    assert {(row.unit.code, row.role) for row in Invitation.objects.all() if row.unit} == {
        ("bpbd", "head"),
        ("kec-tugu", "head"),
    }
    assert [letter.to for letter in mail.outbox] == [["siti@contoh.invalid"]]
    assert "https://wa.me/6281234567891?text=" in answer.content.decode()
    for row in Invitation.objects.all():
        assert row.expires_at - row.invited_at == timedelta(days=14)


def test_every_bad_line_has_a_sentence_and_nobody_is_invited(root: Client, cast: Cast) -> None:
    unit("kec-tugu", "kecamatan")
    ended = unit("lama", "dinas", valid_until=clock.today() - timedelta(days=3))
    lines = [
        "Ani; kec-tugu; 0812-3456-7890",
        "Budi; Kec-Tugu",
        "Cici; tidak-ada; cici@contoh.invalid",
        f"Dodi; {ended.code}",
        "Eka; dinkes; eka@contoh.invalid",
        "Fani; kec-tugu; 0812",
        "Gita; kec-tugu; gita@",
        "kec-tugu",
        "Hadi",
    ]
    found = faults(root, "\n".join(lines))
    assert sorted(found) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert found[2] == "Sama dengan baris 1: satu unit satu kepala."
    assert "tidak ada di register" in found[3]
    assert "sudah berakhir" in found[4]
    assert "sudah punya akun kepala" in found[5]
    assert found[6] == "“0812” bukan nomor WhatsApp. Tulis seperti 0812-3456-7890."
    assert "bukan alamat surel" in found[7]
    assert found[8] == "Namanya belum ada."
    assert "Unitnya belum disebut" in found[9]


def test_seventy_one_lines_for_seventy_units_name_the_line_too_many(root: Client) -> None:
    with register.many_acts():
        for number in range(70):
            unit(f"unit-{number}")
    lines = [f"Kepala {number}; unit-{number}" for number in range(70)] + ["Kepala lain; unit-3"]
    assert faults(root, "\n".join(lines)) == {71: "Sama dengan baris 4: satu unit satu kepala."}


def test_a_list_that_is_too_long_or_empty_is_said(root: Client) -> None:
    for people, sentence in ((" \n", "Daftarnya kosong"), ("Ani; dinkes\n" * 201, "paling banyak 200")):
        answer = root.post(reverse(INVITE), listed(people, undang="1"))
        assert sentence in text(answer.content.decode())
    assert not Invitation.objects.exists()


def test_the_same_person_twice_among_staff_is_named(root: Client) -> None:
    assert faults(root, "Ani\nBudi\nani", access.VERIFIER) == {3: "Sama dengan baris 1: orang yang sama."}


def test_a_sheet_is_read_like_a_pasted_list(root: Client, cast: Cast) -> None:
    unit("kec-tugu", "kecamatan")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Daftar camat"])
    sheet.append(["Nama", "Unit", "WhatsApp"])
    sheet.append(["Siti", "kec-tugu", "0812 3456 7890"])
    sheet.delete_rows(1)
    file = io.BytesIO()
    book.save(file)
    upload = SimpleUploadedFile("camat.xlsx", file.getvalue())
    answer = root.post(reverse(INVITE), listed("", file=upload, periksa="1"))
    assert [guest.name for guest in answer.context["people"].guests] == ["Siti"]
    assert "Siti\tkec-tugu" in answer.context["form"]["people"].value()


def test_letters_are_made_from_the_links_of_that_page_and_of_no_other(root: Client, cast: Cast) -> None:
    answer = root.post(reverse(INVITE), listed("Ani\nBudi", access.VERIFIER, undang="1"))
    tokens = [one["token"] for one in answer.context["given"]]
    paper = root.post(reverse("admin:launch-letters"), {"token": tokens})
    assert paper.content.startswith(b"%PDF")
    assert "no-store" in paper["Cache-Control"]
    keeper = doors.enter(cast.keeper)
    assert keeper.post(reverse("admin:launch-letters"), {"token": tokens}).status_code == 302  # staff are not hers
    assert root.post(reverse("admin:launch-letters"), {"token": "tebakan"}).status_code == 302


def test_a_link_sent_again_is_new_and_the_old_one_is_dead(root: Client, cast: Cast) -> None:
    row, token = Invitation.issue(
        by=cast.keeper, name="Ani", unit=cast.pdam, role="operator", lasts=timedelta(days=30)
    )
    Client().get(reverse("invitation-open", args=[token]))
    row.refresh_from_db()
    assert row.opened_at
    answer = root.post(reverse("admin:launch-renew"), {"undangan": [row.pk, "x"]})
    new = answer.context["given"][0]["token"]
    row.refresh_from_db()
    assert row.opened_at is None
    assert row.expires_at - row.invited_at == timedelta(days=30)
    old, fresh = Client(), Client()
    assert old.get(reverse("invitation-open", args=[token]), follow=True).status_code == 410
    assert fresh.get(reverse("invitation-open", args=[new]), follow=True).status_code == 200


def test_a_used_invitation_is_not_sent_again(root: Client, cast: Cast) -> None:
    row, _ = Invitation.issue(by=cast.keeper, name="Ani", unit=cast.pdam, role="operator")
    row.accept(user=cast.outsider)
    assert root.post(reverse("admin:launch-renew"), {"undangan": [row.pk]}).status_code == 302


def test_a_keeper_invites_into_units_and_never_staff(cast: Cast) -> None:
    keeper = doors.enter(cast.keeper)
    assert keeper.post(reverse(INVITE), listed("Ani", access.VERIFIER, undang="1")).status_code == 422
    assert not Invitation.objects.exists()
    assert doors.enter(cast.verifier).post(reverse(INVITE), listed("Ani; bpbd", undang="1")).status_code == 403


def test_where_mail_is_only_printed_no_screen_says_that_it_was_sent(
    root: Client, cast: Cast, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    unit("bpbd", "badan")
    answer = root.post(reverse(INVITE), listed("Ani; bpbd; ani@contoh.invalid", undang="1"))
    page = text(answer.content.decode())
    assert "tidak terkirim" in page
    assert "sudah dikirim" not in page
    given = {"name": "Ani", "email": "ani@contoh.invalid", "unit": cast.pdam.pk, "role": "operator"}
    page = text(root.post(reverse("admin:opd_invitation_add"), given).content.decode())
    assert "belum diatur untuk mengirim surel" in page
    assert "sudah dikirim" not in page
    page = text(Client().get(reverse("account_reset_password_done")).content.decode())
    assert "tidak terkirim" in page
    assert "sudah kami kirim" not in page


def test_the_board_shows_how_far_each_unit_has_come(cast: Cast) -> None:
    stages = {row.unit.code: row.stage for row in launch_board(clock.today()).rows}
    assert set(stages.values()) == {"nothing"}  # nobody has signed in yet
    for head in (cast.head, cast.other_head):
        doors.enter(head)
    Invitation.issue(by=cast.keeper, name="Ani", unit=cast.setda, role="head")
    cast.measurement(cast.target())
    board = launch_board(clock.today())
    assert {row.unit.code: row.stage for row in board.rows} == {
        "bag-hukum": "nothing",
        "dinkes": "report",
        "pdam": "account",
        "setda": "invited",
    }
    assert (board.accounts, board.targets, board.reports) == (2, 1, 1)
    assert board.missing_roles == []
    User.objects.filter(staff_roles__role=access.APPROVER).update(is_active=False)
    assert launch_board(clock.today()).missing_roles == [access.APPROVER]


def test_the_board_costs_the_same_for_any_number_of_units(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def ask() -> None:
        board = launch_board(clock.today())
        assert [row.invitation and row.invitation.name for row in board.rows]

    with django_assert_num_queries(10):
        ask()
    with register.many_acts():
        for number in range(30):
            unit(f"unit-{number}")
    person("kepala-baru", unit=cast.bagian)
    with django_assert_num_queries(10):
        ask()


def test_in_a_demonstration_a_whatsapp_link_carries_no_number(time: Any) -> None:
    cast = Cast()
    row, _ = Invitation.issue(by=cast.keeper, name="Ani", unit=cast.pdam, role="operator", whatsapp="6281234567890")
    assert correspondence.whatsapp(row, "x").startswith("https://wa.me/?text=")


def test_a_line_may_say_what_its_person_is_invited_as(root: Client, cast: Cast) -> None:
    for code, kind in (("kec-tugu", "kecamatan"), ("inspektorat", "inspektorat")):
        unit(code, kind)
    lines = ("Siti; penyetuju", "Budi; Verifikator; 0812 3456 7890", "Cici; kec-tugu", "Dodi; kec-tugu; operator")
    root.post(reverse(INVITE), listed("\n".join((*lines, "Eka; inspektorat")), undang="1"))
    assert {row.name: row.place for row in Invitation.objects.all()} == {
        "Siti": "penyetuju",
        "Budi": "verifikator",
        "Cici": "kepala Kec-Tugu",
        "Dodi": "operator Kec-Tugu",
        "Eka": "kepala Inspektorat",
    }


def test_a_keeper_reads_who_invites_staff(cast: Cast) -> None:
    keeper = doors.enter(cast.keeper)
    assert faults(keeper, "Siti; penyetuju\nBudi; pdam; operator") == {
        1: "Penyetuju diundang administrator register."
    }


def test_a_head_among_staff_is_asked_about_and_not_made_an_approver(root: Client) -> None:
    found = faults(root, "Siti\nAni; dinkes", access.APPROVER)
    assert list(found) == [2]
    assert "menyebut unit (dinkes), padahal diundang sebagai penyetuju" in found[2]
