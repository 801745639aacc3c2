"""All URLs. Public pages exist in Indonesian and, under `/en/`, in English; the workspace, the accounts and the admin
in Indonesian only."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from commitments.api import downloads
from commitments.public import urls as public_urls
from semarang_mou import prerendering, robots

handler404 = "commitments.public_page.not_found"
handler500 = "semarang_mou.unavailable.server_error"

urlpatterns = [
    path("akun/", include("opd.accounts.urls")),
    path("admin/", admin.site.urls),
    path("kerja/", include("commitments.workspace.urls")),
    path("api/v1/", include("commitments.api.urls")),
    path("robots.txt", robots.robots, name="robots"),
    path("speculation-rules.json", prerendering.speculation_rules, name="speculation-rules"),
    *public_urls.without_language,  # the calendar before the lists
    path("data/datapackage.json", downloads.package, name="data-package"),
    path("data/catalog.jsonld", downloads.catalog, name="data-catalogue"),
    path("data/plain/<slug:name>.csv", downloads.plain_file, name="plain-file"),
    path("data/<slug:name>.py", downloads.program, name="data-program"),
    path("data/<slug:name>.<slug:format_>", downloads.data_file, name="data-file"),
    *i18n_patterns(
        path("data/", downloads.data, name="data"),
        path("", include(public_urls)),
        prefix_default_language=False,
    ),
]
