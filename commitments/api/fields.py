"""Serializer fields of the API. They write facts as the register does: NFC text, canonical decimals and moments."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Choices
from django.utils.functional import lazy
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from commitments.ladder import Flag
from opd.register.canonical import decimal_text, moment_text, plain


class DescribedField:
    """Mixin of read-only fields; the help text explains the field in the API's description and on /data/."""

    def __init__(self, help_text: Any, **options: Any) -> None:
        super().__init__(help_text=help_text, read_only=True, **options)  # type: ignore[call-arg]


class IdentityField(DescribedField, serializers.UUIDField):
    pass


class FactTextField(DescribedField, serializers.CharField):
    """Any fact whose register form is text."""

    def to_representation(self, value: Any) -> str:
        return str(plain(value))


def _with_codes(what: str, choices: type[Choices], but: str = "") -> str:
    """`Statistik: median, mean, atau count.`: the help text of a field that holds one of these codes."""
    *codes, last = (code for code in choices.values if code != but)
    return f"{what}: {', '.join(codes)}, {gettext('atau')} {last}."


class ChoiceTextField(FactTextField):
    """One of a table of choices; the help text names every code, but the one that nobody reads here."""

    def __init__(self, what: Any, choices: type[Choices], *, but: str = "", **options: Any) -> None:
        super().__init__(lazy(_with_codes, str)(what, choices, but), **options)


class WholeNumberField(DescribedField, serializers.IntegerField):
    pass


class YesNoField(DescribedField, serializers.BooleanField):
    pass


class FactDateField(DescribedField, serializers.DateField):
    pass


class EndDateField(FactDateField):
    """The first day on which something no longer holds; null when that day is after `per`."""

    def to_representation(self, value: date) -> str | None:  # type: ignore[override]
        return value.isoformat() if value <= self.context["day"] else None


class MomentField(DescribedField, serializers.DateTimeField):
    """The moment at which an act was recorded, in UTC; null when it is after the end of `per`."""

    def to_representation(self, value: datetime) -> str | None:  # type: ignore[override]
        return moment_text(value) if value < self.context["end"] else None


class FactDecimalField(DescribedField, serializers.DecimalField):
    """A decimal without exponent or trailing zeros."""

    def __init__(self, help_text: Any, **options: Any) -> None:
        super().__init__(help_text, max_digits=20, decimal_places=4, **options)

    def to_representation(self, value: Decimal) -> str:
        return decimal_text(value)


class CodeListField(DescribedField, serializers.ListField):
    child = serializers.CharField()


class FlagListField(DescribedField, serializers.ListField):
    """The flags that hold, in the order of `ladder.Flag`."""

    child = serializers.ChoiceField(choices=Flag.choices)

    def __init__(self, help_text: Any) -> None:
        super().__init__(help_text, source="*")

    def to_representation(self, row: Any) -> list[str]:
        return [flag.value for flag in Flag.of(row)]


@extend_schema_field({"type": "object", "additionalProperties": {}})
class EntryBodyField(DescribedField, serializers.Field):
    """The text of an entry of the register, as the object that it holds."""

    def to_representation(self, body: str) -> Any:
        return json.loads(body)


# The base of every row. It has no docstring, because the description of the API would show it.
class ApiRow(serializers.Serializer):
    hidden_until: ClassVar[dict[str, str]] = {}  # field -> the moment field; while that is null, so is this one

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row: dict[str, Any] = super().to_representation(instance)
        for name, moment in self.hidden_until.items():
            if row[moment] is None:
                row[name] = None
        return row
