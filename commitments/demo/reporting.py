"""How is a promise kept or not? Reported with proof, decided, returned, corrected, or left in silence."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

from commitments import evidence as store
from commitments.demo import sample_files, sample_texts
from commitments.demo.story import Story, TargetStory
from commitments.models import Evidence, Measurement

PUBLIC_SHARE = 0.9  # of evidence items besides results that the verifier lets anyone see
FILE_SHARE = 0.012  # of results that come as a drawn picture or a document
SECOND_SHARE = 0.18  # of reports with a second proof
SECOND_FILE_SHARE = 0.05  # of those, as a picture
PHOTO_SHARE = 0.4  # of a boaster's ceremonies, as a picture; the rest as a link to one
SHRUGS = 0.7  # of a boaster's returned reports are never mended
MISSED = 0.03  # of periods nobody reports
DELAYED = (date(2020, 4, 1), date(2020, 9, 1))  # the secretariat decides slowly
# Days before the end: from then on nothing regular comes from these stories, but one last report of their own.
HOPE_DAYS = 125
FALL_DAYS = 70
HUSH_DAYS = 58  # and twice the reporting cycle: long enough to have become silent only lately


def begin(stage: Story, promise: TargetStory) -> None:
    """From publication on: a report after each period, or one great claim shortly before the end."""
    if promise.course.name != "none":
        _plan(stage, promise, 0)
    if promise.plan.story in ("hopeful", "claimed"):
        stage.agenda.on(stage.before_the_end(promise.dice.randint(6, 33)), lambda: _claim(stage, promise))
    if promise.plan.story == "fallen":
        stage.agenda.on(stage.before_the_end(FALL_DAYS - 15), lambda: _last(stage, promise, gained=-0.2))
    if promise.plan.story == "hushed":
        last = 2 * promise.plan.cycle + HUSH_DAYS
        stage.agenda.on(stage.before_the_end(last), lambda: _last(stage, promise, gained=0.8))


def _plan(stage: Story, promise: TargetStory, number: int) -> None:
    start, end = promise.course.period(number)
    day = end + timedelta(days=promise.dice.randint(3, 16))
    stage.agenda.on(day, lambda: _report(stage, promise, number, start, end))


def _is_over(stage: Story, promise: TargetStory) -> bool:
    plan = promise.plan
    if plan.story in ("silent", "silent-flat", "replaced", "withdrawn"):
        return plan.turn is not None and stage.today >= plan.turn
    left = (stage.until - stage.today).days
    if plan.story == "hushed":
        return left < 2 * plan.cycle + 2 * HUSH_DAYS
    return left < {"hopeful": HOPE_DAYS, "fallen": 2 * FALL_DAYS}.get(plan.story, 0)


def _report(stage: Story, promise: TargetStory, number: int, start: date, end: date) -> None:
    if _is_over(stage, promise):
        return
    _plan(stage, promise, number + 1)
    if number and promise.dice.random() < MISSED:
        return
    measurement = send(stage, promise, start, end, promise.course.value(end), promise.course.cases())
    _await_decision(stage, promise, measurement)


def _claim(stage: Story, promise: TargetStory) -> None:
    """Something great, not decided yet."""
    gained = 1.0 if promise.dice.random() < 0.4 else promise.dice.uniform(0.6, 0.9)
    send_month(stage, promise, value=promise.course.told(gained))


def _last(stage: Story, promise: TargetStory, gained: float) -> None:
    """The last word for now, verified within days."""
    measurement = send_month(stage, promise, value=promise.course.told(gained))
    stage.later(5, lambda: verify(stage, promise, measurement))


def send_month(
    stage: Story, promise: TargetStory, value: Decimal | None = None, note: str = "", with_file: bool = False
) -> Measurement:
    """A report between the planned ones, about the month before."""
    end = stage.today.replace(day=1) - timedelta(days=1)
    value = promise.course.value(end) if value is None else value
    cases = promise.course.cases()
    return send(stage, promise, end.replace(day=1), end, value, cases, note=note, with_file=with_file)


def send(
    stage: Story,
    promise: TargetStory,
    start: date,
    end: date,
    value: Decimal,
    cases: int | None,
    corrects: Measurement | None = None,
    note: str = "",
    with_file: bool = False,
) -> Measurement:
    """Drafted by whoever writes in the unit, proof attached, submitted by its head."""
    dice, code = promise.dice, stage.owner(promise.plan.unit).code
    measurement = Measurement.draft(
        by=stage.people.writer(code),
        target=promise.target,
        corrects=corrects,
        period_start=start,
        period_end=end,
        value=value,
        n=cases,
        method=sample_texts.METHODS[promise.plan.family],
        note=note or (dice.choice(sample_texts.NOTES) if dice.random() < 0.15 else ""),
    )
    promise.sent += 1
    _prove(stage, promise, measurement, with_file)
    measurement.submit(by=stage.head(code), seen=measurement.fingerprint())
    return measurement


# --- Proof -----------------------------------------------------------------------------------------------------


def _prove(stage: Story, promise: TargetStory, measurement: Measurement, with_file: bool) -> None:
    dice = promise.dice
    if promise.plan.story == "boast":
        attach = _attach_file if dice.random() < PHOTO_SHARE else _attach_link
        attach(stage, promise, measurement, "seremoni")
        return
    attach = _attach_file if with_file or dice.random() < FILE_SHARE else _attach_link
    attach(stage, promise, measurement, "hasil")
    if dice.random() < SECOND_SHARE:
        attach = _attach_file if dice.random() < SECOND_FILE_SHARE else _attach_link
        attach(stage, promise, measurement, dice.choice(("kegiatan", "keluaran", "seremoni")))


def _attach_link(stage: Story, promise: TargetStory, measurement: Measurement, kind: str) -> None:
    Evidence.attach(
        measurement,
        kind=kind,
        url=f"https://contoh.invalid/{promise.target.reference.lower()}/{promise.sent:03d}-{kind}",
        caption=sample_texts.caption(kind, promise.target, measurement.period_end),
    )


def _attach_file(stage: Story, promise: TargetStory, measurement: Measurement, kind: str) -> None:
    """A drawn picture or a document; now and then a ceremony's photo that was used before."""
    end = measurement.period_end
    ending = promise.dice.choice(("jpg", "png", "webp", "pdf") if kind == "hasil" else ("jpg", "png", "webp"))
    words = f"{stage.units[promise.plan.unit].short_name}, {sample_texts.month_of(end)}"
    if ending == "pdf":
        figures = [f"Nilai: {measurement.value} {promise.plan.measure}", f"n = {measurement.n}"]
        content = sample_files.document(words, end, [promise.plan.service, *figures])
    else:
        content = sample_files.picture(kind, words, ending, promise.dice)
    if kind == "seremoni" and ending == "jpg":
        content, stage.photo = stage.photo if promise.dice.random() < 0.2 else content, content
    file = store.receive(f"{kind}-{end:%Y-%m}.{ending}", io.BytesIO(content))
    caption = sample_texts.caption(kind, promise.target, end)
    Evidence.attach(measurement, kind=kind, file=file, captured_on=end, caption=caption)


# --- Deciding --------------------------------------------------------------------------------------------------


def _await_decision(stage: Story, promise: TargetStory, measurement: Measurement) -> None:
    dice = promise.dice
    lag = 1 + int(min(24.0, dice.expovariate(1 / 5)))
    if DELAYED[0] <= stage.today < DELAYED[1]:
        lag *= 3
    luck = dice.random()
    if promise.plan.story == "boast":
        note = dice.choice(sample_texts.RETURNED_BOAST)
        stage.later(lag, lambda: _return(stage, promise, measurement, note))
    elif luck < 0.015:
        stage.later(1, lambda: _pull_back(stage, promise, measurement))
    elif luck < 0.07:
        note = dice.choice(sample_texts.RETURNED)
        stage.later(lag, lambda: _return(stage, promise, measurement, note))
    elif luck < 0.075:
        stage.later(lag, lambda: _reject(stage, promise, measurement))
    else:
        stage.later(lag, lambda: verify(stage, promise, measurement))


def verify(stage: Story, promise: TargetStory, measurement: Measurement) -> None:
    shown = {
        item.uuid: item.evidence_kind == "hasil" or promise.dice.random() < PUBLIC_SHARE
        for item in measurement.evidence_items()
    }
    verifier = stage.verifier(promise.plan.unit)
    measurement.verify(by=verifier, seen=measurement.fingerprint(), public=shown)
    promise.verified.append(measurement)


def _return(stage: Story, promise: TargetStory, measurement: Measurement, note: str) -> None:
    verifier = stage.verifier(promise.plan.unit)
    measurement.return_(by=verifier, seen=measurement.fingerprint(), note=note)
    if promise.plan.story == "boast" and promise.dice.random() < SHRUGS:
        return  # shrugs until the next period
    stage.later(promise.dice.randint(3, 14), lambda: correct(stage, promise, measurement))


def _pull_back(stage: Story, promise: TargetStory, measurement: Measurement) -> None:
    measurement.pull_back(by=stage.head(promise.plan.unit), seen=measurement.fingerprint())
    stage.later(promise.dice.randint(1, 5), lambda: correct(stage, promise, measurement))


def _reject(stage: Story, promise: TargetStory, measurement: Measurement) -> None:
    verifier = stage.verifier(promise.plan.unit)
    measurement.reject(by=verifier, seen=measurement.fingerprint(), note=sample_texts.REJECTED)


def correct(stage: Story, promise: TargetStory, wrong: Measurement, *, worse: bool = False) -> None:
    """A new version of what was sent, a step less good when it has to be."""
    if not promise.target.is_live or Measurement.objects.filter(supersedes=wrong).exists():
        return
    value = wrong.value
    if worse:
        value += promise.plan.step * (1 if promise.plan.direction == "lower" else -1)
    newer = send(stage, promise, wrong.period_start, wrong.period_end, value, wrong.n, corrects=wrong)
    _await_decision(stage, promise, newer)
