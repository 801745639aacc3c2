"""Which public address leads where? Pages for people have one in each language, what machines read has one."""

from django.urls import URLPattern, URLResolver, path

from commitments import feeds, sitemaps
from commitments.views import lists, outlets, public, shared

urlpatterns: list[URLPattern | URLResolver] = [  # Indonesian here, English under /en/
    path("", public.home, name="home"),
    path("kartu.png", shared.home_card, name="home-card"),
    path("unit/", lists.unit_list, name="unit-list"),
    path("unit/<slug:code>/", public.unit, name="unit"),
    path("unit/<slug:code>/kartu.png", shared.unit_card, name="unit-card"),
    path("unit/<slug:code>/lencana.svg", shared.badge, name="unit-badge"),
    path("unit/<slug:code>/atom.xml", feeds.unit, name="unit-feed"),
    path("unit/<slug:code>/data.csv", shared.unit_data, name="unit-data"),
    path("komitmen/", lists.commitment_list, name="commitment-list"),
    path("komitmen/<slug:reference>/", public.commitment, name="commitment"),
    path("sasaran/<slug:reference>/", public.target, name="target"),
    path("mou/", public.agreement, name="agreement"),
    path("jejak/", public.register, name="register"),
    path("jejak/atom.xml", feeds.everything, name="feed"),
    path("uji-petik/", public.recheck_list, name="recheck-list"),
    path("uji-petik/<slug:number>/", public.recheck, name="recheck"),
    path("cara-baca/", public.how_to_read, name="how-to-read"),
    path("data/", lists.data, name="data"),
    path("tentang/", public.about, name="about"),
]

without_language: list[URLPattern | URLResolver] = [
    path("data/<slug:name>.<slug:format_>", lists.data_file, name="data-file"),
    path("jejak.jsonl", outlets.register_lines, name="register-lines"),
    path("bukti/<slug:public_sha256>/", public.evidence, name="evidence"),
    path("healthz", outlets.healthz, name="healthz"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
]
