from django.urls import URLPattern, URLResolver, include, path

from commitments.views import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="home"),
    path("unit/<slug:code>/", public.unit, name="unit"),
    path("komitmen/", public.commitment_list, name="commitment-list"),
    path("komitmen/<slug:reference>/", public.commitment, name="commitment"),
    path("sasaran/<slug:reference>/", public.target, name="target"),
    path("bukti/<slug:public_sha256>/", public.evidence, name="evidence"),
    path("kerja/", include("commitments.views.workspace.urls")),
]
