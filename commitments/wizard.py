"""A long form in steps, without a script, and without losing what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.forms import BaseForm, BoundField
from django.http import QueryDict

FormKind = TypeVar("FormKind", bound=BaseForm)


@dataclass(frozen=True)
class WizardStep:
    """One step: some fields of a form, or all of them. Without a form it is the last look before sending."""

    title: str
    question: str
    form: type[BaseForm] | None = None
    fields: tuple[str, ...] = ()


class Wizard:
    """Forms as steps. `di` says where the reader was, `langkah` where to go; without `langkah` all is sent.

    The fields of other steps travel along in hidden fields: nothing is kept on the server. A later form may be made
    from earlier ones: `forms` ends at the first that does not allow the next. A step that asks nothing is left out.
    """

    def __init__(self, steps: Iterable[WizardStep], forms: Iterable[BaseForm], data: QueryDict | None) -> None:
        self.data, self.forms = data, tuple(forms)
        self.steps = [step for step in steps if not step.form or not self._has_form(step) or self._fields_of(step)]
        self.last = len(self.steps) - 1
        self.is_sent = data is not None and "langkah" not in data
        self.number = self.last if self.is_sent else self._number("langkah")
        self.has_mistakes = False
        if data is not None and (self.number >= self._number("di") or not self._has_form(self.step)):
            self._stop_at_mistakes()
        if data is not None and not self.has_mistakes and not self.is_last:
            for form in self.forms:
                form.errors.clear()  # of steps that have not been asked yet

    def _number(self, name: str) -> int:
        """The number of a step in the data: one that is too large is the last step, any other text the first."""
        text = self.data.get(name, "") if self.data else ""
        return min(int(text[:3]), self.last) if text.isdecimal() else 0

    def _has_form(self, step: WizardStep) -> bool:
        """Whether the form of the step could be made; the last look needs all of them."""
        made = {type(form) for form in self.forms}
        return step.form in made if step.form else all(one.form in made for one in self.steps if one.form)

    def _fields_of(self, step: WizardStep) -> list[BoundField]:
        form = next((form for form in self.forms if type(form) is step.form), None)
        return [field for field in form or () if not step.fields or field.name in step.fields]

    def _stop_at_mistakes(self) -> None:
        """Stops at the first step with a mistake when the reader goes forward; going back is always allowed."""
        for number, step in enumerate(self.steps[: self.number]):
            is_wrong = any(field.errors for field in self._fields_of(step))
            if is_wrong or not self._has_form(self.steps[number + 1]):
                self.number, self.has_mistakes = number, True
                return
        if self.is_last:
            self.has_mistakes = any(form.errors for form in self.forms)

    def begin_at(self, field: str) -> None:
        """Begins at the step that asks this field, because the ones before are answered already."""
        self.number = next(number for number, step in enumerate(self.steps) if field in step.fields)

    def return_to_mistake(self) -> None:
        """Shows the step with the mistake, after an act refused what every form had accepted."""
        self.number = self.last
        self._stop_at_mistakes()

    def form(self, kind: type[FormKind]) -> FormKind:
        return next(form for form in self.forms if isinstance(form, kind))

    @property
    def step(self) -> WizardStep:
        return self.steps[self.number]

    @property
    def is_last(self) -> bool:
        return self.number == self.last

    @property
    def is_ready(self) -> bool:
        """Whether it was sent and every form is valid."""
        return self.is_sent and not self.has_mistakes

    @property
    def shown(self) -> list[BoundField]:
        return [field for field in self._fields_of(self.step) if not field.is_hidden]

    @property
    def carried(self) -> list[BoundField]:
        shown = {field.html_name for field in self.shown}
        return [field for form in self.forms for field in form if field.html_name not in shown]

    @property
    def carried_texts(self) -> Iterator[tuple[str, str]]:
        """What was typed into forms that cannot be made now; such a form has a prefix."""
        prefixes = tuple(f"{step.form.prefix}-" for step in self.steps if step.form and not self._has_form(step))
        for name, values in self.data.lists() if self.data else ():
            if name.startswith(prefixes):
                yield from ((name, value) for value in values)

    @property
    def problem(self) -> str:
        if not self.has_mistakes:
            return ""
        general = [str(error) for form in self.forms for error in form.non_field_errors()]
        return " ".join(general) or "Periksa lagi isian yang ditandai."
