"""The addresses of public pages, from the URL configuration: a new page is tested without being listed."""

from __future__ import annotations

import re

from commitments.public.urls import urlpatterns

_PATHS = [f"/{pattern.pattern}" for pattern in urlpatterns]
# Pages for people whose address needs no name; `/data/` stands with the API that it explains.
PUBLIC_PAGES = (*(path for path in _PATHS if "<" not in path and not re.search(r"\.\w+$", path)), "/data/")
ABOUT_NOW = (
    "/jejak/periksa/",
    "/jejak/saksi/",
)  # what it answers is about the register as it stands: it reads no day
PAGES_OF_A_DAY = tuple(page for page in PUBLIC_PAGES if page not in ABOUT_NOW)
