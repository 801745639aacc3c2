"""Speculation rules: which pages a browser may make ready when a reader is about to open them.

Every public page names them in a header (commitments/public_page.py), so that no script is needed. Only the pages
below are allowed, and none with a query: lists that are filtered, past days and downloads cost more than a tap saves.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern

from commitments.public import urls as public_urls
from commitments.public_page import public_page

PRERENDERED_PAGES = (
    *("home", "answer", "unit-list", "unit", "commitment-list", "commitment", "target", "agreement"),
    *(
        "register",
        "register-check-head",
        "recheck-list",
        "recheck",
        "mirror",
        "training-list",
        "how-to-read",
        "about",
    ),
)
RULES_MEDIA_TYPE = "application/speculationrules+json"
RULES_CACHE_CONTROL = "public, max-age=86400"  # not asked for again with each page; old rules do no harm
EAGERNESS = "moderate"  # on hovering for 200 ms or on pressing; on a phone what comes to rest in view, or pressing
PART_OF_ROUTE = re.compile(r"<slug:(\w+)>")  # in a pattern of Django; a URLPattern says :name, which is one part too


@public_page()
def speculation_rules(request: HttpRequest) -> HttpResponse:
    return JsonResponse(rules(), content_type=RULES_MEDIA_TYPE, headers={"Cache-Control": RULES_CACHE_CONTROL})


def rules() -> dict[str, Any]:
    """Fetched ahead and drawn ahead; a browser that lacks memory for the second may still do the first."""
    rule = {"source": "document", "where": {"href_matches": patterns()}, "eagerness": EAGERNESS}
    return {"prefetch": [rule], "prerender": [rule]}


def patterns() -> list[dict[str, str]]:
    """A URLPattern for each page in each language; scheme and host are those of the rules, which are ours."""
    languages = ["" if code == settings.LANGUAGE_CODE else f"{code}/" for code, _ in settings.LANGUAGES]
    routes = {path.name: str(path.pattern) for path in public_urls.urlpatterns if isinstance(path, URLPattern)}
    pages = [PART_OF_ROUTE.sub(r":\1", routes[name]) for name in PRERENDERED_PAGES]
    return [{"pathname": f"/{language}{page}", "search": ""} for language in languages for page in pages]
