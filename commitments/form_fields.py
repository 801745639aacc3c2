"""Form fields for numbers, counts and dates as people here type them; errors are sentences in Indonesian."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from commitments import numbers, periods
from commitments.models import ServiceTarget

MAX_COUNT = 2_147_483_647  # what an integer column holds
ERROR_MESSAGES = {"required": "Bagian ini perlu diisi."}


class NumberField(forms.Field):
    """A decimal with at most 4 places, with a decimal comma or a decimal point."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        options.setdefault("error_messages", ERROR_MESSAGES)
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        try:
            return numbers.read(str(value))
        except numbers.TwoReadings as error:
            raise forms.ValidationError(str(error), params={"readings": error.readings}) from error
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return numbers.as_typed(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class ValueField(NumberField):
    """A value of a target; `of` is asked what it may be, once the form knows the target."""

    of: ServiceTarget | None = None

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is not None and self.of and (why := self.of.why_impossible(value)):
            raise forms.ValidationError(why)


class CountField(forms.Field):
    """A whole number of at least 1; dots and commas between thousands are ignored."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        options.setdefault("error_messages", ERROR_MESSAGES)
        super().__init__(**options)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+", text):
            raise forms.ValidationError("Tulis bilangan bulat, misalnya 212.")
        number = int(re.sub(r"[.,]", "", text)[:30])
        if not 1 <= number <= MAX_COUNT:
            raise forms.ValidationError("Paling sedikit 1." if number < 1 else "Bilangan ini terlalu besar.")
        return number


class DayField(forms.DateField):
    """A day, chosen in the browser's date picker or typed as 31/12/2026."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        options.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"])
        options.setdefault(
            "error_messages", {**ERROR_MESSAGES, "invalid": "Tanggal ini tidak ada. Tulis misalnya 31/12/2026."}
        )
        super().__init__(**options)


class PeriodField(forms.CharField):
    """A period as people write it: `Oktober 2026`, `Triwulan III 2026`, or its first and last day."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        options.setdefault("max_length", 80)
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text or len(text) > (self.max_length or 0):
            return text or None
        try:
            return periods.read(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def run_validators(self, value: Any) -> None:
        if not isinstance(value, periods.Period):
            super().run_validators(value)

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, periods.Period) else value


class PeriodChoiceField(forms.ChoiceField):
    """One of the offered periods. One that was offered yesterday is still a period."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.RadioSelect, **options)

    def to_python(self, value: Any) -> Any:
        try:
            return periods.Period.of_code(value) if value else None
        except ValueError:
            raise forms.ValidationError("Pilih periodenya lagi.") from None

    def validate(self, value: Any) -> None:
        """Any period will do here; the form asks whether it can be reported."""

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, periods.Period) else value
