"""Views: the public pages for people. Each depends on the register and a day only, and changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from commitments import as_of, ladder
from commitments import evidence as store
from commitments.as_of import PER, SINCE, AsOf, Since
from commitments.formats import long_date, standing, title
from commitments.ladder.readable import LADDER_FILES, readable_sql
from commitments.lists.filters import EntryFilter, quoted
from commitments.models import Commitment, ServiceTarget
from commitments.models.agreement import public_facts_on
from commitments.public import agreement_page, history
from commitments.public import answer_page as answers
from commitments.public import commitment_page as commitments
from commitments.public import recheck_page as rechecks
from commitments.public import unit_page as units
from commitments.public.heads import head_check as head_checks
from commitments.public.sharing.citation import citation, value_sentence
from commitments.public_page import public_page
from commitments.reports import decision_times, home_page, register_entries, rises_and_falls
from commitments.reports import target_page as targets
from opd import clock
from opd.errors import BadFact
from opd.models import RegisterOperator

HEAD = "kepala"  # the parameter with a kept head, written as SEQ:HASH


@public_page(PER, SINCE)
def home(request: HttpRequest) -> HttpResponse:
    asof = as_of.read(request)
    since = as_of.since(request, asof)
    page = home_page.home_page(asof.day, most_units=home_page.MAX_TILES)
    are_shown, best = not page.counted_groups, home_page.best_improvements(page, asof.day)
    facts = [] if best or not are_shown else sorted(public_facts_on(asof.day), key=lambda fact: fact.value is None)
    joined = home_page.joining(page.headline.signed, asof.day)
    months = history.history(page.memorandum, page.steps, asof.day, asof.began_on, fill=are_shown)
    response = _page(
        request,
        asof,
        "home",
        "",
        since=since,
        page=page,
        joining=joined,
        facts=facts,
        known={fact.unit_id for fact in facts},
        successors=home_page.successors(page.units, asof.day),
        best=best,
        changes=rises_and_falls.rises_and_falls(page.units, page.memorandum, since.day, asof.day)
        if are_shown
        else None,
        history=months,
        share=_share(request, asof, f"{_answer(page, asof)} {joined.sentence}".strip(), since),
        citation=citation(request, asof, _answer(page, asof)),
    )
    if months and not months.complete:
        response["Cache-Control"] = "no-store"  # the next reader gets more months
    return response


@public_page(PER)
def answer(request: HttpRequest, code: str) -> HttpResponse:
    asof = as_of.read(request)
    page = answers.answer_page(code, asof.day)
    if page is None:
        raise Http404
    return _page(request, asof, "answer", "", page=page)


@public_page(PER, SINCE)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    asof = as_of.read(request)
    page = units.unit_page(code, asof.day)
    if page is None:
        raise Http404
    since = as_of.since(request, asof)
    changes = None
    if since.is_chosen:
        changes = rises_and_falls.unit_rises_and_falls(page.row, page.live, since.day, asof.day)
    sentence = gettext("%(unit)s per %(day)s: %(rung)s.") % {
        "unit": page.row.name,
        "day": long_date(asof.day),
        "rung": standing(page.row, asof.day),
    }
    return _page(
        request,
        asof,
        "unit",
        "unit",
        since=since,
        page=page,
        changes=changes,
        steps=ladder.Rung,
        share=_share(request, asof, sentence, since),
        citation=citation(request, asof, sentence),
    )


@public_page(PER)
def commitment(request: HttpRequest, reference: str) -> HttpResponse:
    asof = as_of.read(request)
    page = commitments.commitment_page(reference, asof.day)
    if page is None:
        return _not_yet(request, asof, "komitmen", _published(Commitment, reference, asof))
    return _page(request, asof, "commitment", "komitmen", page=page)


@public_page(PER)
def target(request: HttpRequest, reference: str) -> HttpResponse:
    asof = as_of.read(request)
    page = targets.target_page(reference, asof.day)
    if page is None:
        return _not_yet(request, asof, "komitmen", _published(ServiceTarget, reference, asof))
    sentence = gettext("%(service)s, %(unit)s per %(day)s: %(rung)s.") % {
        "service": title(page.standing.target),
        "unit": page.unit.short_name,
        "day": long_date(asof.day),
        "rung": standing(page.standing.target),
    }
    return _page(
        request,
        asof,
        "target",
        "komitmen",
        page=page,
        steps=ladder.Rung,
        sustained_days=ladder.SUSTAINED_DAYS,
        share=_share(request, asof, sentence),
        citation=citation(request, asof, value_sentence(page.standing.target, page.unit.short_name) or sentence),
    )


@require_safe
def evidence(request: HttpRequest, public_sha256: str) -> HttpResponseBase:
    """The public copy of a piece of evidence, in a sandbox, because a unit may have sent anything.

    Its bytes never change, but it may have to be destroyed: a cache may keep it, and asks each time whether it is
    still there.
    """
    found = targets.public_copy(public_sha256)
    if found is None:
        raise Http404
    etag = f'"{public_sha256}"'
    response = get_conditional_response(request, etag=etag) or _copy(public_sha256, found.media_type)
    response["ETag"] = etag
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["Cache-Control"] = "public, no-cache"
    return response


def _copy(public_sha256: str, media_type: str) -> HttpResponseBase:
    """Pictures open in place. Documents are downloads: Chromium shows a blank page for a PDF in a sandbox."""
    is_pdf = media_type == "application/pdf"
    try:
        content = store.opened(public_sha256, public=True)
    except BadFact as error:
        raise Http404 from error
    return FileResponse(
        content,
        as_attachment=is_pdf,
        content_type="application/pdf" if is_pdf else "image/webp",
        filename=f"bukti-{public_sha256[:12]}.{'pdf' if is_pdf else 'webp'}",
    )


@public_page(PER)
def agreement(request: HttpRequest) -> HttpResponse:
    asof = as_of.read(request)
    return _page(request, asof, "agreement", "mou", page=agreement_page.agreement_page(asof.day))


@public_page(PER, "halaman", *EntryFilter.base_filters)
def register(request: HttpRequest) -> HttpResponse:
    asof = as_of.read(request)
    number = request.GET.get("halaman", "")
    filter_ = EntryFilter(request.GET, asof.day)
    page = register_entries.entry_page(asof.day, number, filter_.qs if filter_.chosen else None)
    wrong = quoted(number) if number not in ("", str(page.number)) else None
    return _page(request, asof, "register", "jejak", page=page, filter=filter_, wrong=wrong)


@public_page(HEAD)
def register_check_head(request: HttpRequest) -> HttpResponse:
    """Whether the register of now still continues from a head that somebody kept; a past day would answer nothing."""
    check = head_checks.head_check(request.GET.get(HEAD, ""))
    return _page(request, as_of.read(request), "register_check_head", "jejak", check=check, shown=quoted(check.text))


@public_page(PER)
def recheck_list(request: HttpRequest) -> HttpResponse:
    asof = as_of.read(request)
    return _page(
        request,
        asof,
        "rechecks",
        "",
        queue=decision_times.queue(asof.day),
        quarters=decision_times.latest_quarters(asof.day, quarters=4, since=asof.began_on),
        samples=(samples := rechecks.samples(asof.day)),
        totals=rechecks.totals(samples),
    )


@public_page(PER)
def recheck(request: HttpRequest, number: str) -> HttpResponse:
    asof = as_of.read(request)
    page = rechecks.sample(number, asof.day)
    if page is None:
        later = rechecks.sample(number, asof.today)
        return _not_yet(request, asof, "", later.row.drawn_at if later else None)
    return _page(request, asof, "recheck", "", page=page)


@public_page(PER)
def how_to_read(request: HttpRequest) -> HttpResponse:
    asof = as_of.read(request)
    tables = {"rungs": list(ladder.Rung), "flags": list(ladder.Flag), "ladder_files": LADDER_FILES}
    totals = rechecks.totals(rechecks.samples(asof.day))
    return _page(request, asof, "how_to_read", "cara-baca", ladder=ladder, totals=totals, **tables)


@public_page(PER)
def ladder_sql(request: HttpRequest, rows: str, database: str) -> HttpResponse:
    """The SQL of the ladder as a file that the reader's own program runs."""
    try:
        text = readable_sql(rows, database, as_of.read(request).day)
    except KeyError as error:
        raise Http404 from error
    response = HttpResponse(text, content_type="application/sql; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{rows}.{database}.sql"'
    return response


@public_page(PER)
def about(request: HttpRequest) -> HttpResponse:
    return _page(request, as_of.read(request), "about", "tentang", operator=RegisterOperator.in_force())


def _published(model: type[Commitment | ServiceTarget], reference: str, asof: AsOf) -> datetime | None:
    found = model.objects.published_on(asof.today).filter(reference=reference)
    return found.values_list("published_at", flat=True).first()


def _not_yet(request: HttpRequest, asof: AsOf, section: str, since: datetime | None) -> HttpResponse:
    """The answer for a day before the object was published: a page with the day of publication, or 404."""
    if since is None:
        raise Http404
    return _page(request, asof, "not_yet", section, announced=clock.day_of(since))


def _answer(page: home_page.HomePage, asof: AsOf) -> str:
    return gettext("Siapa yang sudah melewati seremoni? Per %(day)s: %(answer)s.") % {
        "day": long_date(asof.day),
        "answer": page.headline.sentence,
    }


def _share(request: HttpRequest, asof: AsOf, sentence: str, since: Since | None = None) -> str:
    """A WhatsApp link that shares this page as of its day, with a sentence about it."""
    query = {PER: asof.day, **_since_query(since)}
    address = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    return f"https://wa.me/?{urlencode({'text': f'{sentence} {address}'})}"


def _since_query(since: Since | None) -> dict[str, Any]:
    return {SINCE: since.day} if since and since.is_chosen else {}


def _page(request: HttpRequest, asof: AsOf, template: str, section: str, **context: Any) -> HttpResponse:
    chosen = dict(context["filter"].chosen) if "filter" in context else _since_query(context.get("since"))
    query = urlencode({**chosen, **({PER: asof.day} if asof.is_past else {})})
    here = f"{request.path}?{query}" if query else request.path
    return render(request, f"public/{template}.html", {"asof": asof, "section": section, "here": here, **context})
