"""Telephone numbers in the international form that can be dialled from anywhere."""

import re

COUNTRY_CODE = "62"
PHONE_LETTERS = re.compile(r"[\d\s().+-]+", re.ASCII)
SHORTEST, LONGEST = 10, 15  # digits with the country's; the longest by ITU-T E.164


def international(number: str) -> str:
    """`62812…` for `0812-…`, `+62 812 …` or `812…`; empty when it is not an Indonesian number."""
    if not PHONE_LETTERS.fullmatch(number.strip()):
        return ""
    digits = re.sub(r"\D", "", number)
    if digits.startswith(COUNTRY_CODE + "0"):  # +62 (0)812
        digits = COUNTRY_CODE + digits[3:]
    elif digits.startswith("0"):
        digits = COUNTRY_CODE + digits.lstrip("0")
    elif digits.startswith("8"):
        digits = COUNTRY_CODE + digits
    known = digits.startswith(COUNTRY_CODE) and SHORTEST <= len(digits) <= LONGEST
    return digits if known else ""
