"""The page on which somebody decides about a row of the admin: its facts, and a form for each act."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.generic import DetailView

from opd import register
from opd.accounts.sign_in import require_lately
from opd.errors import BadFact, Refused, StaleScreen, WrongPerson, WrongRole
from opd.form_errors import explain, reason_of, with_reason
from opd.register import personal_data
from opd.roster.changed_since import screen_changes, screen_text
from opd.roster.read_only import LabelledFact, fact
from opd.texts import LONGEST_TEXT, SHORTEST_REASON

LIST_FIELD = "_changelist_filters"  # as Django's admin names the list that a page was opened from
MOST_LISTED = 5_000  # rows of a list that are followed from page to page
MOST_TRIED = 20  # rows asked whether this person may decide them


class ActForm(forms.Form):
    """Base form of an act on a row. A subclass says who may, in which state of the row, and acts in `save`.

    One page shows several of them, so the ids of a form's fields begin with its slug.
    """

    use_required_attribute = False
    slug = ""  # names the act in what the browser sends
    button = ""
    explains = ""
    done = "Tercatat."
    key = ""  # the letter on the keyboard that opens it
    stays = False  # whoever does it stays on the row, and is not led to the next one
    grave = False
    fresh = False  # only shortly after a password or a code; who must give it again loses nothing of what was typed
    refusal = ""  # why this person may not, on the page

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)
        self.auto_id = f"{self.slug}-%s"
        with_reason(self)

    @staticmethod
    def fits(row: Any) -> bool:
        """Whether the row is in a state for this act."""
        return True

    @staticmethod
    def may(user: User, row: Any) -> object:
        """Raises `WrongPerson` for somebody who may not: the same question that `save` asks.

        Who gets a `WrongRole` does not see the act; everybody else reads why not.
        """
        raise NotImplementedError  # abstract: each page names its own

    def save(self, *, by: User, seen: str) -> object:
        """Carries out the act; raises `Refused` or `ValidationError` when it cannot be."""
        raise NotImplementedError  # abstract: each page names its own

    @classmethod
    def why_not(cls, user: User, row: Any) -> str | None:
        """The sentence why this person may not, "" when they may; None when the act is not for their role at all."""
        try:
            cls.may(user, row)
        except WrongRole:
            return None
        except Refused as refusal:
            return str(refusal)
        return ""


class ReasonField(forms.CharField):
    """Field for a reason that the public reads."""

    def __init__(self) -> None:
        super().__init__(
            label="Alasan",
            min_length=SHORTEST_REASON,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Tampil untuk publik, sedikitnya 20 huruf.",
            error_messages={
                "required": "Tulis alasannya.",
                "min_length": "Tulis alasannya dengan jelas, sedikitnya 20 huruf.",
            },
        )


class DecisionView(DetailView):
    """The page of a row: the `fields` that its admin names, and a form for each of the `acts`.

    `get_context_data` may pass on `doubts`, each with a `text`: they must be read before deciding.
    """

    model_admin: Any = None
    template_name = "secretariat/decision.html"
    context_object_name = "row"
    acts: tuple[type[ActForm], ...] = ()
    labels: ClassVar[Mapping[str, str]] = {}  # of keys and values in the row's screen that no column explains

    def get_queryset(self) -> QuerySet[Any]:
        return self.model_admin.get_queryset(self.request)

    def queue(self) -> Iterable[models.Model]:
        """Rows that wait for a decision, oldest first; deciding one opens the next."""
        return ()

    def order(self) -> list[int]:
        """Primary keys of the rows that wait: in the order of the list that this page was opened from, with its
        filters; else oldest first."""
        queue = self.queue()
        waiting = queue.values_list("pk", flat=True) if isinstance(queue, QuerySet) else [row.pk for row in queue]
        listed = self.listed()
        if listed is None:
            return list(waiting)
        known = set(waiting)
        return [pk for pk in listed if pk in known]

    def listed(self) -> list[int] | None:
        """Primary keys of the list that this page was opened from, in its order; None without one."""
        filters = self.request.GET.get(LIST_FIELD)
        if filters is None:
            return None
        asked = copy(self.request)
        asked.GET = QueryDict(filters)
        try:
            found = self.model_admin.get_changelist_instance(asked).queryset
        except IncorrectLookupParameters:
            return None
        return list(found.values_list("pk", flat=True)[:MOST_LISTED])

    def address_of(self, pk: int) -> str:
        """The address of a row, which leads back to the same list."""
        opts = self.model_admin.opts
        there = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[pk])
        filters = self.request.GET.get(LIST_FIELD)
        return there if filters is None else f"{there}?{urlencode({LIST_FIELD: filters})}"

    def list_address(self) -> str:
        opts = self.model_admin.opts
        there = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        filters = self.request.GET.get(LIST_FIELD)
        if filters is None:
            return f"{there}?antrean=menunggu" if self.order() else there
        return f"{there}?{filters}" if filters else there

    def facts(self) -> list[LabelledFact]:
        return [fact(self.object, name) for name in self.model_admin.fields or ()]

    def depends_on(self) -> tuple[str, ...]:
        """Public names of the rows whose change makes this page out of date."""
        return (self.object.public_name,)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Carries out one act. Who may not, or saw another screen, is told so before their form is checked."""
        self.object = self.get_object()
        act = next((act for act in self.acts if act.slug == request.POST.get("act")), None)
        if act is None:
            raise PermissionDenied
        form, seen = act(request.POST, row=self.object), request.POST.get("seen", "")
        try:
            act.may(request.user, self.object)  # type: ignore[arg-type]  # staff only
            self.object.must_match(seen)
            if not form.is_valid():
                return self.show(form, status=422)
            self.require_doubts_read()
            if act.fresh:
                require_lately(request)
            rest = self.rest()
            with reason_of(form):
                form.save(by=request.user, seen=seen)  # type: ignore[arg-type]
        except (ValidationError, personal_data.MayBePersonal) as error:
            explain(form, error)
            return self.show(form, status=422)
        except Refused as refusal:
            return self.refuse(act, refusal)
        except IntegrityError:
            return self.refuse(act, BadFact())
        messages.success(request, act.done)
        return HttpResponseRedirect(self.address_of(self.object.pk) if act.stays else self.next_address(rest))

    def require_doubts_read(self) -> None:
        """Refuses when a doubt came up after the page was opened, so that the person has not read it."""
        read = self.request.POST.get("read_doubts", "").split()
        if unread := [doubt.text for doubt in self.get_context_data()["doubts"] if _mark(doubt.text) not in read]:
            raise Refused(f"Belum diputus. Baca dahulu yang belum tampil ketika layar ini dibuka: {' '.join(unread)}")

    def rest(self) -> list[int]:
        """The waiting rows after this one, then those before it: what somebody skipped comes last."""
        order, here = self.order(), self.object.pk
        place = order.index(here) + 1 if here in order else 0
        return [pk for pk in (*order[place:], *order[:place]) if pk != here]

    def next_address(self, rest: list[int]) -> str:
        """The address of the next waiting row that this person may decide; else of her list, or of the row that was
        just decided."""
        rows = self.get_queryset().in_bulk(rest[:MOST_TRIED])
        for pk in rest[:MOST_TRIED]:
            if pk in rows and "" in self.acts_offered(rows[pk]).values():
                return self.address_of(pk)
        return self.address_of(self.object.pk) if self.request.GET.get(LIST_FIELD) is None else self.list_address()

    def acts_offered(self, row: Any) -> dict[type[ActForm], str]:
        """The acts that fit the row and this person's role, each with the sentence why they may not, or ""."""
        user = cast("User", self.request.user)
        refusals = {act: act.why_not(user, row) for act in self.acts if act.fits(row)}
        return {act: refusal for act, refusal in refusals.items() if refusal is not None}

    def refuse(self, act: type[ActForm], refusal: Refused) -> HttpResponse:
        """The row as it is now, with what was typed; for an outdated screen, old and new side by side."""
        self.object, sent = self.get_object(), self.request.POST
        status = 403 if isinstance(refusal, WrongPerson) else 409
        stale = isinstance(refusal, StaleScreen)
        changes = screen_changes(self.object, sent, names=self.depends_on(), labels=self.labels) if stale else None
        return self.show(act(sent, row=self.object), problem=str(refusal), changes=changes, status=status)

    def show(self, sent_form: ActForm, *, status: int, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(sent_form=sent_form, **context), status=status)

    def get_context_data(
        self, *, sent_form: ActForm | None = None, doubts: Iterable[Any] = (), **kwargs: Any
    ) -> dict[str, Any]:
        row, acts = self.object, self.act_forms(sent_form)
        is_shown_again = sent_form in acts.values() and not (sent_form and sent_form.refusal)
        context = {
            **admin.site.each_context(self.request),
            "opts": row._meta,
            "title": str(row),
            "facts": self.facts(),
            "acts": acts,
            "sent_form": sent_form,
            "kept_texts": _texts_of(sent_form) if sent_form and not is_shown_again else [],
            "doubts": doubts,
            "read_doubts": " ".join(_mark(doubt.text) for doubt in doubts),
            "seen": row.fingerprint(),
            "shown": screen_text(row),
            "since": str(getattr(register.head(), "seq", 0)),  # a number would be written 7.495
            "list_url": self.list_address(),
            "not_personal": personal_data.reasons(row.object_name),
            **self.place_in_queue(),
        }
        return super().get_context_data(**context | kwargs)

    def act_forms(self, sent_form: ActForm | None) -> dict[str, ActForm]:
        """By slug, a form for each act that is offered; with the sentence why this person may not."""
        forms_ = {}
        for act, refusal in self.acts_offered(self.object).items():
            form = sent_form if sent_form and sent_form.slug == act.slug else act(row=self.object)
            form.refusal = refusal
            forms_[act.slug] = form
        return forms_

    def place_in_queue(self) -> dict[str, Any]:
        """The place of this row among those that wait, and the address of the row after it; {} when it does not."""
        waiting = self.order()
        if self.object.pk not in waiting:
            return {}
        place = waiting.index(self.object.pk) + 1
        after = waiting[place % len(waiting)]
        next_url = self.address_of(after) if after != self.object.pk else ""
        return {"queue_place": place, "queue_length": len(waiting), "next_url": next_url}


def _mark(text: str) -> str:
    """The mark of a doubt that a form carries, to show that it was on the page."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _texts_of(form: ActForm) -> list[str]:
    """What somebody wrote into a form that is no longer on the page."""
    written = [str(field.value() or "").strip() for field in form if isinstance(field.field.widget, forms.Textarea)]
    return [text for text in written if text]
