"""Reports of the demonstration: submitted with evidence, verified, returned, corrected, or left out."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

from commitments import evidence as store
from commitments.cases.case_rows import CasePeriod
from commitments.demo import sample_files, sample_texts
from commitments.demo.counted.invented_cases import ANSWER, UNIT_WITH_MISSING_NUMBERS, counted_cases
from commitments.demo.story import Story, TargetStory
from commitments.models import Evidence, EvidenceKind, Family, Measurement

PUBLIC_SHARE = 0.9  # of evidence items besides results that the verifier lets anyone see
FILE_SHARE = 0.012  # of results that come as a drawn picture or a document
SECOND_SHARE = 0.18  # of reports with a second piece of evidence
SECOND_FILE_SHARE = 0.05  # of those, as a picture
PHOTO_SHARE = 0.4  # of ceremonies of the storyline "boast", as a picture; the rest as a link
UNCORRECTED_SHARE = 0.7  # of returned reports of the storyline "boast", which are never corrected
ANSWERED_SHARE = 0.5  # of the questions to the unit with missing numbers
MISSED_SHARE = 0.03  # of periods, for which nobody reports
OTHER_KINDS = tuple(sorted(kind for kind in EvidenceKind if not kind.details.counts))  # of a second piece
SLOW_MONTHS = (date(2020, 4, 1), date(2020, 9, 1))  # the secretariat decides slowly
# Days before the end: from then on these stories have no regular reports, but one last report each.
HOPE_DAYS = 125
FALL_DAYS = 70
HUSH_DAYS = 58  # and twice the reporting cycle: so the target became silent only lately


def schedule_reports(story: Story, target_story: TargetStory) -> None:
    """Schedule the reports of a published target: one after each period, or one large claim near the end."""
    if target_story.series.shape != "none":
        _schedule_report(story, target_story, 0)
    if target_story.planned.storyline in ("hopeful", "claimed"):
        story.calendar.on(story.before_the_end(target_story.rng.randint(6, 33)), lambda: _claim(story, target_story))
    if target_story.planned.storyline == "fallen":
        story.calendar.on(story.before_the_end(FALL_DAYS - 15), lambda: _last(story, target_story, progress=-0.2))
    if target_story.planned.storyline == "hushed":
        last = 2 * target_story.planned.cycle + HUSH_DAYS
        story.calendar.on(story.before_the_end(last), lambda: _last(story, target_story, progress=0.8))


def _schedule_report(story: Story, target_story: TargetStory, number: int) -> None:
    start, end = target_story.series.period(number)
    day = end + timedelta(days=target_story.rng.randint(3, 16))
    story.calendar.on(day, lambda: _report(story, target_story, number, start, end))


def _is_over(story: Story, target_story: TargetStory) -> bool:
    planned_target = target_story.planned
    if planned_target.storyline in ("silent", "silent-flat", "replaced", "withdrawn"):
        return planned_target.turns_on is not None and story.today >= planned_target.turns_on
    left = (story.until - story.today).days
    if planned_target.storyline == "hushed":
        return left < 2 * planned_target.cycle + 2 * HUSH_DAYS
    return left < {"hopeful": HOPE_DAYS, "fallen": 2 * FALL_DAYS}.get(planned_target.storyline, 0)


def _report(story: Story, target_story: TargetStory, number: int, start: date, end: date) -> None:
    if _is_over(story, target_story):
        return
    _schedule_report(story, target_story, number + 1)
    if number and target_story.rng.random() < MISSED_SHARE:
        return
    measurement = send(story, target_story, start, end, target_story.series.value(end), target_story.series.cases())
    _await_decision(story, target_story, measurement)


def _claim(story: Story, target_story: TargetStory) -> None:
    """Submit a large value that is not decided yet."""
    progress = 1.0 if target_story.rng.random() < 0.4 else target_story.rng.uniform(0.6, 0.9)
    send_month(story, target_story, value=target_story.series.value_at(progress))


def _last(story: Story, target_story: TargetStory, progress: float) -> None:
    """Submit the last report of a target, verified within days."""
    measurement = send_month(story, target_story, value=target_story.series.value_at(progress))
    story.later(5, lambda: verify(story, target_story, measurement))


def send_month(
    story: Story, target_story: TargetStory, value: Decimal | None = None, note: str = "", with_file: bool = False
) -> Measurement:
    """Submit an extra report, about the month before."""
    end = story.today.replace(day=1) - timedelta(days=1)
    value = target_story.series.value(end) if value is None else value
    cases = target_story.series.cases()
    return send(story, target_story, end.replace(day=1), end, value, cases, note=note, with_file=with_file)


def send(
    story: Story,
    target_story: TargetStory,
    start: date,
    end: date,
    value: Decimal,
    cases: int | None,
    corrects: Measurement | None = None,
    note: str = "",
    with_file: bool = False,
) -> Measurement:
    """Submit a report: drafted by the writer of the unit, with evidence, submitted by the head."""
    rng, code = target_story.rng, story.owner(target_story.planned.unit).code
    case_file = counted_cases(
        target_story.planned,
        target_story.target,
        CasePeriod(start, end),
        value,
        by=story.people.writer(code),
        corrects=corrects,
        rng=story.rng(f"kasus/{target_story.target.reference}/{target_story.sent}"),
    )
    measurement = Measurement.draft(
        by=story.people.writer(code),
        case_file=case_file,
        target=target_story.target,
        corrects=corrects,
        period_start=start,
        period_end=end,
        value=value,
        n=cases,
        method=sample_texts.METHODS[Family(target_story.planned.family)],
        note=note or (rng.choice(sample_texts.NOTES) if rng.random() < 0.15 else ""),
    )
    target_story.sent += 1
    _attach_evidence(story, target_story, measurement, with_file)
    if case_file and target_story.planned.unit == UNIT_WITH_MISSING_NUMBERS and rng.random() < ANSWERED_SHARE:
        measurement.ask({"missing": ANSWER})
    measurement.submit(by=story.head(code), seen=measurement.fingerprint())
    return measurement


# --- Evidence --------------------------------------------------------------------------------------------------


def _attach_evidence(story: Story, target_story: TargetStory, measurement: Measurement, with_file: bool) -> None:
    rng = target_story.rng
    if target_story.planned.storyline == "boast":
        attach = _attach_file if rng.random() < PHOTO_SHARE else _attach_link
        attach(story, target_story, measurement, EvidenceKind.CEREMONY)
        return
    attach = _attach_file if with_file or rng.random() < FILE_SHARE else _attach_link
    attach(story, target_story, measurement, EvidenceKind.RESULT)
    if rng.random() < SECOND_SHARE:
        attach = _attach_file if rng.random() < SECOND_FILE_SHARE else _attach_link
        attach(story, target_story, measurement, rng.choice(OTHER_KINDS))


def _attach_link(story: Story, target_story: TargetStory, measurement: Measurement, kind: EvidenceKind) -> None:
    Evidence.attach(
        measurement,
        kind=kind,
        url=f"https://contoh.invalid/{target_story.target.reference.lower()}/{target_story.sent:03d}-{kind}",
        caption=sample_texts.caption(kind, target_story.target, measurement.period_end),
    )


def _attach_file(story: Story, target_story: TargetStory, measurement: Measurement, kind: EvidenceKind) -> None:
    """Attach a drawn picture or a document; sometimes a photo of a ceremony that was used before."""
    end = measurement.period_end
    ending = target_story.rng.choice(("jpg", "png", "webp", "pdf") if kind.details.counts else ("jpg", "png", "webp"))
    words = f"{story.units[target_story.planned.unit].short_name}, {sample_texts.month_of(end)}"
    if ending == "pdf":
        figures = [f"Nilai: {measurement.value} {target_story.planned.measure}", f"n = {measurement.n}"]
        content = sample_files.document(words, end, [target_story.planned.service, *figures])
    else:
        content = sample_files.picture(kind, words, ending, target_story.rng)
    if kind == EvidenceKind.CEREMONY and ending == "jpg":
        content, story.photo = story.photo if target_story.rng.random() < 0.2 else content, content
    file = store.receive(f"{kind}-{end:%Y-%m}.{ending}", io.BytesIO(content))
    caption = sample_texts.caption(kind, target_story.target, end)
    Evidence.attach(measurement, kind=kind, file=file, captured_on=end, caption=caption)


# --- Deciding --------------------------------------------------------------------------------------------------


def _await_decision(story: Story, target_story: TargetStory, measurement: Measurement) -> None:
    rng = target_story.rng
    lag = 1 + int(min(24.0, rng.expovariate(1 / 5)))
    if SLOW_MONTHS[0] <= story.today < SLOW_MONTHS[1]:
        lag *= 3
    luck = rng.random()
    if target_story.planned.storyline == "boast":
        note = rng.choice(sample_texts.RETURNED_BOAST)
        story.later(lag, lambda: _return(story, target_story, measurement, note))
    elif luck < 0.015:
        story.later(1, lambda: _pull_back(story, target_story, measurement))
    elif luck < 0.07:
        note = rng.choice(sample_texts.RETURNED)
        story.later(lag, lambda: _return(story, target_story, measurement, note))
    elif luck < 0.075:
        story.later(lag, lambda: _reject(story, target_story, measurement))
    else:
        story.later(lag, lambda: verify(story, target_story, measurement))


def verify(story: Story, target_story: TargetStory, measurement: Measurement) -> None:
    shown = {
        item.uuid: EvidenceKind.any_counts([item.evidence_kind]) or target_story.rng.random() < PUBLIC_SHARE
        for item in measurement.evidence_items()
    }
    verifier = story.verifier(target_story.planned.unit)
    measurement.verify(by=verifier, seen=measurement.fingerprint(), public=shown)
    target_story.verified.append(measurement)


def _return(story: Story, target_story: TargetStory, measurement: Measurement, note: str) -> None:
    verifier = story.verifier(target_story.planned.unit)
    measurement.return_(by=verifier, seen=measurement.fingerprint(), note=note)
    if target_story.planned.storyline == "boast" and target_story.rng.random() < UNCORRECTED_SHARE:
        return
    story.later(target_story.rng.randint(3, 14), lambda: correct(story, target_story, measurement))


def _pull_back(story: Story, target_story: TargetStory, measurement: Measurement) -> None:
    measurement.pull_back(by=story.head(target_story.planned.unit), seen=measurement.fingerprint())
    story.later(target_story.rng.randint(1, 5), lambda: correct(story, target_story, measurement))


def _reject(story: Story, target_story: TargetStory, measurement: Measurement) -> None:
    verifier = story.verifier(target_story.planned.unit)
    measurement.reject(by=verifier, seen=measurement.fingerprint(), note=sample_texts.REJECTED)


def correct(story: Story, target_story: TargetStory, wrong: Measurement, *, worse: bool = False) -> None:
    """Submit a new version of a report; worse: with a value one step less good."""
    if not target_story.target.is_live or Measurement.objects.filter(supersedes=wrong).exists():
        return
    value = wrong.value
    if worse:
        value += target_story.planned.step * (1 if target_story.planned.direction == "lower" else -1)
    newer = send(story, target_story, wrong.period_start, wrong.period_end, value, wrong.n, corrects=wrong)
    _await_decision(story, target_story, newer)
