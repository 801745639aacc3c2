"""Reading of pages in tests: their text as a reader sees it, and their parts by class."""

import re
from html import unescape

TAG = re.compile(r"<[^>]*>")
SPACE = re.compile(r"[ \t\r\n]+")  # not the no-break one, which a reader sees
DRAWING = re.compile(r"<svg.*?</svg>", re.DOTALL)


def text(html: str) -> str:
    """The words without tags and drawings; runs of space, no-break ones too, become one space."""
    plain = unescape(TAG.sub(" ", DRAWING.sub(" ", html))).replace("\N{SOFT HYPHEN}", "")
    return re.sub(r" ([.,;:)])", r"\1", " ".join(plain.split()))


def compact(html: str) -> str:
    """The page on one line, its tags side by side: a template may wrap its lines where it likes."""
    return re.sub(r"(?<=>) (?=<)| (?=>)", "", SPACE.sub(" ", html))


def parts(html: str, tag: str, class_: str) -> list[str]:
    """The text of every `tag` that has the class and holds no other `tag`."""
    found = re.findall(rf'<{tag}[^>]*\bclass="[^"]*\b{class_}\b[^"]*"[^>]*>(.*?)</{tag}>', html, re.DOTALL)
    return [text(inner) for inner in found]


def section(html: str, heading: str) -> str:
    """The text of the section whose heading has this id."""
    [inner] = re.findall(rf'<section[^>]*aria-labelledby="{heading}"[^>]*>(.*?)</section>', html, re.DOTALL)
    return text(inner)
