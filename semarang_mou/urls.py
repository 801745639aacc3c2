"""Which address leads where? Public pages and the workspace live in `commitments.urls`."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# The admin's own login page knows no second factor and no throttle; set before `admin.site.urls` is read.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("akun/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("commitments.urls")),
]
