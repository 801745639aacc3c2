"""Reading and writing numbers as people here type them: `1.234,5` and `1234.5` are the same."""

import re
from decimal import Decimal

MAX_DECIMALS = 4
MAX_WHOLE_DIGITS = 11  # digits before the comma: 15 in all


class TwoReadings(ValueError):
    """A number that can mean two things; `readings` are both, written so that each means one."""

    def __init__(self, digits: str, readings: tuple[str, str]) -> None:
        self.readings = readings
        first, second = readings
        whole, part = re.split("[.,]", digits)
        super().__init__(
            f"{digits} dapat dibaca {whole}{part} atau {whole},{part}. "
            f"Tulis {first} tanpa titik, atau {second} bila itu angka di belakang koma."
        )


def read(text: str) -> Decimal:
    """The exact number. ValueError with a sentence when the text is no number, TwoReadings when it can mean two."""
    number = exact(text)
    if number != round(number, MAX_DECIMALS):
        raise ValueError(f"Paling banyak {MAX_DECIMALS} angka di belakang koma.")
    return number


def exact(text: str, *, point: str = "") -> Decimal:
    """The same with all its decimals, however many; `point`: the decimal sign, where it is known."""
    text = text.strip().replace("−", "-")
    if not re.fullmatch(r"[+-]?[0-9.,]+", text):
        raise ValueError("Tulis angkanya saja tanpa satuan, misalnya 12,5.")
    sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text.lstrip("+"))
    whole, part = _split(digits, (point,) if point else (",", "."))
    if len(whole.lstrip("0")) > MAX_WHOLE_DIGITS:
        raise ValueError(f"Angka ini terlalu besar: paling banyak {MAX_WHOLE_DIGITS} angka di depan koma.")
    return Decimal(f"{sign}{whole}.{part.rstrip('0') or '0'}")


def _split(digits: str, points: tuple[str, ...]) -> tuple[str, str]:
    """Digits before and after the decimal sign, which is one of `points`."""
    if len(points) > 1 and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        whole, part = re.split("[.,]", digits)
        raise TwoReadings(digits, (f"{whole}{part}", f"{whole},{part}0"))
    for point in points:
        group = "." if point == "," else ","
        grouped = re.fullmatch(rf"[1-9]\d{{0,2}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", digits)
        if grouped or re.fullmatch(rf"\d+(?:\{point}\d+)?", digits):
            whole, _, part = digits.replace(group, "").partition(point)
            return whole, part
    raise ValueError("Letak titik atau komanya tidak terbaca. Tulis misalnya 1234,5.")


def as_typed(number: Decimal) -> str:
    """The number as a person would type it: no dots between thousands, a decimal comma, one meaning only."""
    text = f"{number.normalize():f}"
    whole, _, part = text.partition(".")
    if not part:
        return whole
    two_ways = len(part) == 3 and len(whole.lstrip("-")) <= 3 and whole.lstrip("-") != "0"
    return f"{whole},{part}0" if two_ways else f"{whole},{part}"
