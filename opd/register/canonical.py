"""The canonical form of a fact, so that anyone gets the same bytes (docs/aturan.md, section 6)."""

import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def moment_text(moment: datetime) -> str:
    """An aware moment as `YYYY-MM-DDTHH:MM:SS.ffffffZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def decimal_text(number: Decimal) -> str:
    """No exponent, no trailing zeros, no `-0`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def plain(value: Any) -> Any:
    """A value in the few types that the register writes; floats are refused with TypeError."""
    if isinstance(value, str):  # first, because most are: a check asks this forty times an entry
        text = str(value).replace("\0", "")
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no form in the register")


def canonical(value: Any) -> str:
    """UTF-8 JSON text: keys sorted, no spaces, `ensure_ascii=False`, strings in NFC without NUL."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
