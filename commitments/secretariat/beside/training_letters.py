"""Invitations to a training as letters to print: one page for each unit, with the day as a code for the calendar."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from commitments.formats import long_date, plain_date
from commitments.models import Training
from commitments.reports.home_page import agreement, in_order, signers
from commitments.typst import typst_runner
from opd import clock, register
from opd.models import RegisterOperator

TRAINING_LETTER_TEMPLATE = "bimtek.typ"


def letters_of(training: Training) -> bytes:
    now, operator = clock.now(), RegisterOperator.in_force()
    link = settings.SITE_URL + reverse("training-calendar", args=[training.held_on])
    standing = signers(agreement()).standing_on(training.held_on).with_names(training.held_on)
    data = {
        "day": plain_date(clock.day_of(now)),
        "demo": register.is_demo(),
        "operator": operator.name,
        "contact": operator.contact,
        "title": training.title,
        "held_on": long_date(training.held_on),
        "place": training.place,
        "organiser": training.organiser,
        "link": link,
        "code": typst_runner.qr_code(link),
        "units": [unit.name for unit in in_order(standing)],
    }
    return typst_runner.pdf_of(TRAINING_LETTER_TEMPLATE, data, now)
