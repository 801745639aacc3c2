"""The API asked by schemathesis: what its own description allows is answered as described, the rest is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client, override_settings
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup

from commitments.public_page import DATABASE_AWAY
from opd import clock
from opd.accounts.throttle import API
from tests.cast import Cast
from tests.history_of_everything import at_its_own_pace, demonstration, everything, told
from tests.mutations import undone

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

pytestmark = pytest.mark.django_db
DESCRIPTION = SchemaGenerator().get_schema(request=None, public=True)


class OfflineHandler(WSGIHandler):
    """Django as a server runs it, except that it leaves the connection, and its transaction, to the test.

    Each request comes from an address of its own, or the limit on them would answer. No answer is packed:
    schemathesis asks for gzip, and without a network nothing unpacks it.
    """

    asked = 0
    more: ClassVar[dict[str, Any]] = {}  # what a test adds to each request

    def __call__(self, environ: Any, start_response: Any) -> Any:
        type(self).asked += 1
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        environ |= {"REMOTE_ADDR": str(ip_address(self.asked)), **self.more}
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            return whole(super().__call__(environ, start_response))
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)


def whole(answer: Any) -> list[bytes]:
    parts = list(answer)
    answer.close()
    return parts


# "paling lambat hari ini": JSON Schema has no word for it, so the description says it in a sentence
schemathesis.openapi.format("date", st.dates(max_value=clock.today()).map(str))
schema = schemathesis.openapi.from_dict(DESCRIPTION)
schema.app = OfflineHandler()


@pytest.fixture(scope="module")
def _story(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A register in which every act happened once; the tests only read it."""
    folder = str(tmp_path_factory.mktemp("evidence"))
    with django_db_blocker.unblock(), undone(), override_settings(MEDIA_ROOT=folder):
        with demonstration() as turned:
            told(everything(Cast()), at_its_own_pace(turned))
        yield


@schema.parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_answer_of_the_api_is_as_it_says(_story: None, case: Any) -> None:
    case.call_and_validate()


@pytest.mark.nightly
@schema.parametrize()
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_thousand_answers_of_each_list_are_as_it_says(_story: None, case: Any) -> None:
    case.call_and_validate()


def test_what_is_described_is_what_is_served(_story: None) -> None:
    assert Client().get("/api/v1/schema/").json() == json.loads(json.dumps(DESCRIPTION, default=str))


@pytest.mark.parametrize("path", DESCRIPTION["paths"])
def test_too_often_and_a_database_that_is_away_are_answered_as_described(
    path: str, _story: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_reader = "192.0.2.7"
    for _ in range(API.most):
        API.take(one_reader)
    for status, more in ((429, {"REMOTE_ADDR": one_reader}), (503, {DATABASE_AWAY: True})):
        monkeypatch.setattr(OfflineHandler, "more", more)
        case = schema[path]["GET"].Case()
        answer = case.call()
        assert (answer.status_code, set(answer.json())) == (status, {"error"})
        assert {"retry-after", "access-control-allow-origin"} <= set(answer.headers)
        case.validate_response(answer, excluded_checks=[not_a_server_error])


def wrong_type(description: Any) -> None:
    description["components"]["schemas"]["UnitRow"]["properties"]["rung"]["type"] = "string"


def forgotten_field(description: Any) -> None:
    description["components"]["schemas"]["UnitRow"]["required"].append("kepala")


def forgotten_status(description: Any) -> None:
    del description["paths"]["/api/v1/units/"]["get"]["responses"]["400"]


@pytest.mark.parametrize("spoil", [wrong_type, forgotten_field, forgotten_status])
def test_a_description_that_is_not_true_is_noticed(_story: None, spoil: Callable[[Any], None]) -> None:
    description = copy.deepcopy(DESCRIPTION)
    spoil(description)
    untrue = schemathesis.openapi.from_dict(description)
    untrue.app = OfflineHandler()
    with pytest.raises(FailureGroup):
        for limit in (100, 0):
            untrue["/api/v1/units/"]["GET"].Case(query={"limit": limit}).call_and_validate()
