"""What is still open at the end? Proposals for an approver, and reports that the secretariat left lying."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from commitments.demo import proposals, reporting, sample_texts
from commitments.demo.catalogue import PlannedTarget
from commitments.demo.story import Event, Story
from commitments.models import Commitment, ServiceTarget

# Unit, days before the end, title, what the public gets, dimension.
PROPOSED = (
    ("kec-gunungpati", 23, "Surat tanah tidak lagi berbulan-bulan", "Petani tahu letak berkasnya.", "governance"),
    ("kesbangpol", 61, "Izin kegiatan dijawab pasti", "Panitia tahu jawabannya seminggu sebelum acara.", "society"),
    ("setwan", 5, "Risalah rapat dewan terbuka", "Warga membaca risalah tanpa meminta.", "governance"),
)
ONE_MORE = ("DINKES-03", 9)
LEFT_LYING = (
    ("KEC-TEMBALANG-01-1", 64),
    ("DISDUKCAPIL-01-1", 43),
    ("BAPENDA-01-3", 31),
    ("KEC-BANYUMANIK-01-1", 22),
    ("DISHUB-01-2", 17),
    ("RSUD-WONGSONEGORO-02-2", 9),
    ("DPMPTSP-02-1", 4),
    ("DISKOMINFO-02-1", 2),
)


def put_on(stage: Story) -> None:
    for code, days, title, benefit, dimension in PROPOSED:
        stage.agenda.on(stage.before_the_end(days), _proposal(stage, code, title, benefit, dimension))
    reference, days = ONE_MORE
    stage.agenda.on(stage.before_the_end(days), _one_more(stage, reference))
    for reference, days in LEFT_LYING:
        stage.agenda.on(stage.before_the_end(days), _left_lying(stage, reference))


def _next_year(stage: Story) -> date:
    return date(stage.until.year + 1, 12, 31)


def _proposal(stage: Story, code: str, title: str, benefit: str, dimension: str) -> Event:
    """A unit without any target has made up its mind at last."""

    def propose() -> None:
        head, dice = stage.head(code), stage.dice(f"waiting/{code}")
        commitment = Commitment.propose(
            by=head,
            unit=stage.units[code],
            memorandum=stage.memorandum,
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
            baseline_value=Decimal(dice.randint(9, 30)),
            baseline_on=stage.today.replace(day=1) - timedelta(days=1),
            baseline_source=sample_texts.BASELINE_SOURCE,
            target_value=Decimal(dice.randint(3, 6)),
            min_change=Decimal(1),
            original_due_on=_next_year(stage),
        )

    return propose


def _one_more(stage: Story, reference: str) -> Event:
    """A unit that is under way proposes a further target."""

    def propose() -> None:
        commitment = stage.commitments.get(reference)
        if commitment and commitment.is_live:
            plan = PlannedTarget(
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
                due=_next_year(stage),
                story="fresh",
                turn=None,
            )
            proposals.propose_target(stage, plan, commitment, stage.until)

    return propose


def _left_lying(stage: Story, reference: str) -> Event:
    """The secretariat has not come to decide on this one."""

    def send() -> None:
        if promise := stage.live(reference):
            reporting.send_month(stage, promise)

    return send
