"""How is a fact written in an answer? As in the register: text in NFC, decimals and moments as canonical text."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from commitments.ladder import Flag
from opd.register.canonical import decimal_text, moment_text, plain


class DescribedField:
    """Read-only, and explained to whoever reads the description of the API, or /data/ in a language of theirs."""

    def __init__(self, help_text: Any, **options: Any) -> None:
        super().__init__(help_text=help_text, read_only=True, **options)  # type: ignore[call-arg]


class IdentityField(DescribedField, serializers.UUIDField):
    pass


class FactTextField(DescribedField, serializers.CharField):
    """Any fact whose register form is text."""

    def to_representation(self, value: Any) -> str:
        return str(plain(value))


class WholeNumberField(DescribedField, serializers.IntegerField):
    pass


class YesNoField(DescribedField, serializers.BooleanField):
    pass


class FactDateField(DescribedField, serializers.DateField):
    pass


class EndDateField(FactDateField):
    """The first day on which something no longer holds; null when that is after the day asked for."""

    def to_representation(self, value: date) -> str | None:  # type: ignore[override]
        return value.isoformat() if value <= self.context["day"] else None


class MomentField(DescribedField, serializers.DateTimeField):
    """When an act was recorded, in UTC; null when that was after the end of the day asked for."""

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
    """The flags that hold, in the order in which the ladder names them."""

    child = serializers.ChoiceField(choices=Flag.choices)

    def __init__(self, help_text: Any) -> None:
        super().__init__(help_text, source="*")

    def to_representation(self, row: Any) -> list[str]:
        return [flag.value for flag in Flag if getattr(row, flag)]


@extend_schema_field({"type": "object", "additionalProperties": {}})
class EntryBodyField(DescribedField, serializers.Field):
    """The text of an entry of the register, as the object that it holds."""

    def to_representation(self, body: str) -> Any:
        return json.loads(body)


# Without a docstring, which would be read in the description of the API.
class ApiRow(serializers.Serializer):
    follows: ClassVar[dict[str, str]] = {}  # field -> the stamp without which it is not known yet

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row: dict[str, Any] = super().to_representation(instance)
        for name, stamp in self.follows.items():
            if row[stamp] is None:
                row[name] = None
        return row
