"""The language of a page, chosen by its path alone: `/en/…` is English, everything else Indonesian.

Django's LocaleMiddleware reads cookies and Accept-Language too, so that one address would have different answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import translate_url
from django.utils import translation
from django.utils.functional import SimpleLazyObject

PREFIXED = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
OPEN_GRAPH_LOCALES = {"id": "id_ID", "en": "en_GB"}


def of(path: str) -> str:
    """The language of a path without its query: `/en` and `/en/unit/` are English."""
    first = path[1:].partition("/")[0]
    return first if first in PREFIXED else settings.LANGUAGE_CODE


class PathLanguageMiddleware:
    """Middleware that sets the language of the path for one request, error pages included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(of(request.path_info)):
            return self.get_response(request)


@dataclass(frozen=True)
class PageEdition:
    """One page in one language."""

    code: str
    name: str  # of the language, in that language
    locale: str  # in the form of Open Graph
    path: str
    is_here: bool


def editions(request: HttpRequest) -> dict[str, Any]:
    """Context processor: this page in each language (none when it has only one), and the origin of absolute links."""
    return {
        "editions": SimpleLazyObject(lambda: _editions(request)),
        "origin": SimpleLazyObject(lambda: f"{request.scheme}://{request.get_host()}"),  # refuses a bad host
    }


def _editions(request: HttpRequest) -> tuple[PageEdition, ...]:
    here = translation.get_language()
    found = tuple(
        PageEdition(code, name, OPEN_GRAPH_LOCALES[code], translate_url(request.path, code), code == here)
        for code, name in settings.LANGUAGES
    )
    return found if len({edition.path for edition in found}) > 1 else ()
