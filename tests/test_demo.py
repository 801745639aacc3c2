"""Tests of the demonstration: complete, labelled, the same every time, and never mixed with real facts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Q
from django.test import Client
from django.urls import reverse

from commitments import evidence as store
from commitments import roster_loader
from commitments.demo import build, catalogue, people, sample_files, unit_events
from commitments.demo.rechecks import differing_value
from commitments.evidence import confined, pdf, photos
from commitments.models import (
    Acknowledgement,
    Commitment,
    Decision,
    Evidence,
    EvidenceKind,
    Family,
    Measurement,
    RevisedField,
    ServiceTarget,
    TargetRevision,
    Verdict,
)
from commitments.models.querysets import units_with_rung
from opd import access, clock, register
from opd.errors import BadFact
from opd.models import Entry, Tenure, Unit, UnitChange, UnitName
from opd.register import key

UNTIL = date(2026, 11, 2)  # nine years
SHORT = date(2018, 6, 30)


def silent(part: float, day: date) -> None:
    pass


# --- A short one ---------------------------------------------------------------------------------------------


def elsewhere(folder: Path, until: date) -> str:
    """The head's hash of the same demonstration, built by another process on SQLite."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/other.sqlite3",
        "EVIDENCE_DIR": str(folder / "evidence"),
        "PYTHONHASHSEED": "17",
    }
    program = (
        "import django; django.setup()\n"
        "from datetime import date\n"
        "from django.core.management import call_command\n"
        "from commitments.demo import build\n"
        "from opd import register\n"
        "call_command('migrate', verbosity=0)\n"
        f"build.build(date.fromisoformat('{until}'), lambda part, day: None)\n"
        "print(register.head().hash)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.postgres  # the other one is SQLite
@pytest.mark.django_db
def test_the_same_day_and_key_give_the_same_hashes_on_either_database(tmp_path: Path) -> None:
    build.build(SHORT, silent)
    head = register.head()
    assert head is not None
    assert head.hash == elsewhere(tmp_path, SHORT)
    assert clock.day_of(head.at) < SHORT  # nothing happens on the last day or after
    assert list(register.check()) == []
    first = json.loads(Entry.objects.get(seq=1).body)
    assert first == {
        "seq": 1,
        "at": "2017-11-02T01:00:00.000000Z",
        "actor": "demo",
        "act": "demo",
        "object": "register",
        "data": {
            "until": SHORT.isoformat(),
            "notice": build.NOTICE,
            "is_demo": True,
            "register_key": key.fingerprint(),
        },
    }


@pytest.mark.django_db
def test_the_command_builds_shows_progress_prints_accounts_and_runs_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("demo", until="2018-01-31")
    said = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in said[:2]] == [
        "Menyusun data contoh: 2017",
        "Menyusun data contoh: 2018",
    ]
    assert said[2:] == people.printed()
    head = register.head()
    call_command("demo", until="2019-01-31")
    again = capsys.readouterr().out.splitlines()
    assert again == ["Data contoh sudah ada; tidak ada yang berubah.", *people.printed()]
    assert register.head() == head


@pytest.mark.django_db
def test_it_refuses_a_database_that_holds_real_facts() -> None:
    roster_loader.load(report=str)
    head = register.head()
    with pytest.raises(CommandError, match=r"register yang sebenarnya"):
        call_command("demo", until="2018-01-31")
    assert register.head() == head
    assert not User.objects.exists()


@pytest.mark.django_db
def test_it_refuses_a_database_that_has_accounts() -> None:
    User.objects.create_user("seseorang")
    with pytest.raises(CommandError, match=r"sudah berisi akun"):
        call_command("demo", until="2018-01-31")
    assert register.head() is None


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["kemarin", "2017-11-02", "2999-01-01"])
def test_a_bad_day_gets_a_sentence(day: str) -> None:
    with pytest.raises(CommandError, match=rf"^--until {day}: "):
        call_command("demo", until=day)
    assert register.head() is None


@pytest.mark.django_db
def test_a_failure_half_way_leaves_nothing() -> None:
    def fail(part: float, day: date) -> None:
        if day.year == 2018:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        build.build(SHORT, fail)
    assert register.head() is None
    assert not User.objects.exists()


# --- Its pieces ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EvidenceKind)
@pytest.mark.parametrize(
    ("ending", "media_type"), [("jpg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp")]
)
def test_a_drawn_picture_is_what_its_name_says_and_the_same_every_time(
    kind: str, ending: str, media_type: str
) -> None:
    once, twice = (sample_files.picture(kind, "Unit contoh", ending, Random(kind)) for _ in range(2))
    assert once == twice
    assert photos.media_type_of(once) == media_type


@pytest.mark.sqlite  # about files
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_a_picture_of_our_own_is_drawn_alike_without_another_process(ending: str) -> None:
    picture = sample_files.picture("seremoni", "Dinas Kesehatan", ending, Random(7))
    with confined.own_files():
        here = photos.redrawn(picture)
        with pytest.raises(BadFact):
            photos.redrawn(picture[: len(picture) // 3])
    assert here == photos.redrawn(picture)


@pytest.mark.sqlite
def test_a_document_of_our_own_is_read_and_drawn_alike_without_another_process() -> None:
    document = sample_files.document("Dinas Kesehatan, Maret 2019", SHORT, ["Nilai: 12,5 hari", "n = 40 é"])
    ways: list[Any] = [pdf.refuse_unreadable, pdf.read, pdf.redrawn]
    with confined.own_files():
        here = [way(document) for way in ways]
        with pytest.raises(BadFact):
            pdf.refuse_unreadable(document.replace(b"/Page", b"/Pige"))
    assert here == [way(document) for way in ways]


def test_every_promise_is_a_sentence_and_every_target_beats_its_baseline() -> None:
    planned = [target for commitment in catalogue.planned_commitments() for target in commitment.targets]
    assert len(planned) >= 150
    for target in planned:
        better = 1 if target.direction == "higher" else -1
        assert better * (target.target - target.baseline) >= target.min_change, target
    assert {target.family for target in planned} == set(Family.values)


# --- Nine years ----------------------------------------------------------------------------------------------

Claim = Callable[[], None]
CLAIMS: list[Claim] = []


def claim(check: Claim) -> Claim:
    CLAIMS.append(check)
    return check


@pytest.mark.nightly
@pytest.mark.django_db
def test_nine_years_keep_every_claim() -> None:
    """Built once, asked many things: each `claim` below is one, and every broken one is named."""
    build.build(UNTIL, silent)
    broken = []
    for check in CLAIMS:
        try:
            with transaction.atomic():
                check()
        except AssertionError as error:
            broken.append(f"{check.__name__}: {error}")
    assert broken == []


def units() -> dict[str, Any]:
    return {unit.code: unit for unit in units_with_rung(Unit.objects.with_names(UNTIL), UNTIL)}


def targets() -> dict[str, Any]:
    return {target.reference: target for target in ServiceTarget.objects.with_rung(UNTIL)}


def told_by(story: str) -> set[str]:
    """Codes of the units in which a target has this story."""
    planned = [target for commitment in catalogue.planned_commitments() for target in commitment.targets]
    return {target.unit for target in planned if target.storyline == story}


@claim
def the_register_and_the_tables_agree() -> None:
    assert list(register.check()) == []


@claim
def time_never_runs_backwards_and_acts_happen_in_office_hours() -> None:
    moments = list(Entry.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    local = [moment.astimezone(clock.JAKARTA) for moment in moments]
    assert {moment.weekday() for moment in local} <= set(range(5))
    assert {moment.hour for moment in local} <= set(range(8, 16))


@claim
def there_are_enough_targets_and_measurements() -> None:
    assert ServiceTarget.objects.live_on(UNTIL).count() >= 150
    assert Measurement.objects.submitted_on(UNTIL).count() >= 3000


@claim
def units_stand_on_all_six_rungs_and_many_on_none() -> None:
    rungs = Counter(unit.rung for unit in units().values())
    assert set(rungs) == set(range(6))
    assert 25 <= rungs[0] <= 32


@claim
def the_headline_is_believable() -> None:
    past = sum(unit.past_ceremony for unit in units().values())
    claimed = sum(unit.past_ceremony_claimed for unit in units().values())
    assert 10 <= past <= 15
    assert 17 <= claimed <= 23


@claim
def the_kecamatan_differ() -> None:
    rungs = {unit.rung for unit in units().values() if unit.unit_kind == "kecamatan"}
    assert rungs == set(range(6))


@claim
def all_families_and_all_kinds_of_proof_are_there() -> None:
    assert {target.family for target in targets().values()} == set(Family.values)
    found = set(Evidence.objects.values_list("evidence_kind", "media_type").distinct())
    assert {kind for kind, _ in found} == set(EvidenceKind.values)
    assert {kind for kind, media_type in found if media_type.startswith("image/")} == set(EvidenceKind.values)
    assert {media_type for _, media_type in found} == {"", *dict(store.MEDIA_TYPES)}


@claim
def every_file_is_on_disk_and_every_shown_one_has_its_copy() -> None:
    files = Evidence.objects.exclude(media_type="").filter(redacted_at=None)
    assert files.count() >= 36
    for item in files:
        assert store.digest(store.path_of(item.sha256).read_bytes()) == (item.sha256, item.size)
        if item.is_shown:
            shown = store.path_of(item.public_sha256, public=True).read_bytes()
            assert store.digest(shown)[0] == item.public_sha256


@claim
def steady_units_improved() -> None:
    for code in ("dinkes", "diskominfo", "rsud-wongsonegoro", "disdukcapil"):
        assert units()[code].rung >= 3, code


@claim
def late_bloomers_improved_only_lately() -> None:
    before = {unit.code: unit for unit in units_with_rung(Unit.objects.all(), date(2021, 6, 30))}
    for code in ("dishub", "kec-banyumanik"):
        assert (before[code].rung, units()[code].rung) == (2, 3), code


@claim
def boasters_are_returned_again_and_again() -> None:
    for code in told_by("boast"):
        verdicts = Decision.objects.filter(measurement__target__reference__startswith=f"{code.upper()}-")
        assert set(verdicts.values_list("verdict", flat=True)) == {"returned"}
        assert verdicts.count() >= 10
        kinds = Evidence.objects.filter(measurement__target__reference__startswith=f"{code.upper()}-")
        assert set(kinds.values_list("evidence_kind", flat=True)) == {"seremoni"}
        assert units()[code].rung == 1


@claim
def silent_units_are_silent() -> None:
    silent_ones = {code for code, unit in units().items() if unit.silent}
    assert {"ketapang", "dinkop", "disperin", "kec-mijen", "kec-tugu", "bank-pasar"} <= silent_ones
    assert len(silent_ones) <= 9


@claim
def something_fell_fell_silent_and_slipped_lately() -> None:
    before = {unit.code: unit for unit in units_with_rung(Unit.objects.all(), UNTIL - timedelta(days=90))}
    now = units()
    assert (before["kec-gayamsari"].rung, now["kec-gayamsari"].rung) == (3, 2)
    assert (before["disperin"].silent, now["disperin"].silent) == (0, 1)
    assert before["disnaker"].moved < now["disnaker"].moved


@claim
def worsened_units_say_so() -> None:
    worse = {code for code, unit in units().items() if unit.worse}
    assert {"disnaker", "kec-semarang-utara"} <= worse


@claim
def sustained_units_have_stood_for_long() -> None:
    assert {code for code, unit in units().items() if unit.rung == 5} == {"pdam", "kec-semarang-tengah"}
    assert {code for code, unit in units().items() if unit.rung == 4} == {"dpmptsp", "damkar", "kec-pedurungan"}


@claim
def merged_units_show_their_successor() -> None:
    change = UnitChange.objects.get(change="merged")
    assert change.confirmed_at is not None
    assert {unit.code for unit in change.predecessors.all()} == set(unit_events.MERGED)
    for code in unit_events.MERGED:
        assert Unit.objects.get(code=code).valid_until == unit_events.MERGED_ON
        for commitment in Commitment.objects.filter(reference__startswith=f"{code.upper()}-"):
            assert commitment.owner_on(UNTIL).code == unit_events.MERGED_INTO


@claim
def one_unit_changed_its_name_and_kept_the_old_one() -> None:
    names = UnitName.objects.filter(unit__code="pdam").order_by("pk")
    assert list(names.values_list("short_name", "until_on")) == [
        ("PDAM", unit_events.RENAMED_ON),
        ("Perumda Tirta Moedal", None),
    ]


@claim
def targets_were_withdrawn_and_replaced() -> None:
    assert ServiceTarget.objects.filter(replaces__withdrawn_at__isnull=False).live_on(UNTIL).count() == 2
    withdrawn = ServiceTarget.objects.exclude(withdrawn_at=None)
    assert withdrawn.count() == 3
    assert not withdrawn.filter(withdrawal_reason="").exists()


@claim
def revisions_of_every_field_were_approved_one_refused_some_wait() -> None:
    approved = TargetRevision.objects.approved_on(UNTIL)
    assert set(approved.values_list("field", flat=True)) == set(RevisedField.values)
    assert approved.filter(field="baseline_value").count() == 2
    assert TargetRevision.objects.exclude(refused_at=None).count() == 1
    assert TargetRevision.objects.waiting().count() == 3


@claim
def a_value_was_corrected_twice() -> None:
    for reference in ("ARPUS-01-1", "RSUD-WONGSONEGORO-01-1"):
        assert Measurement.objects.filter(target__reference=reference, version=3).exists(), reference


@claim
def something_was_revoked_rejected_pulled_back_and_destroyed() -> None:
    verdicts = Counter(Decision.objects.values_list("verdict", "own_unit"))
    assert verdicts[Verdict.REVOKED, False] == 2
    assert verdicts[Verdict.REJECTED, False] >= 1
    assert verdicts[Verdict.RETURNED, True] >= 1
    assert Evidence.objects.exclude(redacted_at=None).count() == 1
    assert Measurement.objects.exclude(redacted_at=None).count() == 1


@claim
def one_photo_was_used_twice() -> None:
    files = Evidence.objects.exclude(media_type="")
    assert files.values("sha256").annotate(times=Count("pk")).filter(times__gt=1).exists()


@claim
def the_secretariat_has_a_queue_of_differing_ages() -> None:
    sent = Measurement.objects.waiting().values_list("submitted_at", flat=True)
    waiting = [(UNTIL - clock.day_of(moment)).days for moment in sent if moment]
    assert 12 <= len(waiting) <= 30
    assert min(waiting) <= 7
    assert max(waiting) >= 40


@claim
def some_promises_wait_for_an_approver() -> None:
    assert Commitment.objects.waiting().count() == 3
    assert ServiceTarget.objects.waiting().count() == 4


@claim
def some_heads_accepted_what_they_inherited_and_some_did_not() -> None:
    assert Acknowledgement.objects.count() >= 25
    invented = Tenure.objects.filter(person__name__startswith="Pejabat Contoh")
    assert invented.filter(acknowledgements=None).exists()


@claim
def no_invented_tenure_ends_a_real_one() -> None:
    real = Tenure.objects.exclude(person__name__startswith="Pejabat Contoh")
    assert real.count() == 15
    assert set(real.exclude(until_on=None).values_list("until_on", flat=True)) == {
        date(2018, 1, 8),
        date(2025, 7, 8),
    }


@claim
def all_seventy_signatures_stand() -> None:
    assert roster_loader.signatures_on_record() == (70, 70)


@claim
def nobody_is_left_in_some_units() -> None:
    homes = Q(memberships__until_on=None, memberships__user__is_active=True)
    peopled = Unit.objects.filter(homes & Q(memberships__isnull=False)).distinct()
    empty = set(Unit.objects.exclude(pk__in=peopled).values_list("code", flat=True))
    assert empty == {*people.WITHOUT_ACCOUNT, unit_events.UNIT_WITH_CLOSED_ACCOUNT}


@claim
def every_printed_account_can_sign_in_and_staff_have_a_second_factor() -> None:
    for shown in people.SHOWN_ACCOUNTS:
        user = User.objects.get(username=shown.username)
        assert Client().login(username=shown.username, password=people.PASSWORD), shown.username
        assert user.email.endswith(".invalid")
        staff = shown.username in access.STAFF_ROLES or shown.username == people.SUPERUSER
        assert user.is_staff == staff
        if staff:
            stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
            assert stored.wrap().validate_code(totp.format_hotp_value(totp.hotp_value(shown.secret, now())))


def now() -> int:
    return int(time.time()) // 30


@claim
def every_public_page_says_that_it_is_a_demonstration() -> None:
    client = Client()
    places = ["home", "unit-list", "commitment-list", "agreement", "register", "how-to-read", "about"]
    pages = [reverse(place) for place in places]
    pages += ["/unit/dinkes/", "/komitmen/DINKES-01/", "/sasaran/DINKES-01-1/"]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert b'class="ribbon"' in answer.content, page
    assert client.get("/api/v1/units/").json()["meta"]["demo"] is True
    first = b"".join(client.get("/jejak.jsonl")).partition(b"\n")[0]
    assert json.loads(first)["entry"]["act"] == register.DEMO_ACT


@claim
def the_printed_head_has_something_due() -> None:
    assert ServiceTarget.objects.live_on(UNTIL).owed_by(Unit.objects.get(code="dinkes"), UNTIL).count() >= 5


@pytest.mark.parametrize("value", ["0", "0.4", "50", "90.9", "99.6", "100"])
@pytest.mark.parametrize("unit_of_measure", ["persen", "hari_kerja"])
def test_a_finding_that_differs_is_possible(unit_of_measure: str, value: str) -> None:
    target = ServiceTarget(unit_of_measure=unit_of_measure, family="daring")
    found = differing_value(target, Decimal(value))
    assert (found != Decimal(value), target.why_impossible(found)) == (True, "")
