"""Which address leads where? Public pages live in `commitments.urls`, in Indonesian and, under `/en/`, in English;
the workspace, the accounts and the admin are Indonesian only, and so have no address under `/en/`."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from commitments.urls import without_language
from semarang_mou import robots

urlpatterns = [
    path("akun/", include("opd.urls")),
    path("admin/", admin.site.urls),
    path("kerja/", include("commitments.views.workspace.urls")),
    path("api/v1/", include("commitments.api.urls")),
    path("robots.txt", robots.robots, name="robots"),
    *without_language,
    *i18n_patterns(path("", include("commitments.urls")), prefix_default_language=False),
]
