"""Open work at the end of the demonstration: proposals for an approver, and submissions without a decision."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from commitments.demo import proposals, reporting, sample_texts
from commitments.demo.catalogue import PlannedTarget
from commitments.demo.story import Event, Story
from commitments.models import Commitment, ServiceTarget

# Unit, days before the end, title, what the public gets, dimension.
OPEN_PROPOSALS = (
    ("kec-gunungpati", 23, "Surat tanah tidak lagi berbulan-bulan", "Petani tahu letak berkasnya.", "governance"),
    ("kesbangpol", 61, "Izin kegiatan dijawab pasti", "Panitia tahu jawabannya seminggu sebelum acara.", "society"),
    ("setwan", 5, "Risalah rapat dewan terbuka", "Warga membaca risalah tanpa meminta.", "governance"),
)
ADDITIONAL_TARGET = ("DINKES-03", 9)
UNDECIDED_REPORTS = (
    ("KEC-TEMBALANG-01-1", 64),
    ("DISDUKCAPIL-01-1", 43),
    ("BAPENDA-01-3", 31),
    ("KEC-BANYUMANIK-01-1", 22),
    ("DISHUB-01-2", 17),
    ("RSUD-WONGSONEGORO-02-2", 9),
    ("DPMPTSP-02-1", 4),
    ("DISKOMINFO-02-1", 2),
)


def schedule(story: Story) -> None:
    for code, days, title, benefit, dimension in OPEN_PROPOSALS:
        story.calendar.on(story.before_the_end(days), _proposal(story, code, title, benefit, dimension))
    reference, days = ADDITIONAL_TARGET
    story.calendar.on(story.before_the_end(days), _additional_target(story, reference))
    for reference, days in UNDECIDED_REPORTS:
        story.calendar.on(story.before_the_end(days), _undecided_report(story, reference))


def _next_year(story: Story) -> date:
    return date(story.until.year + 1, 12, 31)


def _proposal(story: Story, code: str, title: str, benefit: str, dimension: str) -> Event:
    """A unit without targets proposes its first commitment and target."""

    def propose() -> None:
        head, rng = story.head(code), story.rng(f"waiting/{code}")
        commitment = Commitment.propose(
            by=head,
            unit=story.units[code],
            memorandum=story.memorandum,
            title=title,
            benefit=benefit,
            dimension=dimension,
        )
        ServiceTarget.propose(
            by=head,
            commitment=commitment,
            service=title,
            family="cepat",
            unit_of_measure="hari kerja",
            statistic="median",
            direction="lower",
            baseline_value=Decimal(rng.randint(9, 30)),
            baseline_on=story.today.replace(day=1) - timedelta(days=1),
            baseline_source=sample_texts.BASELINE_SOURCE,
            target_value=Decimal(rng.randint(3, 6)),
            min_change=Decimal(1),
            original_due_on=_next_year(story),
        )

    return propose


def _additional_target(story: Story, reference: str) -> Event:
    """A unit with targets proposes one more."""

    def propose() -> None:
        commitment = story.commitments.get(reference)
        if commitment and commitment.is_live:
            planned_target = PlannedTarget(
                unit="dinkes",
                service="Hasil laboratorium puskesmas",
                family="cepat",
                measure="jam",
                statistic="median",
                direction="lower",
                baseline=Decimal(26),
                target=Decimal(6),
                min_change=Decimal(2),
                n=300,
                cycle=90,
                due=_next_year(story),
                storyline="fresh",
                turns_on=None,
            )
            proposals.propose_target(story, planned_target, commitment, story.until)

    return propose


def _undecided_report(story: Story, reference: str) -> Event:
    """A submission that the secretariat has not decided yet."""

    def send() -> None:
        if target_story := story.live(reference):
            reporting.send_month(story, target_story)

    return send
