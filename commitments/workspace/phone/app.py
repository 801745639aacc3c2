"""What makes the workspace installable: its manifest, the worker that opens an empty shell without signal, the shell.

The worker keeps files that everybody may have, and no page of anybody.
"""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache

from opd import register

SHELL_FILES = ("css/base.css", "css/workspace.css", "fonts/plus-jakarta-sans.woff2", "js/kept.js", "js/unsent.js")
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))


@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    name = "Melewati Seremoni: ruang kerja"
    return JsonResponse(
        {
            "id": reverse("workspace"),
            "name": f"[Data contoh] {name}" if register.is_demo() else name,
            "short_name": "Ruang kerja",
            "lang": "id",
            "start_url": reverse("workspace"),
            "scope": reverse("workspace"),
            "display": "standalone",
            "background_color": "#faf8f3",
            "theme_color": "#0b5d63",
            "icons": [
                {
                    "src": static(f"img/ruang-kerja-{size}{'-maskable' if purpose == 'maskable' else ''}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size, purpose in ICONS
            ],
        },
        content_type="application/manifest+json",
    )


@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """Its bytes change with the shell and with the names of its files, so that a browser fetches both anew."""
    files = [reverse("workspace-shell"), *(static(name) for name in SHELL_FILES)]
    version = sha256(render_to_string("workspace/shell.html").encode()).hexdigest()[:12]
    context = {"files": files, "version": version, "shell": files[0]}
    return render(request, "workspace/sw.js", context, content_type="text/javascript; charset=utf-8")


@cache_control(max_age=0)
def shell(request: HttpRequest) -> HttpResponse:
    """The page that is there without signal: it knows nobody, and says what waits on this telephone."""
    return render(request, "workspace/shell.html")
