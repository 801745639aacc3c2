"""The people and units of every test: two units, the secretariat, and one builder for targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from commitments.models import Commitment, Evidence, Measurement, Memorandum, ServiceTarget, Signature
from opd import access, clock, register
from opd.models import Membership, StaffRole, Tenure, Unit, grant
from tests import doors

SIGNED_ON = date(2017, 11, 2)
PEOPLE = {  # in the cast: username, unit and role there, or role at the secretariat
    "head": ("kepala-dinkes", "dinkes", "head"),
    "operator": ("operator-dinkes", "dinkes", "operator"),
    "other_head": ("kepala-pdam", "pdam", "head"),
    "setda_head": ("sekda", "setda", "head"),
    "bagian_head": ("kabag-hukum", "bagian", "head"),
    "verifier": ("verifikator", "", access.VERIFIER),
    "approver": ("penyetuju", "", access.APPROVER),
    "keeper": ("pengelola", "", access.KEEPER),
    "inspector": ("inspektur", "", access.INSPECTOR),
    "leader": ("pimpinan", "", access.LEADER),
    "outsider": ("orang-luar", "", ""),
}
REASON = "Alasan yang cukup panjang untuk dibaca publik."


def person(username: str, *roles: str, unit: Unit | None = None, as_: str = "head") -> User:
    """An active account with staff roles, or a place in a unit, or both."""
    user = User.objects.create_user(username, password=doors.PASSWORD, is_staff=bool(roles))
    give(user, *roles)
    if unit:
        serves(user, unit, as_)
    return user


def give(user: User, *roles: str) -> None:
    """The account gets roles at the secretariat, beside those that it holds."""
    for role in roles:
        StaffRole.give(by=access.SYSTEM, user=user, role=role)


def take_roles(user: User) -> None:
    for row in StaffRole.objects.held().filter(user=user):
        row.end(by=access.SYSTEM)


def serves(user: User, unit: Unit, role: str = access.HEAD_ROLE, since: date = SIGNED_ON) -> Membership:
    return Membership.give(by=access.SYSTEM, user=user, unit=unit, role=role, from_on=since)


def unit(code: str, kind: str = "dinas", **facts: Any) -> Unit:
    facts = {"certainty": "documented", "head_title": "Kepala", **facts}
    return Unit.enter(
        by=access.SYSTEM, name=f"Unit {code}", short_name=code.title(), code=code, unit_kind=kind, **facts
    )


@dataclass
class Cast:
    """Everyone; make it once at the start of a test that acts."""

    setda: Unit = field(init=False)
    dinkes: Unit = field(init=False)
    pdam: Unit = field(init=False)
    head: User = field(init=False, repr=False)
    operator: User = field(init=False, repr=False)
    other_head: User = field(init=False, repr=False)
    setda_head: User = field(init=False, repr=False)
    bagian_head: User = field(init=False, repr=False)
    verifier: User = field(init=False, repr=False)
    approver: User = field(init=False, repr=False)
    keeper: User = field(init=False, repr=False)
    inspector: User = field(init=False, repr=False)
    leader: User = field(init=False, repr=False)
    outsider: User = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """In few queries, because most tests begin here."""
        with register.many_acts():
            self._sign()
        password = make_password(doors.PASSWORD)
        users = User.objects.bulk_create(
            User(username=username, password=password, is_staff=bool(role and not unit))
            for username, unit, role in PEOPLE.values()
        )
        at_the_desk, serving = [], []
        for user, (attribute, (_, unit, role)) in zip(users, PEOPLE.items(), strict=True):
            setattr(self, attribute, user)
            if unit:
                serving.append(Membership(user=user, unit=getattr(self, unit), role=role, from_on=SIGNED_ON))
            elif role:
                at_the_desk.append(StaffRole(user=user, role=role, given_at=clock.now()))
        StaffRole.objects.bulk_create(at_the_desk)
        Membership.objects.bulk_create(serving)
        grant.record_all()

    def _sign(self) -> None:
        self.setda = unit("setda", "sekretariat")
        self.bagian = unit("bag-hukum", "bagian", parent=self.setda)
        self.dinkes, self.pdam = unit("dinkes"), unit("pdam", "bumd")
        self.memorandum = Memorandum.enter(
            by=access.SYSTEM,
            code="smart-city-2017",
            title="Komitmen",
            occasion="Bimtek",
            signed_on=SIGNED_ON,
            place="Balai Kota",
            sources="uji",
        )
        for signer in (self.setda, self.bagian, self.dinkes, self.pdam):
            Signature.enter(
                by=access.SYSTEM,
                memorandum=self.memorandum,
                unit=signer,
                capacity="party",
                source="uji",
                certainty="documented",
            )

    def succession(self, on: date, **facts: Any) -> Tenure:
        """Ani holds the office of dinkes from a day on, and with it the account of its head."""
        self.hand_over(on)
        facts = {"person": "Ani", "title": "Kepala", "certainty": "documented", **facts}
        return Tenure.enter(by=self.keeper, unit=self.dinkes, from_on=on, **facts)

    def hand_over(self, on: date) -> None:
        """The account of dinkes' head is whose the office is from a day on."""
        self.head.memberships.get(unit=self.dinkes, until_on=None).end(by=access.SYSTEM, on=on)
        serves(self.head, self.dinkes, since=on)

    def commitment(self, *, published: bool = True, **facts: Any) -> Commitment:
        facts = {"title": "Layanan lebih cepat", "benefit": "Warga menunggu lebih sebentar.", **facts}
        row = Commitment.propose(
            by=facts.pop("by", self.head),
            unit=facts.pop("unit", self.dinkes),
            memorandum=self.memorandum,
            dimension="living",
            **facts,
        )
        if published:
            row.publish(by=self.approver, seen=row.fingerprint())
        return row

    def target(self, *, published: bool = True, commitment: Commitment | None = None, **facts: Any) -> ServiceTarget:
        """14 days to 3, due at the end of 2030, unless told otherwise."""
        by = facts.pop("by", self.head)
        facts = {
            "service": "Rujukan",
            "family": "cepat",
            "unit_of_measure": "hari",
            "statistic": "median",
            "direction": "lower",
            "baseline_value": Decimal(14),
            "baseline_on": date(2017, 11, 2),
            "baseline_source": "uji",
            "target_value": Decimal(3),
            "original_due_on": date(2030, 12, 31),
            **facts,
        }
        row = ServiceTarget.propose(by=by, commitment=commitment or self.commitment(by=by), **facts)
        if published:
            row.publish(by=self.approver, seen=row.fingerprint())
        return row

    def measurement(
        self,
        target: ServiceTarget,
        value: Any = 5,
        *,
        submitted: bool = True,
        kind: str = "hasil",
        **facts: Any,
    ) -> Measurement:
        """A submitted value of 2018 with a link as proof."""
        by = facts.pop("by", self.head)
        facts = {"period_start": date(2018, 1, 1), "period_end": date(2018, 12, 31), "n": 10, **facts}
        row = Measurement.draft(by=by, target=target, value=Decimal(value), **facts)
        Evidence.attach(row, kind=kind, url="https://contoh.invalid/bukti")
        if submitted:
            row.submit(by=by, seen=row.fingerprint())
        return row


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
