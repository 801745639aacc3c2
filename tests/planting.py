"""A register in which every act happened, with a planted string wherever something private can be written."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.http import QueryDict
from openpyxl import Workbook
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from commitments import evidence as store
from commitments.models import (
    CalendarAddress,
    Commitment,
    Evidence,
    Measurement,
    ProposalDraft,
    Reminder,
    ReminderChannel,
    ReminderChoice,
    ReminderKind,
    ServiceTarget,
)
from opd import access, clock
from opd.models import AccessRecord, Invitation, Unit
from opd.register.personal_data import explained
from tests import doors, sheets
from tests.cast import PEOPLE, REASON, Cast
from tests.history_of_everything import Deed, aim, at_its_own_pace, everything, proposal, seen, told
from tests.papers import paper
from tests.planted import Plants

WHY = "Nomor layanan kantor, bukan milik warga."
EXIF_TEXTS = (0x010E, 0x010F, 0x013B, 0x8298)  # ImageDescription, Make, Artist, Copyright
GPS, GPS_AREA = 0x8825, 0x001C
PRIVATE_NOTES = ("measurement.verified", "measurement.returned", "measurement.rejected")


def plant(plants: Plants, turned: clock.TurnedClock) -> Cast:
    """Everything that happens, then rows whose every private column is a planted string."""
    for name in ("SECRET_KEY", "REGISTER_KEY"):
        plants.secret(getattr(settings, name), name)
    plants.secret(doors.PASSWORD, "password")
    cast = Cast()
    accounts(cast, plants)
    told(everything(cast), with_plants(plants, at_its_own_pace(turned)))
    turned.moment += timedelta(days=5)
    for unit in Unit.objects.filter(valid_until=None):
        number = plants.mobile(f"unit {unit.code}")
        unit.correct(by=cast.keeper, seen=unit.fingerprint(), whatsapp=number)
    proposals(cast, plants)
    target = ServiceTarget.objects.filter(commitment__assignments__unit=cast.pdam, published_at__isnull=False).last()
    assert target
    for decide in DECIDED:
        reported(cast, plants, target, decide)
    imports(cast, plants, target)
    kept_outside_the_register(cast, plants)
    sessions(cast, plants)
    return cast


def accounts(cast: Cast, plants: Plants) -> None:
    for name in PEOPLE:
        user: User = getattr(cast, name)
        user.username, user.email = plants.word(f"username of {name}"), plants.mail(f"e-mail of {name}")
        user.first_name, user.last_name = plants.word(f"first name of {name}"), plants.word(f"last name of {name}")
        user.save()
        plants.secret(user.password.rpartition("$")[2], f"password of {name}")


def with_plants(plants: Plants, do: Callable[[Deed], Any]) -> Callable[[Deed], Any]:
    """Every private text that an act of the story is given becomes a planted one."""

    def each(deed: Deed) -> Any:
        if deed.act == "unit.corrected":
            deed.given["whatsapp"] = plants.mobile("unit in the story")
        elif deed.act == "witness.entered":
            deed.given["email"] = plants.mail("e-mail of a witness")
        elif deed.act in PRIVATE_NOTES:
            deed.given["note"] = plants.sentence(f"note of {deed.act}")
        return do(deed)

    return each


def proposals(cast: Cast, plants: Plants) -> None:
    """Commitments and targets that nobody published: one waits, one was taken back."""
    commitment = Commitment.objects.filter(assignments__unit=cast.pdam, published_at__isnull=False).last()
    assert commitment
    mine = {"by": cast.other_head}
    for state in ("waiting", "taken back"):
        words = {name: plants.sentence(f"{name} of a commitment, {state}") for name in ("title", "benefit")}
        row = Commitment.propose(**proposal(cast, **mine, unit=cast.pdam, **words))
        names = ("service", "baseline_source", "baseline_method", "data_source", "known_limits")
        words = {name: plants.sentence(f"{name} of a target, {state}") for name in names}
        words["unit_of_measure"] = plants.word(f"unit of measure of a target, {state}")
        target = ServiceTarget.propose(**aim(cast, commitment, **mine, **words))
        note, answer = (plants.sentence(f"{what} of a proposal, {state}") for what in ("note", "answer"))
        row.return_(by=cast.approver, seen=row.fingerprint(), note=note)
        row.amend(**mine, seen=row.fingerprint(), reply=answer)
        if state == "taken back":
            for one in (row, target):
                reason = plants.sentence(f"reason why a {one.kind} was taken back")
                one.withdraw(**mine, seen=one.fingerprint(), reason=reason)


# --- Realisations: each with a photograph, a paper and a link, closed, and once verified also open ---


def photo(plants: Plants, place: str, kind: str = "JPEG") -> io.BytesIO:
    exif = Image.Exif()
    for tag in EXIF_TEXTS:
        exif[tag] = plants.word(f"EXIF of {place}")
    exif.get_ifd(GPS)[GPS_AREA] = plants.word(f"GPS of {place}")
    notes = PngInfo()
    notes.add_text("Comment", plants.word(f"text of {place}"), zip=True)
    how: dict[str, Any] = {"pnginfo": notes} if kind == "PNG" else {"comment": plants.word(f"comment of {place}")}
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (len(plants) % 255, 9, 7)).save(out, kind, exif=exif, **how)
    out.seek(0)
    return out


def document(plants: Plants, place: str, words: str) -> io.BytesIO:
    """A PDF with words to read, and more where a reader does not look: a note on the page, and who made it."""
    note = b"/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(%s)>>]"
    about = b"/Metadata 6 0 R"
    hidden = plants.word(f"metadata of {place}").encode()
    content = paper(
        b"BT /F 12 Tf 20 100 Td (%s) Tj ET" % words.encode(),
        b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%s\nendstream" % (len(hidden), hidden),
        catalog=about,
        page=note % plants.word(f"annotation of {place}").encode(),
    )
    return io.BytesIO(content)


def attached(
    plants: Plants, row: Measurement, place: str, *, is_open: bool = False
) -> Iterator[tuple[Evidence, bool]]:
    """Evidence and whether everybody shall see it. Of an open one, the caption and the words are public."""

    def private(what: str) -> str:
        return "Rekap loket" if is_open else plants.sentence(f"{what} of {place}")

    captions = [private("caption") for _ in range(4)]
    words = "Rekap loket bulan ini" if is_open else plants.word(f"words of {place}")
    files = [photo(plants, place), photo(plants, place, "PNG"), document(plants, place, words)]
    for name, content in zip(("a.jpg", "b.png", "c.pdf"), files, strict=True):
        name = f"{plants.word(f'file name of {place}')}-{name}"
        file = store.receive(name, content)
        yield Evidence.attach(row, kind="hasil", file=file, caption=captions.pop()), is_open
    url = "https://contoh.invalid/rekap" if is_open else f"https://contoh.invalid/{plants.word(f'link of {place}')}"
    yield Evidence.attach(row, kind="hasil", url=url, caption=captions.pop()), is_open


def reported(cast: Cast, plants: Plants, target: ServiceTarget, decide: Callable[..., None]) -> None:
    place = f"a realisation {decide.__name__.replace('_', ' ')}"
    row = Measurement.draft(
        by=cast.other_head,
        target=target,
        value=Decimal(3),
        period_start=clock.today() - timedelta(days=30),
        period_end=clock.today(),
        method="Semua rujukan bulan itu.",
        note=plants.sentence(f"note of {place}"),
    )
    proofs = dict(attached(plants, row, place))
    if decide in (verified, redacted):
        proofs |= dict(attached(plants, row, f"{place}, open", is_open=decide is verified))
    if decide is redacted:
        proofs = dict.fromkeys(proofs, True)
    if decide is not drafted:
        row.submit(by=cast.other_head, seen=row.fingerprint())
        decide(cast, plants, row, {item.uuid: public for item, public in proofs.items()})


def drafted(*_: Any) -> None: ...


def submitted(*_: Any) -> None: ...


def verified(cast: Cast, plants: Plants, row: Measurement, public: dict[Any, bool]) -> None:
    row.verify(**seen(row, by=cast.verifier), public=public, note=plants.sentence("note of a verifier"))


def returned(cast: Cast, plants: Plants, row: Measurement, public: dict[Any, bool]) -> None:
    row.return_(**seen(row, by=cast.verifier), note=plants.sentence("reason of a return"))


def rejected(cast: Cast, plants: Plants, row: Measurement, public: dict[Any, bool]) -> None:
    row.reject(**seen(row, by=cast.verifier), note=plants.sentence("reason of a rejection"))


def pulled_back(cast: Cast, plants: Plants, row: Measurement, public: dict[Any, bool]) -> None:
    row.pull_back(**seen(row, by=cast.other_head))


def revoked(cast: Cast, plants: Plants, row: Measurement, public: dict[Any, bool]) -> None:
    verified(cast, plants, row, dict.fromkeys(public, False))
    row.revoke(**seen(row, by=cast.approver), note=REASON)


def redacted(cast: Cast, plants: Plants, row: Measurement, public: dict[Any, bool]) -> None:
    """Shown by mistake, with a reason, and taken away again."""
    with explained(WHY):
        verified(cast, plants, row, public)
    row.redact_note(**seen(row, by=cast.approver), reason=REASON)
    for item in row.evidence.all():
        item.redact(**seen(item, by=cast.approver), reason=REASON)


DECIDED = (drafted, submitted, verified, returned, rejected, pulled_back, revoked, redacted)


# --- Beside the register ---


def imports(cast: Cast, plants: Plants, target: ServiceTarget) -> None:
    """A sheet that was imported, and one that was only tried: with notes, a sheet beside, an author."""
    for name, slug in (("imported", "kept"), ("tried", "tried")):
        place = f"a sheet that was {name}"
        day = (clock.today() - timedelta(days=len(slug))).isoformat()
        link = f"https://contoh.invalid/{plants.word(f'link in {place}')}"
        row = [target.reference, day, day, "3", "12", link, "hasil", plants.sentence(f"note in {place}")]
        book = Workbook()
        book.properties.creator = plants.word(f"author of {place}")
        book.create_sheet("Lain").append([plants.sentence(f"sheet beside, in {place}")])
        for line in ([*sheets.MEASUREMENTS, "Catatan"], row):
            book.worksheets[0].append(line)
        getattr(sheets, slug)(cast, "realisasi", sheets.saved(book))


def kept_outside_the_register(cast: Cast, plants: Plants) -> None:
    head = cast.other_head
    root = User.objects.create_superuser(plants.word("username of a superuser"))
    AccessRecord.note(root, AccessRecord.ReadKind.ACCOUNTS, plants.word("name in an access record"))
    for state in ("open", "revoked", "of the desk"):
        is_ours = state != "of the desk"
        ours: dict[str, Any] = {"unit": cast.pdam, "role": access.OPERATOR_ROLE}
        where = ours if is_ours else {"staff_role": access.VERIFIER}
        place = f"an invitation, {state}"
        where |= {"name": plants.sentence(f"name in {place}"), "email": plants.mail(f"e-mail in {place}")}
        where |= {"whatsapp": plants.mobile(f"number in {place}")}
        row, token = Invitation.issue(by=head if is_ours else root, **where)
        plants.secret(token, f"link of {place}")
        plants.secret(row.token_sha256, f"digest of {place}")
        if state == "revoked":
            row.revoke(by=head)
    typed = QueryDict(mutable=True)
    typed.update({name: plants.sentence(f"{name} in a draft of a proposal") for name in ("title", "benefit")})
    path = f"/kerja/{plants.word('address of a draft of a proposal')}/"
    title = plants.sentence("title of a draft of a proposal")
    ProposalDraft.keep(by=head, unit=cast.pdam, uuid=uuid4(), path=path, title=title, fields=typed)
    Reminder.objects.create(
        unit=cast.pdam,
        user=head,
        channel=ReminderChannel.EMAIL,
        kind=ReminderKind.RETURNED,
        about=plants.word("what a reminder is about"),
        on=clock.today(),
    )
    plants.secret(CalendarAddress.renew(by=head, unit=cast.pdam).address, "address of a calendar")
    plants.secret(ReminderChoice.token(head), "link in a reminder")
    LogEntry.objects.create(
        user=cast.keeper,
        content_type=ContentType.objects.get_for_model(User),
        action_flag=2,
        **{name: plants.word(f"{name} in the log of the admin") for name in ("object_id", "object_repr")},
        change_message=plants.sentence("message in the log of the admin"),
    )
    mail = EmailAddress.objects.create(user=head, email=plants.mail("second e-mail of an account"))
    EmailConfirmation.objects.create(email_address=mail, key=plants.word("key of a confirmation"))


def sessions(cast: Cast, plants: Plants) -> None:
    """People who are signed in while strangers read."""
    plants.secret(doors.SECRET, "second factor")
    for name in ("other_head", "verifier", "approver"):
        browser = doors.enter(getattr(cast, name))
        plants.secret(browser.cookies["sessionid"].value, f"cookie of {name}")
    for row in Session.objects.all():
        plants.secret(row.session_data, "session")
    for factor in Authenticator.objects.all():
        for part in factor.data.values():
            plants.secret(str(part), "second factor at rest")
