"""URLs of the public pages. A page for people has one URL in each language, a file for machines has one."""

from django.urls import URLPattern, URLResolver, path

from commitments.public import lists, pages, register_file
from commitments.public.beside import views as beside
from commitments.public.counted import files
from commitments.public.heads import views as heads
from commitments.public.sharing import feeds, sitemaps, views

urlpatterns: list[URLPattern | URLResolver] = [  # Indonesian here, English under /en/
    path("", pages.home, name="home"),
    path("jawaban/<slug:code>/", pages.answer, name="answer"),
    path("kartu.png", views.home_share_image, name="home-share-image"),
    path("unit/", lists.unit_list, name="unit-list"),
    path("unit/<slug:code>/", pages.unit, name="unit"),
    path("unit/<slug:code>/kartu.png", views.unit_share_image, name="unit-share-image"),
    path("unit/<slug:code>/lencana.svg", views.badge, name="unit-badge"),
    path("unit/<slug:code>/atom.xml", feeds.unit, name="unit-feed"),
    path("unit/<slug:code>/naik-turun/atom.xml", feeds.unit_changes, name="unit-changes-feed"),
    path("unit/<slug:code>/data.csv", views.unit_data, name="unit-data"),
    path("komitmen/", lists.commitment_list, name="commitment-list"),
    path("komitmen/<slug:reference>/", pages.commitment, name="commitment"),
    path("sasaran/<slug:reference>/", pages.target, name="target"),
    path("sasaran/<slug:reference>/grafik.svg", views.target_picture, name="target-picture"),
    path("sasaran/<slug:reference>/data.csv", views.target_data, name="target-data"),
    path("mou/", pages.agreement, name="agreement"),
    path("jejak/", pages.register, name="register"),
    path("jejak/saksi/", heads.witnesses, name="witnesses"),
    path("jejak/periksa/", pages.register_check_head, name="register-check-head"),
    path("jejak/atom.xml", feeds.whole_register, name="feed"),
    path("naik-turun/atom.xml", feeds.all_changes, name="changes-feed"),
    path("uji-petik/", pages.recheck_list, name="recheck-list"),
    path("uji-petik/<slug:number>/", pages.recheck, name="recheck"),
    path("bimtek/", beside.training_list, name="training-list"),
    path("cermin/", beside.mirror, name="mirror"),
    path("cara-baca/", pages.how_to_read, name="how-to-read"),
    path("tentang/", pages.about, name="about"),
]

without_language: list[URLPattern | URLResolver] = [
    path("jejak/kepala.txt", heads.daily_heads, name="daily-heads"),
    path("jejak/kepala.note", heads.signed_head, name="signed-head"),
    path("jejak.jsonl", register_file.register_lines, name="register-lines"),
    path("tangga/<slug:rows>.<slug:database>.sql", pages.ladder_sql, name="ladder-sql"),
    path("bukti/<slug:public_sha256>/", pages.evidence, name="evidence"),
    path("kasus/<uuid:uuid>.csv", files.case_durations, name="case-file"),
    path("data/plain/calendar.csv", files.calendar_file, name="calendar-file"),
    path("bimtek/<slug:day>.ics", beside.training_calendar, name="training-calendar"),
    path("lembar-dewan.pdf", views.council_sheet, name="council-sheet"),
    path("healthz", register_file.healthz, name="healthz"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
]
