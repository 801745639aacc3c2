"""Text fields that clean every new text, from any form, sheet or command.

What the register already holds stays as it is: pages and files call `tidy` on what they are about to write.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

SHORTEST_REASON = 20  # characters; a reason that the public reads says something
LONGEST_TEXT = 2000  # characters of a text of many lines
LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # Word's soft line break is \x0b
# Control characters, half characters, what Unicode says is none, and marks that nobody sees but that turn the
# direction of letters or make two names look the same. The joiners of emoji and of Javanese stay.
UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u206a-\u206f\ufdd0-\ufdef"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)


def tidy(text: str, *, lines: bool = False) -> str:
    """The same words in NFC without invisible characters, on one line, or with `lines` on as many lines as before."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = LINE_END.sub("\n" if lines else " ", text).replace("\t", " ")
    return unicodedata.normalize("NFC", UNWANTED.sub("", text)).strip()


class Tidied(models.Field):
    """Base of the fields below. For the database they are Django's own fields: migrations do not know them."""

    lines = False

    def __init__(self, *args: Any, shortest: int = 0, **options: Any) -> None:
        self.shortest = shortest
        super().__init__(*args, **options)

    @property
    def longest(self) -> int:
        return self.max_length or LONGEST_TEXT

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The tidied text; ValidationError when it is new and too short or too long, whichever way it came."""
        text = super().clean(self._kept(value, model_instance), model_instance)
        if text and (why := self.why_not(text)) and not (model_instance and self._stored(model_instance) == text):
            raise ValidationError(why)
        return text

    def why_not(self, text: str) -> str:
        """The sentence why this column cannot hold such a text; "" when it can."""
        if len(text) > self.longest:
            return f"Terlalu panjang: {len(text)} huruf, paling banyak {self.longest}."
        return f"Terlalu pendek: sedikitnya {self.shortest} huruf." if len(text) < self.shortest else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self._kept(getattr(model_instance, self.attname), model_instance)
        setattr(model_instance, self.attname, value)
        return value

    def _kept(self, value: Any, row: models.Model | None) -> Any:
        """The cleaned text.

        Or the text as it is where the register already holds it so, because that can never change.
        """
        if not isinstance(value, str):
            return value
        text = tidy(value, lines=self.lines)
        return value if text != value and row and self._stored(row) == value else text

    def _stored(self, row: models.Model) -> Any:
        if row._state.adding:
            return None
        return type(row)._base_manager.filter(pk=row.pk).values_list(self.attname, flat=True).first()

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{type(self).__name__}", args, kwargs


class CharField(Tidied, models.CharField):
    """A text of one line."""


class TextField(Tidied, models.TextField):
    """A text of many lines."""

    lines = True


class URLField(Tidied, models.URLField):
    """The address of a page."""


class EmailField(Tidied, models.EmailField):
    """An e-mail address."""
