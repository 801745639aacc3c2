"""Tests of the history: each past month is stored as computed by the ladder, renewed when needed, drawn right."""

import io
import re
from collections import Counter
from datetime import date
from itertools import combinations, pairwise
from math import dist

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.ladder import Rung
from commitments.models import Measurement, MonthEnd, Signature
from commitments.models.querysets import units_with_rung
from commitments.public import history, history_chart
from commitments.public_page import PUBLIC_CACHE_CONTROL
from commitments.reports import home_page, month_ends
from opd import clock, register
from tests.cast import REASON, Cast, utc
from tests.reading import compact, section, text

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the first reader fills it all, unless a test says otherwise."""
    monkeypatch.setattr(month_ends, "MAX_READER_WAIT", 60.0)


def told(cast: Cast, time: clock.TurnedClock) -> Measurement:
    """Dinkes publishes on 10 January 2018, is verified on 31 January, and loses that on 5 March; read on 20 April."""
    time.moment = utc(2018, 1, 10, 3)
    target = cast.target()
    time.moment = utc(2018, 1, 31, 16, 59)  # 23.59 in Semarang
    sent = cast.measurement(target, 5, period_start=date(2018, 1, 1), period_end=date(2018, 1, 15))
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    time.moment = utc(2018, 3, 5, 3)
    sent.revoke(by=cast.approver, seen=sent.fingerprint(), note=REASON)
    time.moment = utc(2018, 4, 20, 3)
    return sent


def counted(day: date) -> list[int]:
    """The same from the ladder itself, every signer by hand."""
    rows = list(units_with_rung(home_page.signers(home_page.agreement()), day))
    return [Counter(row.rung for row in rows)[rung] for rung in Rung]


def home(client: Client, query: str = "") -> str:
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return response.content.decode()


def shown() -> history.History:
    page = home_page.home_page(clock.today())
    found = history.history(page.memorandum, page.steps, clock.today(), register.began_on())
    assert found
    return found


def faults(**options: bool) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError, match="hal tidak cocok"):
        call_command("check_register", stdout=out, **options)
    return out.getvalue()


def test_the_first_reader_fills_it_and_each_month_is_what_the_ladder_says(
    client: Client, time: clock.TurnedClock
) -> None:
    told(Cast(), time)
    home(client)
    kept = {row.day: row.counts for row in MonthEnd.objects.all()}
    ends = [date(2017, 11, 30), date(2017, 12, 31), date(2018, 1, 31), date(2018, 2, 28), date(2018, 3, 31)]
    assert kept == {day: counted(day) for day in ends}
    assert [kept[day][:4] for day in ends] == [[4, 0, 0, 0], [4, 0, 0, 0], [3, 0, 0, 1], [3, 0, 0, 1], [3, 1, 0, 0]]


def test_what_is_kept_is_not_worked_out_again(client: Client, time: clock.TurnedClock) -> None:
    told(Cast(), time)
    home(client)
    with CaptureQueriesContext(connection) as queries:
        home(client)
    assert len(queries) <= 12
    assert not any("INSERT" in query["sql"] for query in queries)


def test_the_month_that_runs_is_never_kept(time: clock.TurnedClock) -> None:
    told(Cast(), time)
    time.moment = utc(2018, 4, 30, 16, 59)
    month_ends.fill()
    assert MonthEnd.objects.latest("day").day == date(2018, 3, 31)
    time.moment = utc(2018, 4, 30, 17)  # midnight in Semarang
    month_ends.fill()
    assert MonthEnd.objects.latest("day").day == date(2018, 4, 30)


def test_a_month_kept_before_its_last_act_was_written_does_not_hold(time: clock.TurnedClock) -> None:
    cast = Cast()
    told(cast, time)
    time.moment = utc(2018, 4, 30, 16, 59)
    row = month_ends._month_end(cast.memorandum, date(2018, 4, 30), register.head().seq)  # type: ignore[union-attr]
    row.save()
    cast.target(commitment=cast.commitment(by=cast.other_head, unit=cast.pdam), by=cast.other_head)
    time.moment = utc(2018, 5, 2, 3)
    assert date(2018, 4, 30) not in [row.day for row in month_ends.stored(clock.today())]
    month_ends.fill()
    assert MonthEnd.objects.get(day=date(2018, 4, 30)).counts == counted(date(2018, 4, 30)) == [2, 2, 0, 0, 0, 0]


def test_a_signature_withdrawn_later_changes_every_month(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    told(cast, time)
    home(client)
    mistaken = Signature.objects.get(unit=cast.pdam)
    mistaken.withdraw(
        by=cast.keeper, seen=mistaken.fingerprint(), reason=REASON, source="Daftar resmi, 2017, halaman 3"
    )
    home(client)
    assert {sum(row.counts) for row in MonthEnd.objects.all()} == {3}


def test_dropped_rows_are_no_loss(client: Client, time: clock.TurnedClock) -> None:
    told(Cast(), time)
    before = section(home(client), "riwayat")
    MonthEnd.objects.filter(day__gte=date(2018, 1, 1)).delete()
    assert section(home(client), "riwayat") == before


def test_one_reader_waits_a_moment_and_the_next_goes_on(
    client: Client, time: clock.TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(Cast(), time)
    monkeypatch.setattr(month_ends, "MAX_READER_WAIT", 0.0)
    response = client.get("/")
    assert [row.day for row in MonthEnd.objects.all()] == [date(2018, 3, 31)]  # the newest first
    assert response["Cache-Control"] == "no-store"
    assert "Sebagian bulan masih dihitung" in text(response.content.decode())
    for _ in range(4):
        response = client.get("/")
    assert MonthEnd.objects.count() == 5
    assert response["Cache-Control"] == PUBLIC_CACHE_CONTROL


def test_while_another_process_works_them_out_nobody_else_does(client: Client, time: clock.TurnedClock) -> None:
    told(Cast(), time)
    cache.add(month_ends.MONTH_ENDS_LOCK, True)
    assert "Riwayat belum dapat digambar" in section(home(client), "riwayat")
    assert not MonthEnd.objects.exists()


@pytest.mark.parametrize("change", [{"counts": [0, 0, 0, 0, 0, 4]}, {"rungs": {}}])
def test_check_register_names_a_month_that_differs(time: clock.TurnedClock, change: dict[str, object]) -> None:
    told(Cast(), time)
    month_ends.fill()
    call_command("check_register", stdout=io.StringIO())
    MonthEnd.objects.filter(day=date(2018, 2, 28)).update(**change)
    assert faults() == "akhir bulan 2018-02-28: yang disimpan berbeda dari hitungannya\n"


@pytest.mark.parametrize(
    "change", [{"counts": [0, 0, 0, 0, 0, 4]}, {"rungs": {}}, {"counts": [4] * 6, "mark": "0" * 64}]
)
def test_a_check_without_time_names_a_month_that_somebody_changed(
    time: clock.TurnedClock, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    """The mark no longer fits, so it is computed again whatever the time."""
    monkeypatch.setattr(month_ends, "MAX_RECOMPUTED_SECONDS", -1.0)
    told(Cast(), time)
    month_ends.fill()
    MonthEnd.objects.filter(day=date(2018, 2, 28)).update(**change)
    assert "akhir bulan 2018-02-28: yang disimpan berbeda dari hitungannya\n" in faults()


def test_a_check_without_time_says_what_it_left_and_from_start_leaves_nothing(
    time: clock.TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of a mark: a month that this very program computed from other facts."""
    monkeypatch.setattr(month_ends, "MAX_RECOMPUTED_SECONDS", -1.0)
    told(Cast(), time)
    month_ends.fill()
    row = MonthEnd.objects.get(day=date(2018, 2, 28))
    row.counts = [0, 0, 0, 0, 0, 4]
    row.mark = month_ends._mark(row)
    row.save()
    said = io.StringIO()
    call_command("check_register", stdout=said)
    assert said.getvalue().startswith("0 dari 5 akhir bulan dihitung ulang; yang lain bertanda kunci register")
    assert "akhir bulan 2018-02-28: yang disimpan berbeda" in faults(from_start=True)


def test_a_long_check_computes_every_month_when_there_is_time(time: clock.TurnedClock) -> None:
    told(Cast(), time)
    month_ends.fill()
    row = MonthEnd.objects.get(day=date(2018, 2, 28))
    row.rungs = {}
    row.mark = month_ends._mark(row)
    row.save()
    assert "akhir bulan 2018-02-28: yang disimpan berbeda" in faults()


def test_check_register_names_a_day_that_ends_no_month(time: clock.TurnedClock) -> None:
    told(Cast(), time)
    month_ends.fill()
    MonthEnd.objects.filter(day=date(2018, 2, 28)).update(day=date(2018, 2, 27))
    assert faults() == "akhir bulan 2018-02-27: yang disimpan berbeda dari hitungannya\n"


def test_the_words_say_the_first_the_last_and_the_most(client: Client, time: clock.TurnedClock) -> None:
    told(Cast(), time)
    html = home(client)
    said = section(html, "riwayat")
    assert "Unit yang sudah melewati seremoni: 0 pada akhir November 2017, kini 0;" in said
    assert "terbanyak 1, terakhir pada Februari 2018." in said
    assert "Januari 2018: bertambah 1, menjadi 1" in said
    assert 'href="?per=2018-01-31&amp;sejak=2017-12-31#gerak"' in html
    assert "Maret 2018: berkurang 1, tinggal 0" in said
    assert "20 Apr 2018" not in said.split("yang terbaru di atas")[0]


def test_a_past_day_draws_only_what_came_before_it(client: Client, time: clock.TurnedClock) -> None:
    told(Cast(), time)
    home(client)
    said = section(home(client, "?per=2018-01-31"), "riwayat")
    assert "kini 1" in said  # that day itself, the month of which was not over
    assert "Maret 2018" not in said


def test_before_the_first_month_is_over_there_is_nothing_to_draw(client: Client, time: clock.TurnedClock) -> None:
    Cast()
    assert "Register dimulai 2 November 2017. Grafiknya muncul sesudah akhir bulan yang pertama." in section(
        home(client), "riwayat"
    )


def test_a_unit_s_own_months_are_drawn_in_its_colours(client: Client, time: clock.TurnedClock) -> None:
    told(Cast(), time)
    home(client)
    html = client.get("/unit/dinkes/").content.decode()
    [title] = re.findall(r'<title id="stairs-title">(.*?)</title>', html, re.DOTALL)
    assert text(title) == (
        "Anak tangga tiap akhir bulan: Tanda tangan sejak Desember 2017; Membaik sejak Januari 2018; "
        "Terukur sejak Maret 2018"
    )


@pytest.mark.sqlite
def test_on_a_unit_s_stairs_every_proven_rung_and_no_other_rises_above_the_line() -> None:
    days = [date(2018, 1 + month, 28) for month in range(7)]
    drawn = history_chart.climb_chart(
        [month_ends.UnitMonthEnd(day, rung, 0) for day, rung in zip(days, [0, *Rung], strict=True)]
    )
    assert drawn
    svg = compact(render_to_string("public/_unit_stairs.html", {"stairs": drawn}))
    steps = re.findall(r'stair-(\d)" x="[^"]+" y="([0-9.]+)" width="[^"]+" height="([0-9.]+)"', svg)
    [line] = re.findall(r'class="stair-border" x1="0" x2="100%" y1="([0-9.]+)"', svg)
    [ground] = re.findall(r"translate\(0 ([0-9.]+)\)", svg)
    above = [int(rung) for rung, top, _ in steps if float(top) < float(line) - 1.5]
    below = [int(rung) for rung, top, _ in steps if float(top) > float(line) + 1.5]
    assert (below, above) == ([0, 1, 2], [3, 4, 5])
    assert {float(top) + float(height) for _, top, height in steps} == {float(ground)}


def test_labels_beside_thin_bands_do_not_stand_on_each_other(time: clock.TurnedClock) -> None:
    told(Cast(), time)
    month_ends.fill()
    chart = shown().chart
    assert chart
    places = sorted(float(band.label_y) for band in chart.bands)
    assert min(after - before for before, after in pairwise(places)) >= 17
    assert 0 < places[0] < places[-1] < 260


@pytest.mark.sqlite
@pytest.mark.parametrize("rise", [1, 11])
def test_no_marker_covers_another_on_the_narrowest_phone(rise: int) -> None:
    """Six months in a row, low on the paper and up to its top."""
    days = [date(2017, 11, 30), *(date(2018, month, 28) for month in range(1, 6)), date(2026, 11, 24)]
    points = [history.MonthCounts(day, (0, 0, rise * at, 0, 0, 0, 70 - rise * at)) for at, day in enumerate(days)]
    turns = [history.BigMonth(nth, *step) for nth, step in enumerate(pairwise(points), 1)]
    spots = history_chart.history_chart(date(2017, 11, 2), points, turns).markers
    places = [(float(spot.x.rstrip("%")) / 100 * 160, float(spot.marker_y)) for spot in spots]
    assert len(places) == 6
    assert min(dist(one, other) for one, other in combinations(places, 2)) > 16.9
    assert all(0 <= y <= 260 for _, y in places)


def test_bands_share_their_borders(time: clock.TurnedClock) -> None:
    """Proven units at the bottom: 4 units high, 169 days wide; Dinkes above the line in January and February."""
    told(Cast(), time)
    month_ends.fill()
    chart = shown().chart
    assert chart
    assert (chart.width, chart.height) == (169, 4)
    assert chart.line == "M0 4H59V3H118V4H169"
    paths = {band.step.rung: band.path for band in chart.bands}
    assert paths[Rung.IMPROVING] == "M0 4H59V3H118V4H169L169 4H0Z"
    assert paths[Rung.SIGNED] == "M0 0H169L169 3H59V4H0Z"
