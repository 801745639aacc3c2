"""URLs of the benchmark: the site, and beside it a view that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from semarang_mou import urls


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("bench/bare/", bare), path("bench/through-middleware/", bare), *urls.urlpatterns]
