"""Which address leads where? Public pages and the workspace live in `commitments.urls`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("akun/", include("opd.urls")),
    path("admin/", admin.site.urls),
    path("", include("commitments.urls")),
]
