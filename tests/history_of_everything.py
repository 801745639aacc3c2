"""A history in which every act happens once, in the order of time."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from PIL import Image

from commitments import evidence as store
from commitments.cases.case_rows import CasePeriod
from commitments.models import (
    Assessment,
    CaseFile,
    Commitment,
    DayOff,
    Evidence,
    HolidayYear,
    Measurement,
    Memorandum,
    PublicFact,
    Recheck,
    ServiceTarget,
    Signature,
    StatedClock,
    TargetRevision,
    Training,
    transfer,
)
from opd import access, clock, register
from opd.models import Entry, Membership, Person, RegisterOperator, StaffRole, Tenure, Unit, UnitChange, Witness
from opd.models.staff_role import switch_off
from opd.register import batch
from tests.cast import REASON, Cast, give, person

BEGIN = datetime(2018, 1, 8, 3, tzinfo=UTC)
PACE = timedelta(days=11, hours=3, minutes=7)  # from one deed to the next, under a turned clock


@dataclass(frozen=True)
class Deed:
    """One act about to be done: its name in the register, the verb, and what it is given (`by`, `seen`, ...)."""

    act: str
    verb: Callable[..., Any]
    given: dict[str, Any]

    def do(self, **otherwise: Any) -> Any:
        return self.verb(**self.given | otherwise)


History = Generator[Deed, Any, None]  # gives deeds, is sent what came of each


def told(history: History, each: Callable[[Deed], Any] = Deed.do) -> None:
    """Do every deed, or let `each` do it."""
    came_of_it = None
    while True:
        try:
            deed = history.send(came_of_it)
        except StopIteration:
            return
        came_of_it = each(deed)


@contextmanager
def demonstration(begin: datetime = BEGIN, seed: str = "benih") -> Iterator[clock.TurnedClock]:
    """A register that says it is a demonstration, and a clock that stands where `moment` says."""
    with clock.turned(clock.TurnedClock(begin, seed)) as turned:
        with register.act(register.DEMO_ACT, "register") as act:
            act.office = register.DEMO_ACT
        yield turned


def at_its_own_pace(turned: clock.TurnedClock) -> Callable[[Deed], Any]:
    """Do a deed some days after the one before."""

    def do(deed: Deed) -> Any:
        turned.moment += PACE
        return deed.do()

    return do


def everything(cast: Cast) -> History:
    """All acts, with what is left waiting, drafted, withdrawn, revoked and redacted on the way."""
    yield from roster(cast)
    yield from trainings(cast)
    commitment = yield from promise(cast)
    target = yield from goal(cast, commitment)
    yield from revisions(cast, target)
    yield from chain_of_three(cast, target)
    yield from verdicts(cast, target)
    yield from redactions(cast, target)
    yield from given_up_and_replaced(cast, commitment)
    yield from rechecks(cast)
    yield from calendars(cast)
    yield from counted(cast, commitment, target)
    yield from successions(cast, commitment)
    yield from grants(cast)
    yield from back_and_forth(cast)
    yield from witnessed(cast)
    yield from left_open(cast)


def back_and_forth(cast: Cast) -> History:
    """Proposals are returned, amended and refused; one is published after all."""
    theirs = {"by": cast.other_head, "unit": cast.pdam}
    said = {"by": cast.approver, "note": "Sebutkan dari mana angkanya berasal."}
    for end in ("published", "refused"):
        row = yield Deed("commitment.proposed", Commitment.propose, proposal(cast, **theirs))
        yield Deed("commitment.returned", row.return_, seen(row, **said))
        better = seen(row, by=cast.other_head, title="Judul yang diperbaiki", reply="Sudah.")
        yield Deed("commitment.amended", row.amend, better)
        if end == "refused":
            yield Deed("commitment.refused", row.refuse, seen(row, by=cast.approver, reason=REASON))
            continue
        yield Deed("commitment.published", row.publish, seen(row, by=cast.approver))
        target = yield Deed("target.proposed", ServiceTarget.propose, aim(cast, row, by=cast.other_head))
        yield Deed("target.returned", target.return_, seen(target, **said))
        yield Deed("target.amended", target.amend, seen(target, by=cast.other_head, target_value=Decimal(2)))
        yield Deed("target.refused", target.refuse, seen(target, by=cast.approver, reason=REASON))
        target = yield Deed("target.proposed", ServiceTarget.propose, aim(cast, row, by=cast.other_head))
        yield Deed("target.published", target.publish, seen(target, by=cast.approver))
        wish = {"field": "target_value", "new": Decimal(2), "reason": REASON}
        asked = yield Deed("revision.proposed", target.revise, seen(target, by=cast.other_head, **wish))
        yield Deed("revision.returned", asked.return_, seen(asked, **said))
        again = {"new": Decimal(1), "reason": REASON, "reply": "Lebih berat."}
        yield Deed("revision.amended", asked.amend, seen(asked, by=cast.other_head, **again))
    change = yield from change_of_units(cast, "merged", [cast.bagian], [cast.setda])
    note = {"change": change, "by": cast.approver, "note": "Sebutkan pasal dasar hukumnya."}
    give(cast.inspector, access.APPROVER)
    note["by"] = cast.inspector
    yield Deed("unit_change.returned", transfer.return_, seen(change, **note))
    facts = {"change": "merged", "on": clock.today(), "legal_basis": "Perda 15/2019", "by": cast.keeper}
    units = {"predecessors": [cast.bagian], "successors": [cast.setda], "heirs": {}}
    better = yield Deed("unit_change.amended", transfer.amend, seen(change, before=change, **facts, **units))
    no = {"change": better, "by": cast.inspector, "reason": REASON}
    yield Deed("unit_change.refused", transfer.refuse, seen(better, **no))
    change = yield from change_of_units(cast, "merged", [cast.bagian], [cast.setda])
    back = {"change": change, "by": cast.keeper, "reason": REASON}
    yield Deed("unit_change.taken_back", transfer.take_back, seen(change, **back))


def grants(cast: Cast) -> History:
    """A place and a role come and go, and an account that holds both is switched off."""
    given: dict[str, Any] = {"by": access.SYSTEM, "user": cast.outsider}
    place = yield Deed("membership.given", Membership.give, {**given, "unit": cast.pdam, "role": "operator"})
    yield Deed("membership.ended", place.end, {"by": cast.keeper})
    role = yield Deed("staff_role.given", StaffRole.give, {**given, "role": access.LEADER})
    yield Deed("staff_role.ended", role.end, {"by": access.SYSTEM})
    gone = person("akan-pergi", access.LEADER, unit=cast.pdam)
    yield Deed("account.switched_off", switch_off, {"user": gone, "by": access.SYSTEM})


def seen(row: Any, **given: Any) -> dict[str, Any]:
    return {"seen": row.fingerprint(), **given}


def witnessed(cast: Cast) -> History:
    given = {"by": cast.keeper, "name": "Kampus Contoh", "witness_kind": "campus", "email": "saksi@contoh.invalid"}
    witness = yield Deed("witness.entered", Witness.enter, given)
    running = batch.current()
    head = running.state.last if running else Entry.objects.latest("seq")
    assert head is not None
    yield Deed("witness.vouched", witness.vouch, seen(witness, by=cast.keeper, head=f"{head.seq}:{head.hash}"))
    yield Deed("witness.ended", witness.end, seen(witness, by=cast.keeper))


def roster(cast: Cast) -> History:
    facts = {"certainty": "documented", "source": "uji"}
    root = User.objects.create_superuser("akar-register")
    named = {"by": root, "name": "Diskominfo Kota Semarang", "contact": "register@contoh.invalid"}
    yield Deed("operator.named", RegisterOperator.appoint, named)
    yield Deed(
        "unit.entered",
        Unit.enter,
        {
            "by": cast.keeper,
            "code": "dispendik",
            "unit_kind": "dinas",
            "name": "Dinas Pendidikan",
            "short_name": "Disdik",
            "tile_row": 1,
            "tile_col": 2,
            "website": "https://contoh.invalid/",
            "valid_from": date(2009, 1, 1),
            **facts,
        },
    )
    given = seen(cast.dinkes, by=cast.keeper, whatsapp="628123456789", note="Nama dari papan nama.")
    yield Deed("unit.corrected", cast.dinkes.correct, given)
    new = {"name": "Perumda Air Minum", "short_name": "Perumda", "legal_basis": "Perda 2/2018"}
    yield Deed("unit.renamed", cast.pdam.rename, seen(cast.pdam, by=cast.keeper, on=clock.today(), **new))
    mayor = yield Deed("person.entered", Person.enter, {"by": cast.keeper, "name": "Wali Kota Contoh"})
    office = {"by": cast.keeper, "unit": cast.dinkes, "title": "Kepala Dinas", "as_of": "awal tahun", **facts}
    for name in ("Pejabat Pertama", "Pejabat Kedua"):
        given = {**office, "person": name, "from_on": clock.today()}
        tenure = yield Deed("tenure.entered", Tenure.enter, given)
    better = {"by": cast.keeper, "source": "SK 2/2018", "certainty": "documented"}
    yield Deed("tenure.corrected", tenure.correct, seen(tenure, **better))
    yield Deed("person.corrected", mayor.correct, seen(mayor, by=cast.keeper, name="Wali Kota Contoh II"))
    yield Deed("tenure.ended", tenure.end, seen(tenure, by=cast.keeper, on=clock.today() + timedelta(days=1)))
    yield Deed(
        "tenure.entered", Tenure.enter, {**office, "person": mayor, "from_on": date(2018, 6, 1), "status": "Plt"}
    )
    for day in (clock.today(), date(2018, 6, 1)):  # the account goes with the office
        cast.hand_over(day)
    yield Deed(
        "memorandum.entered",
        Memorandum.enter,
        {
            "by": cast.keeper,
            "code": "adendum-2018",
            "title": "Adendum",
            "occasion": "Rapat",
            "signed_on": date(2018, 1, 3),
            "place": "Balai Kota",
            "sources": "uji",
            "parties_stated": 3,
        },
    )
    printed = {"printed_name": "Wali Kota", "printed_title": "Wali Kota Semarang", "capacity": "before"}
    given = {"by": cast.keeper, "memorandum": cast.memorandum, "person": mayor, **printed, **facts}
    mistaken = yield Deed("signature.entered", Signature.enter, given)
    yield Deed("signature.corrected", mistaken.correct, seen(mistaken, **better))
    yield Deed(
        "signature.withdrawn",
        mistaken.withdraw,
        seen(mistaken, by=cast.keeper, reason=REASON, source="Berita acara yang menyebut orang lain."),
    )
    yield Deed(
        "public_fact.entered",
        PublicFact.enter,
        {
            "by": cast.keeper,
            "unit": cast.dinkes,
            "service": "Rujukan",
            "statement": "Rujukan selesai dalam dua hari.",
            "value": Decimal("2.5"),
            "unit_of_measure": "hari",
            "on_text": "2017",
            **facts,
        },
    )
    measured = {"scheme": "Survei kepuasan", "year": 2017, "value": Decimal("78.5"), "label": "Baik", **facts}
    measured |= {"scale_low": Decimal(25), "scale_high": Decimal(100), "published_on": date(2018, 1, 2)}
    given = {"by": cast.keeper, "assessor": "Penilai Contoh", "unit": cast.dinkes, "note": "Cara tidak disebut."}
    assessment = yield Deed("assessment.entered", Assessment.enter, given | measured)
    yield Deed("assessment.entered", Assessment.enter, given | measured | {"unit": None})
    yield Deed(
        "assessment.withdrawn",
        assessment.withdraw,
        seen(assessment, by=cast.keeper, reason=REASON, source="Laporan survei yang menyebut unit lain."),
    )


def trainings(cast: Cast) -> History:
    """One with a list of those present, one announced and withdrawn."""
    facts = {"title": "Bimtek contoh", "place": "Balai Kota", "organiser": "Penyelenggara Contoh", "source": "uji"}
    held = yield Deed("training.entered", Training.enter, {"by": cast.keeper, "held_on": date(2017, 11, 2), **facts})
    given = seen(held, by=cast.keeper, units=[cast.dinkes, cast.pdam])
    yield Deed("training.attended", held.attend, given)
    given = {"by": cast.keeper, "held_on": clock.today() + timedelta(days=40), "unknowns": "Jamnya.", **facts}
    mistaken = yield Deed("training.entered", Training.enter, given)
    given = seen(mistaken, by=cast.keeper, reason=REASON, source="Surat yang menyebut hari lain.")
    yield Deed("training.withdrawn", mistaken.withdraw, given)


def promise(cast: Cast, **facts: Any) -> Generator[Deed, Any, Commitment]:
    """A commitment of dinkes, published."""
    commitment: Commitment = yield Deed("commitment.proposed", Commitment.propose, proposal(cast, **facts))
    yield Deed("commitment.published", commitment.publish, seen(commitment, by=cast.approver))
    return commitment


def proposal(cast: Cast, **facts: Any) -> dict[str, Any]:
    return {
        "by": cast.head,
        "unit": cast.dinkes,
        "memorandum": cast.memorandum,
        "title": "Rujukan lebih cepat",
        "benefit": "Warga menunggu lebih sebentar.",
        "dimension": "living",
        "quick_win": True,
        **facts,
    }


def goal(cast: Cast, commitment: Commitment, **facts: Any) -> Generator[Deed, Any, ServiceTarget]:
    """A target of a commitment, published: from 14 days to 3."""
    target: ServiceTarget = yield Deed("target.proposed", ServiceTarget.propose, aim(cast, commitment, **facts))
    yield Deed("target.published", target.publish, seen(target, by=cast.approver))
    return target


def aim(cast: Cast, commitment: Commitment, **facts: Any) -> dict[str, Any]:
    return {
        "by": cast.head,
        "commitment": commitment,
        "service": "Rujukan",
        "family": "cepat",
        "unit_of_measure": "hari",
        "statistic": "median",
        "direction": "lower",
        "baseline_value": Decimal("14.5"),
        "baseline_on": date(2017, 11, 2),
        "baseline_source": "Rekap 2017",
        "baseline_method": "Dari buku register.",
        "target_value": Decimal(3),
        "min_change": Decimal("0.5"),
        "original_due_on": date(2019, 12, 31),
        "data_source": "SIMPUS",
        "known_limits": "Tanpa akhir pekan.",
        **facts,
    }


def revisions(cast: Cast, target: ServiceTarget) -> History:
    """Each field once; one is refused, asked for again and taken back, one left waiting."""
    wished: dict[str, Decimal | date] = {
        "due_on": date(2020, 6, 30),
        "target_value": Decimal("3.5"),
        "baseline_value": Decimal(14),
        "min_change": Decimal(1),
    }
    for field, new in wished.items():
        given = seen(target, by=cast.head, field=field, new=new, reason=REASON, document="Nota 7")
        revision: TargetRevision = yield Deed("revision.proposed", target.revise, given)
        if field == "target_value":
            yield Deed("revision.refused", revision.refuse, seen(revision, by=cast.approver, reason=REASON))
            again: TargetRevision = yield Deed("revision.proposed", target.revise, given)
            yield Deed("revision.taken_back", again.take_back, seen(again, by=cast.head, reason=REASON))
        elif field != "min_change":
            yield Deed("revision.approved", revision.approve, seen(revision, by=cast.approver))


def draft(cast: Cast, target: ServiceTarget, value: Any, corrects: Measurement | None = None) -> Measurement:
    """A value of the month before with a note, a public file and a private link: no act, no entry."""
    row = Measurement.draft(
        by=cast.operator,
        target=target,
        value=Decimal(value),
        corrects=corrects,
        period_start=clock.today() - timedelta(days=30),
        period_end=clock.today(),
        n=212,
        method="Semua rujukan bulan itu.",
        note="Hubungi Bu Contoh.",
    )
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (int(row.value) % 255, row.uuid.int % 255, 7)).save(picture, "PNG")
    picture.seek(0)
    file = store.receive("antrean.png", picture)
    Evidence.attach(row, kind="hasil", file=file, captured_on=clock.today(), caption="Layar antrean")
    Evidence.attach(row, kind="seremoni", url="https://contoh.invalid/berita", caption="Pembukaan loket")
    return row


def sent(cast: Cast, target: ServiceTarget, value: Any, corrects: Measurement | None = None) -> Any:
    row = draft(cast, target, value, corrects)
    yield Deed("measurement.submitted", row.submit, seen(row, by=cast.head))
    return row


def verified(cast: Cast, target: ServiceTarget, value: Any, corrects: Measurement | None = None) -> Any:
    row = yield from sent(cast, target, value, corrects)
    public = {item.uuid: bool(item.media_type) for item in row.evidence.all()}
    yield Deed("measurement.verified", row.verify, seen(row, by=cast.verifier, public=public, note="Sesuai."))
    return row


def chain_of_three(cast: Cast, target: ServiceTarget) -> History:
    """Verified, corrected, and the correction corrected before anybody decided; the last one is revoked."""
    first = yield from verified(cast, target, "5.25")
    second = yield from sent(cast, target, 4, first)
    third = yield from verified(cast, target, 3, second)
    yield Deed("measurement.revoked", third.revoke, seen(third, by=cast.approver, note=REASON))


def verdicts(cast: Cast, target: ServiceTarget) -> History:
    for value, act, verb in ((9, "returned", "return_"), (8, "rejected", "reject")):
        row = yield from sent(cast, target, value)
        yield Deed(f"measurement.{act}", getattr(row, verb), seen(row, by=cast.verifier, note=REASON))
    row = yield from sent(cast, target, 7)
    yield Deed("measurement.pulled_back", row.pull_back, seen(row, by=cast.head))


def redactions(cast: Cast, target: ServiceTarget) -> History:
    row = yield from verified(cast, target, "2.75")
    yield Deed("measurement.redacted", row.redact_note, seen(row, by=cast.approver, reason=REASON))
    for item in row.evidence.order_by("pk"):
        yield Deed("evidence.redacted", item.redact, seen(item, by=cast.approver, reason=REASON))


def calendars(cast: Cast) -> History:
    """Two lists of holidays: one approved, one refused."""
    given = {
        "by": cast.keeper,
        "year": 2018,
        "source": "SKB contoh",
        "days": [DayOff(date(2018, 8, 17), "Kemerdekaan")],
    }
    first: HolidayYear = yield Deed("calendar.entered", HolidayYear.enter, {**given, "decree": "SKB 707/2017"})
    yield Deed("calendar.approved", first.approve, seen(first, by=cast.approver))
    other = {**given, "days": [DayOff(date(2018, 12, 25), "Natal")]}
    second: HolidayYear = yield Deed("calendar.entered", HolidayYear.enter, other)
    yield Deed("calendar.refused", second.refuse, seen(second, by=cast.approver, reason=REASON))


def counted(cast: Cast, commitment: Commitment, old: ServiceTarget) -> History:
    """A target with a clock, counted from a case file with a question; and a clock stated later."""
    stated = StatedClock("ambil-nomor", "selesai", "minutes", pauses=True)
    target = yield from goal(cast, commitment, **stated.as_fields())
    row = case_report(cast, target)
    yield Deed("measurement.submitted", row.submit, seen(row, by=cast.head))
    yield Deed("measurement.verified", row.verify, seen(row, by=cast.verifier, note="Sesuai."))
    given = seen(
        old, by=cast.head, field="clock", new=StatedClock("berkas-lengkap", "selesai", "working"), reason=REASON
    )
    revision = yield Deed("revision.proposed", old.revise, {**given, "baseline_by_clock": "tidak-diketahui"})
    yield Deed("revision.approved", revision.approve, seen(revision, by=cast.approver))


def case_report(cast: Cast, target: ServiceTarget) -> Measurement:
    """A draft that was counted from the cases of one day, all of them in no time: that asks a question."""
    day = clock.today() - timedelta(days=3)
    lines = [f"A{number:02d},{day} 08:{number:02d},{day} 08:{number:02d},0" for number in range(30)]
    content = "\n".join(["Nomor,Waktu masuk,Waktu selesai,Jeda", *lines]).encode()
    period = CasePeriod(clock.today() - timedelta(days=30), clock.today())
    case_file, told = CaseFile.receive(by=cast.operator, target=target, period=period, content=content)
    assert case_file, told
    row = Measurement.draft(by=cast.operator, target=target, case_file=case_file, method="Dari mesin antrean.")
    row.ask({"zero": "Loket percobaan."})
    Evidence.attach(row, kind="hasil", url="https://contoh.invalid/rekap")
    return row


def given_up_and_replaced(cast: Cast, commitment: Commitment) -> History:
    old = yield from goal(cast, commitment, family="ringkas", unit_of_measure="berkas", cycle_days=30)
    yield from verified(cast, old, 10)
    yield Deed("target.withdrawn", old.withdraw, seen(old, by=cast.approver, reason=REASON))
    new = yield from goal(cast, commitment, replaces=old, direction="higher", target_value=Decimal(20))
    yield from verified(cast, new, 21)
    waiting = yield Deed("target.proposed", ServiceTarget.propose, aim(cast, commitment))
    yield Deed("target.withdrawn", waiting.withdraw, seen(waiting, by=cast.head, reason=REASON))
    lost = yield from promise(cast, title="Yang ditarik")
    yield from goal(cast, lost)
    yield Deed("target.proposed", ServiceTarget.propose, aim(cast, lost))
    yield Deed("commitment.withdrawn", lost.withdraw, seen(lost, by=cast.approver, reason=REASON))
    unseen = yield Deed("commitment.proposed", Commitment.propose, proposal(cast))
    yield Deed("commitment.withdrawn", unseen.withdraw, seen(unseen, by=cast.head, reason=REASON))


def rechecks(cast: Cast) -> History:
    """Three of the verified values drawn again, one still to be looked at; then one of them all."""
    given = {"by": cast.inspector, "size": 3, "since": date(2018, 2, 1)}
    recheck: Recheck = yield Deed("recheck.drawn", Recheck.draw, given)
    findings: list[dict[str, Any]] = [
        {"outcome": "sesuai"},
        {"outcome": "berbeda", "found_value": Decimal("6.5")},
    ]
    for item, found in zip(recheck.items.order_by("rank"), findings, strict=False):
        given = seen(item, by=cast.inspector, finding="Dihitung ulang dari buku antrean.", **found)
        yield Deed("recheck.recorded", item.record, given)
    contested, second = recheck.items.get(outcome="berbeda"), person("inspektur-kedua", access.INSPECTOR)
    yield Deed("recheck.stands", contested.let_stand, seen(contested, by=second, reason=REASON))
    yield Deed("recheck.drawn", Recheck.draw, {"by": cast.inspector, "size": 1})


def successions(cast: Cast, commitment: Commitment) -> History:
    """Dinkes is split, one half merged away again, and a unit without promises ends; one change waits."""
    yield Deed("commitment.acknowledged", commitment.acknowledge, seen(commitment, by=cast.head))
    heirs = []
    for code in ("dinkes-kota", "dinkes-rujukan"):
        facts = {
            "code": code,
            "name": f"Unit {code}",
            "short_name": code,
            "unit_kind": "dinas",
            "certainty": "assumed",
        }
        heirs.append((yield Deed("unit.entered", Unit.enter, {"by": cast.keeper, **facts})))
    change = yield from change_of_units(cast, "split", [cast.dinkes], heirs)
    given = seen(change, by=cast.approver, change=change, heirs={commitment.reference: heirs[0]})
    yield Deed("unit_change.confirmed", transfer.confirm, given)
    change = yield from change_of_units(cast, "merged", [heirs[0]], [cast.pdam])
    yield Deed("unit_change.confirmed", transfer.confirm, seen(change, by=cast.approver, change=change))
    change = yield from change_of_units(cast, "dissolved", [heirs[1]], [])
    yield Deed("unit_change.confirmed", transfer.confirm, seen(change, by=cast.approver, change=change))
    yield from change_of_units(cast, "merged", [cast.bagian], [cast.setda])


def change_of_units(cast: Cast, kind: str, before: list[Unit], after: list[Unit]) -> Generator[Deed, Any, UnitChange]:
    units = {"predecessors": before, "successors": after}
    given = {"by": cast.keeper, "change": kind, "on": clock.today(), "legal_basis": "Perda 14/2019", **units}
    verb: Callable[..., UnitChange] = UnitChange.propose  # who owes what is left to the approver
    if len(after) == 1:
        owed = transfer.open_commitments(before, clock.today())
        verb, given = transfer.propose, {**given, "heirs": {row.reference: after[0] for row in owed}}
    change: UnitChange = yield Deed("unit_change.proposed", verb, given)
    return change


def left_open(cast: Cast) -> History:
    """What waits at the end: a proposal of each kind, a submission, a draft that nobody outside has seen."""
    theirs = {"by": cast.other_head, "unit": cast.pdam}
    commitment = yield from promise(cast, **theirs)
    target = yield from goal(cast, commitment, by=cast.other_head)
    row = Measurement.draft(
        by=cast.other_head,
        target=target,
        value=Decimal(3),
        period_start=clock.today(),
        period_end=clock.today(),
    )
    Evidence.attach(row, kind="hasil", url="https://contoh.invalid/data")
    yield Deed("measurement.submitted", row.submit, seen(row, by=cast.other_head))
    unsent = Measurement.draft(
        by=cast.other_head, target=target, value=Decimal(1), period_start=clock.today(), period_end=clock.today()
    )
    Evidence.attach(unsent, kind="hasil", url="https://contoh.invalid/konsep")
    yield Deed("commitment.proposed", Commitment.propose, proposal(cast, **theirs))
    yield Deed("target.proposed", ServiceTarget.propose, aim(cast, commitment, by=cast.other_head))
