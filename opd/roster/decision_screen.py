"""The screen on which somebody decides in the admin: the facts of a row, a reason, and a button for each act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from opd import register
from opd.accounts.sign_in import require_lately
from opd.errors import BadFact, Refused, StaleScreen, WrongPerson
from opd.form_errors import explain, reason_of, with_reason
from opd.register import personal_data
from opd.roster.changed_since import ScreenChanges, screen_changes, screen_text
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, address, fact, roles
from opd.texts import SHORTEST_REASON


class Unseen(Refused):
    """Error: a doubt came up after the screen was opened, so the person has not read it."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__(f"Belum diputus. Baca dahulu yang belum tampil ketika layar ini dibuka: {' '.join(texts)}")


class DecisionForm(forms.Form):
    """Form for what an act needs besides the row itself; without fields unless a subclass adds some."""

    use_required_attribute = False

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)

    def given(self) -> dict[str, Any]:
        """The act's keyword arguments."""
        return dict(self.cleaned_data)


class ReasonForm(DecisionForm):
    reason = forms.CharField(
        label="Alasan",
        min_length=SHORTEST_REASON,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Tampil untuk publik, sedikitnya 20 huruf.",
        error_messages={
            "required": "Tulis alasannya.",
            "min_length": "Tulis alasannya dengan jelas, sedikitnya 20 huruf.",
        },
    )


@dataclass(frozen=True)
class DecisionAction:
    """An act offered as a button. `may` raises Refused for the wrong person; `fits`: the row is in a state for it.

    fresh: only shortly after a password or a code; who must give it again loses nothing of what was typed.
    key: the letter on the keyboard that goes to it.
    """

    name: str
    button: str
    explains: str
    do: Callable[..., object]  # (row, by=, seen=, **given)
    may: Callable[[Any, Any], object]  # (user, row)
    offered_to: frozenset[str]  # roles that are told why not; others do not see it
    fits: Callable[[Any], bool] = lambda row: True
    form: type[DecisionForm] = DecisionForm
    done: str = "Tercatat."
    grave: bool = False
    fresh: bool = False
    key: str = ""


@dataclass
class OfferedAction:
    """An action as this person sees it: with a form, or with the sentence that says why they may not."""

    action: DecisionAction
    form: DecisionForm
    refusal: str = ""


@dataclass(frozen=True)
class QueuePosition:
    """The place of a row in the queue, and the address of the row after it ("" when it is the only one)."""

    nth: int
    total: int
    after: str


class DecisionScreenAdmin(ReadOnlyAdmin):
    """A read-only list whose rows have a decision screen. Subclasses name `shown` columns and `decision_actions`."""

    screen_template = "secretariat/decision_screen.html"
    shown: tuple[str, ...] = ()
    decision_actions: tuple[DecisionAction, ...] = ()
    words: ClassVar[dict[str, str]] = {}  # for keys and values of the row's screen that no column explains

    def queue(self) -> Iterable[models.Model]:
        """Rows that wait for a decision, oldest first; deciding one opens the next."""
        return ()

    def facts(self, row: Any) -> list[LabelledFact]:
        return [fact(row, name) for name in self.shown]

    def rests_on(self, row: Any) -> tuple[str, ...]:
        """Public names of the rows whose change makes this screen out of date."""
        return (row.public_name,)

    def more(self, request: HttpRequest, row: Any, offers: dict[str, OfferedAction]) -> dict[str, Any]:
        """Further context for the page; its `doubts`, each with a `text`, must be read before deciding."""
        return {}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self._row(request, object_id)
        if request.method != "POST":
            return self._screen(request, row)
        action = next((action for action in self.decision_actions if action.name == request.POST.get("deed")), None)
        if action is None:
            raise PermissionDenied
        return self._do(request, row, action)

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def _do(self, request: HttpRequest, row: Any, action: DecisionAction) -> HttpResponse:
        """Carries out the act.

        Who may not, or saw another screen, is told so before their form is checked; the act checks again.
        """
        if why := _why_not(action, request, row):
            return self._refused(request, row, action, WrongPerson(why))
        if request.POST.get("seen") != row.fingerprint():
            return self._refused(request, row, action, StaleScreen())
        form = _form(action, row, request.POST)
        if not form.is_valid():
            return self._screen(request, row, form=form, action=action, status=422)
        doubts = self.more(request, row, {}).get("doubts", ())
        if unseen := [
            doubt.text for doubt in doubts if _mark(doubt.text) not in request.POST.get("told", "").split()
        ]:
            return self._refused(request, row, action, Unseen(unseen))
        if action.fresh:
            require_lately(request)
        try:
            with reason_of(form):
                action.do(row, by=request.user, seen=request.POST.get("seen", ""), **form.given())
        except (ValidationError, personal_data.MayBePersonal) as error:
            explain(form, error)
            return self._screen(request, row, form=form, action=action, status=422)
        except (Refused, IntegrityError) as error:
            return self._refused(request, row, action, error if isinstance(error, Refused) else BadFact())
        messages.success(request, action.done)
        return HttpResponseRedirect(self._next(request, row))

    def _refused(self, request: HttpRequest, row: Any, action: DecisionAction, refusal: Refused) -> HttpResponse:
        """The row as it is now, with what was typed; for an outdated screen, old and new side by side."""
        now = self._row(request, str(row.pk))
        return self._screen(
            request,
            now,
            form=_form(action, now, request.POST),
            action=action,
            problem=str(refusal),
            clash=self._changes_since(request, now) if isinstance(refusal, StaleScreen) else None,
            status=403 if isinstance(refusal, WrongPerson) else 409,
        )

    def _changes_since(self, request: HttpRequest, row: Any) -> ScreenChanges:
        shown, seen, since = (request.POST.get(name, "") for name in ("shown", "seen", "since"))
        return screen_changes(row, shown=shown, seen=seen, since=since, names=self.rests_on(row), words=self.words)

    def _screen(
        self,
        request: HttpRequest,
        row: Any,
        *,
        form: DecisionForm | None = None,
        action: DecisionAction | None = None,
        problem: str = "",
        clash: ScreenChanges | None = None,
        status: int = 200,
    ) -> HttpResponse:
        offers = {offer.action.name: offer for offer in self.offers(request, row, form=form, action=action)}
        more = self.more(request, row, offers)
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "row": row,
            "facts": self.facts(row),
            "offers": offers,
            "tried": action,
            "seen": row.fingerprint(),
            "shown": screen_text(row),
            "since": str(getattr(register.head(), "seq", 0)),  # a number would be written 7.495
            "problem": problem,
            "clash": clash,
            "typed": _typed(form) if action and action.name not in offers else [],
            "turn": self._queue_position(row),
            "told": " ".join(_mark(doubt.text) for doubt in more.get("doubts", ())),
            "not_personal": personal_data.reasons(row.object_name),
            **more,
        }
        return TemplateResponse(request, self.screen_template, context, status=status)

    def offers(
        self,
        request: HttpRequest,
        row: Any,
        *,
        form: DecisionForm | None = None,
        action: DecisionAction | None = None,
    ) -> Iterable[OfferedAction]:
        for one in self.decision_actions:
            if not one.fits(row) or not one.offered_to & roles(request):
                continue
            refusal = _why_not(one, request, row)
            if refusal:
                yield OfferedAction(one, DecisionForm(row=row), refusal)
            else:
                yield OfferedAction(one, form if form is not None and one is action else _form(one, row))

    def _queue_position(self, row: Any) -> QueuePosition | None:
        """The row's place in the queue; None for a row that waits for nobody."""
        waiting = list(self.queue())
        places = [nth for nth, other in enumerate(waiting) if other.pk == row.pk]
        if not places:
            return None
        after = waiting[(places[0] + 1) % len(waiting)]
        return QueuePosition(places[0] + 1, len(waiting), address(after) if after.pk != row.pk else "")

    def _next(self, request: HttpRequest, row: Any) -> str:
        """The address of the next waiting row that this person may decide; else of the row that was just decided."""
        for other in list(self.queue())[:20]:
            if other.pk != row.pk and any(
                action.fits(other) and action.offered_to & roles(request) and not _why_not(action, request, other)
                for action in self.decision_actions
            ):
                return address(other)
        return address(row)


def _mark(text: str) -> str:
    """The mark of a doubt that a form carries, to show that it was on the screen."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _typed(form: DecisionForm | None) -> list[str]:
    """The texts that somebody wrote into a form that is no longer on the page."""
    if form is None:
        return []
    long = [name for name, field in form.fields.items() if isinstance(field.widget, forms.Textarea)]
    return [text for name in long if (text := str(form.data.get(name, "")).strip())]


def _why_not(action: DecisionAction, request: HttpRequest, row: Any) -> str:
    """The sentence why this person may not; "" when they may."""
    try:
        action.may(request.user, row)
    except Refused as refusal:
        return str(refusal)
    return ""


def _form(action: DecisionAction, row: Any, data: Any = None) -> DecisionForm:
    """The form of an action. Several forms stand on one screen, so each field's id carries the name of its action."""
    return with_reason(action.form(data, row=row, auto_id=f"{action.name}-%s"))
