"""Tests of forms in steps: where one stops, what is carried, and what is left out, whatever the forms are about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django import forms
from django.http import QueryDict

from commitments.wizard import Wizard, WizardStep
from tests.screen_texts import CHECK_MARKED_FIELDS

pytestmark = pytest.mark.sqlite  # no database changes any of this


class TripForm(forms.Form):
    town = forms.CharField(initial="Semarang")
    number_of_seats = forms.IntegerField(min_value=0)
    tracking = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("town") == "Atlantis":
            raise forms.ValidationError("No road leads there.")


class SeatsForm(forms.Form):
    prefix = "kursi"

    def __init__(self, data: QueryDict | None, number: int) -> None:
        super().__init__(data)
        for seat in range(number):
            self.fields[f"seat_{seat}"] = forms.CharField()


STEPS = (
    WizardStep("Town", "Where to?", TripForm, ("town",)),
    WizardStep("Number", "How many?", TripForm, ("number_of_seats",)),
    WizardStep("Seats", "Which?", SeatsForm),
    WizardStep("Last look", "Is it right?"),
)
TOWN, NUMBER, SEATS, LAST = range(4)
TRIP = {"town": "Kendal", "number_of_seats": "1", "kursi-seat_0": "4A"}


def forms_of(data: QueryDict | None) -> Iterator[forms.Form]:
    trip = TripForm(data)
    yield trip
    if trip.is_valid():
        yield SeatsForm(data, trip.cleaned_data["number_of_seats"])


def wizard(to: int | str | None = None, at: int | str = 0, **given: str) -> Wizard:
    data = QueryDict(mutable=True)
    data.update({**TRIP, **given, "di": str(at), **({} if to is None else {"langkah": str(to)})})
    return Wizard(STEPS, forms_of(data), data)


def carried(page: Wizard) -> dict[str, str]:
    return {**{field.html_name: field.value() or "" for field in page.carried}, **dict(page.carried_texts)}


def test_the_first_page_asks_the_first_step_and_carries_the_rest() -> None:
    page = Wizard(STEPS, forms_of(None), None)
    assert (page.step.title, [field.name for field in page.shown]) == ("Town", ["town"])
    assert [field.name for field in page.carried] == ["number_of_seats", "tracking"]
    assert (page.is_ready, page.problem, [step.title for step in page.steps][-1]) == (False, "", "Last look")


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"town": ""}, "Town"),
        ({"number_of_seats": "x"}, "Number"),
        ({"kursi-seat_0": ""}, "Seats"),
        ({"town": "", "kursi-seat_0": ""}, "Town"),
    ],
)
@pytest.mark.parametrize("to", [LAST, None])
def test_going_forward_stops_at_the_first_mistake(to: int | None, given: dict[str, str], title: str) -> None:
    page = wizard(to, SEATS, **given)
    assert (page.step.title, page.has_mistakes, page.is_ready) == (title, True, False)
    assert page.problem == CHECK_MARKED_FIELDS
    assert [field.name for field in page.shown if field.errors] == [page.shown[0].name]


@pytest.mark.parametrize(
    ("to", "at", "given"),
    [
        (TOWN, NUMBER, {"number_of_seats": "x"}),
        (NUMBER, SEATS, {"kursi-seat_0": ""}),
        (NUMBER, SEATS, {"town": ""}),
        (TOWN, LAST, {"kursi-seat_0": ""}),
    ],
)
def test_going_back_is_always_allowed_and_carries_all_that_was_typed(to: int, at: int, given: dict[str, str]) -> None:
    page = wizard(to, at, **given)
    assert (page.number, page.problem) == (to, "")
    typed = {field.html_name: field.value() for field in page.shown} | carried(page)
    assert typed == {**TRIP, "tracking": "", **given}
    assert [field.errors for field in page.shown] == [[]]


def test_a_step_says_nothing_of_what_it_has_not_asked_yet() -> None:
    page = wizard(SEATS, NUMBER, **{"kursi-seat_0": ""})
    assert (page.step.title, page.problem, [field.errors for field in page.shown]) == ("Seats", "", [[]])


def test_one_is_never_led_to_a_step_whose_form_cannot_be_made() -> None:
    assert wizard(SEATS, LAST, number_of_seats="x").step.title == "Number"


def test_a_fault_of_no_field_stops_where_the_next_form_cannot_be_made() -> None:
    page = wizard(SEATS, NUMBER, town="Atlantis")
    assert (page.step.title, page.problem) == ("Number", "No road leads there.")


def test_a_step_that_asks_nothing_is_left_out() -> None:
    page = wizard(SEATS, NUMBER, number_of_seats="0")
    assert [step.title for step in page.steps] == ["Town", "Number", "Last look"]
    assert (page.step.title, page.is_ready) == ("Last look", False)


@pytest.mark.parametrize(
    ("to", "title"), [("3", "Last look"), ("9" * 400, "Last look"), ("-1", "Town"), ("", "Town"), ("²", "Town")]
)
def test_only_what_is_sent_without_a_step_is_sent(to: str, title: str) -> None:
    page = wizard(to)
    assert (page.step.title, page.is_ready) == (title, False)
    assert wizard().is_ready


def test_what_an_act_refuses_is_shown_beside_its_field() -> None:
    page = wizard()
    page.form(TripForm).add_error("town", "Too far.")
    page.return_to_mistake()
    assert (page.step.title, [str(error) for error in page.shown[0].errors]) == ("Town", ["Too far."])
