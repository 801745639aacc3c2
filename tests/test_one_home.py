"""Has each rule one home: do the two forms of one rule agree, and is an unknown member of a table an error?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, get_type_hints
from urllib.parse import unquote_plus

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.template import Context, Template
from django.test import Client

from commitments import formats, ladder
from commitments.formats import kinds_named
from commitments.ladder import rows
from commitments.ladder.evidence_kinds import EvidenceKind
from commitments.models import Measurement, MeasurementState, ServiceTarget, TargetRevision
from commitments.models.values import IMPOSSIBLE, Family, Statistic, why_impossible
from commitments.reports import home_page
from commitments.reports.target_page import target_page
from commitments.reports.target_standing import standings
from opd import clock
from opd.models import Unit
from tests.cast import REASON, Cast, utc
from tests.history_of_everything import at_its_own_pace, demonstration, everything, told
from tests.reading import text

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.mark.parametrize(
    ("named", "columns", "key"),
    [
        (rows.TargetColumns, ladder.TARGET_COLUMNS, "target_id"),
        (rows.UnitColumns, ladder.UNIT_COLUMNS, "unit_id"),
        (rows.CountedColumns, ladder.MEASUREMENT_COLUMNS, "measurement_id"),
    ],
)
def test_the_type_of_a_row_names_exactly_the_columns_of_the_ladder(
    named: type, columns: dict[str, object], key: str
) -> None:
    assert set(get_type_hints(named)) == set(columns) - {key}


def test_the_state_of_a_row_at_hand_is_the_state_of_many_rows() -> None:
    with demonstration() as turned:
        told(everything(Cast()), at_its_own_pace(turned))
        today = clock.today()
    many = Measurement.objects.submitted_on(today).with_decision(today)
    assert many
    assert [(row.pk, row.state_then) for row in many] == [(row.pk, row.state.value) for row in many]
    assert {row.state for row in many} >= {MeasurementState.SUBMITTED, MeasurementState.REVOKED}


def test_what_a_revision_softens_the_ladder_calls_softened() -> None:
    cast = Cast()
    for field, new in (("target_value", Decimal(4)), ("target_value", Decimal(2)), ("baseline_value", Decimal(12))):
        target = cast.target()
        row = target.revise(by=cast.head, seen=target.fingerprint(), field=field, new=new, reason=REASON)
        softens = row.softens
        row.approve(by=cast.approver, seen=row.fingerprint())
        assert TargetRevision.objects.get(pk=row.pk).softens == softens
        on_ladder = ServiceTarget.objects.filter(pk=target.pk).with_rung(clock.today()).get()
        assert bool(on_ladder.softened) == softens, (field, new)


def test_the_due_date_in_force_is_the_one_on_the_ladder() -> None:
    cast = Cast()
    target = cast.target()
    row = target.revise(by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON)
    row.approve(by=cast.approver, seen=row.fingerprint())
    found = ServiceTarget.objects.with_due_on(clock.today()).with_rung(clock.today()).get()
    assert found.due_on == found.due_on_then == found.in_force()["due_on"] == date(2031, 1, 1)  # type: ignore[attr-defined]


def test_a_target_that_holds_may_report_yearly_without_a_pause_on_its_page(client: Client) -> None:
    """At rung 5 a cycle is a year at least: what the ladder never called silent is no pause on the timeline."""
    with demonstration(utc(2018, 1, 1, 3)) as turned:
        cast = Cast()
        target = cast.target()
        for year, month in ((2018, 4), (2018, 12), (2020, 1)):
            turned.moment = utc(year, month, 2, 3)
            end = date(year, month, 1)
            sent = cast.measurement(target, 3, period_start=end, period_end=end)
            sent.verify(by=cast.verifier, seen=sent.fingerprint())
        words = text(client.get("/unit/dinkes/").content.decode())
    gaps = (date(2018, 12, 2) - date(2018, 4, 2)).days, (date(2020, 1, 2) - date(2018, 12, 2)).days
    assert [gap > ladder.SILENT_CYCLES * target.cycle_days for gap in gaps] == [True, True]
    assert (f"{gaps[0]} hari tanpa laporan" in words, f"{gaps[1]} hari tanpa laporan" in words) == (True, False)


def test_the_best_target_of_a_unit_is_the_one_that_the_home_page_names(client: Client) -> None:
    cast = Cast()
    for value in (9, 5):
        sent = cast.measurement(cast.target(), value)
        sent.verify(by=cast.verifier, seen=sent.fingerprint())
    [unit] = home_page.units_on(Unit.objects.filter(code="dinkes"), clock.today())
    page = client.get("/unit/dinkes/").context["page"]
    [(_, best)] = home_page.best_improvements(home_page.home_page(clock.today()), clock.today())
    assert page.best.target.pk == best.target.pk
    assert unit.quiet_days == 0


def test_every_flag_has_its_words_and_its_figure_on_every_page() -> None:
    cast = Cast()
    sent = cast.measurement(cast.target(), 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    [row] = standings(ServiceTarget.objects.with_rung(clock.today()), clock.today())
    for flag in ladder.Flag:
        assert isinstance(row.figure_of(flag), str)
        assert formats.rule_text(flag) and flag.details.shape in ("ring", "disc", "triangle")
    for rung in ladder.Rung:
        assert formats.rule_text(rung) and formats.rung_meaning(rung)
    for kind in EvidenceKind:
        assert formats.light_colour(kind.details.colour) and kind.details.question and kind.details.proves
        assert str(kind.details.public) in kinds_named(kind.details.counts)


@pytest.mark.parametrize("part", ["{% flag 'contested-x' %}", "{% unknown_member 'x' %}", "{{ 'foto'|proves }}"])
def test_an_unknown_member_is_an_error_and_never_the_last_branch(part: str) -> None:
    with pytest.raises((ValueError, LookupError)):
        Template(f"{{% load seremoni %}}{part}").render(Context())


def test_flags_of_a_row_without_the_ladder_are_an_error() -> None:
    with pytest.raises(AttributeError):
        ladder.Flag.of(SimpleNamespace(silent=1))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("service", "a", "Terlalu pendek: sedikitnya 2 huruf."),
        ("data_source", "x" * 2001, "Terlalu panjang: 2001 huruf, paling banyak 2000."),
        ("cycle_days", ladder.LONGEST_CYCLE + 1, f"Paling lama {ladder.LONGEST_CYCLE} hari."),
        ("baseline_on", date(2999, 1, 1), "Tanggal nilai awal tidak boleh di masa depan."),
    ],
)
def test_a_limit_holds_in_the_act_itself_whatever_door_was_used(column: str, value: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Cast().target(published=False, **{column: value})
    assert refused.value.message_dict == {column: [said]}


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("statistic", Statistic)
def test_what_the_database_refuses_is_what_the_sentence_refuses(family: Family, statistic: Statistic) -> None:
    """The trigger knows no words, so only units of measure that count nothing are compared."""
    for value in (Decimal(-1), Decimal(0), Decimal(100), Decimal("100.0001")):
        refused = bool(why_impossible(value, family, statistic, "nilai"))
        cast = SimpleNamespace(family=family, statistic=statistic, value=value)
        assert _by_database(cast) == refused, (family, statistic, value)


def _by_database(asked: SimpleNamespace) -> bool:
    condition = IMPOSSIBLE.format(t="t", value="t.value")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN {condition} THEN 1 ELSE 0 END FROM"
            " (SELECT CAST(%s AS text) AS family, CAST(%s AS text) AS statistic, CAST(%s AS numeric) AS value) t",
            [asked.family.value, asked.statistic.value, str(asked.value)],
        )
        return bool(cursor.fetchone()[0])


def test_the_answer_is_one_sentence_on_the_page_on_paper_and_in_a_chat(client: Client) -> None:
    Cast()
    page = home_page.home_page(clock.today())
    html = client.get("/").content.decode()
    assert page.headline.sentence.replace(" · ", " ") in text(html)
    assert page.headline.sentence in unquote_plus(html)  # what is shared in a chat
    assert target_page("TIDAK-ADA", clock.today()) is None
