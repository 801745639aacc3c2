"""Who keeps this register, and where its readers report mistakes."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.db import models

from opd import access, register, texts
from opd.register import personal_data
from opd.register.registered import Registered

OPEN_CONTACT = "Kontak penyelenggara register, dibuka agar siapa pun dapat melaporkan kesalahan."


class OperatorInForce(NamedTuple):
    name: str
    contact: str


class RegisterOperator(Registered):
    """The office that keeps this register, as an administrator named it; the newest row holds."""

    kind = "operator"

    name = texts.CharField("penyelenggara", max_length=160, shortest=3)
    contact = texts.CharField("kontak untuk melaporkan kesalahan", max_length=160, shortest=5)
    at = models.DateTimeField("dicatat")

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "penyelenggara register"
        verbose_name_plural = "penyelenggara register"

    def __str__(self) -> str:
        return self.name

    def public_row(self) -> dict[str, Any]:
        return {"name": self.name, "contact": self.contact, "at": self.at}

    @classmethod
    def appoint(cls, *, by: access.Actor, name: str, contact: str) -> RegisterOperator:
        """Names who keeps the register from now on, by an administrator."""
        with personal_data.explained(OPEN_CONTACT), register.act("operator.named", "operator") as act:
            act.office = access.require_administrator(by)
            if found := personal_data.hints(name):  # only the contact is opened
                raise personal_data.MayBePersonal(found)
            row = cls(name=name, contact=contact, at=act.at)
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row

    @classmethod
    def in_force(cls) -> OperatorInForce:
        """The newest one on record; before the first, what the settings of this machine say."""
        row = cls.objects.first()
        if row:
            return OperatorInForce(row.name, row.contact)
        return OperatorInForce(settings.OPERATOR["name"], settings.OPERATOR["contact"])
