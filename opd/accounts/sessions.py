"""Sessions that end twelve hours after the last request, without a write at each request: a store and its
middleware."""

from __future__ import annotations

import time

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

SAVED_AT = "saved_at"  # the key of the session
RENEWED_EVERY = 10 * 60  # seconds


class SessionStore(db.SessionStore):
    """Session store in the database. A session that cannot be written now is not treated as ended."""

    def save(self, must_create: bool = False) -> None:
        self[SAVED_AT] = time.time()
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from error.__context__.__cause__
            raise


class Sessions(SessionMiddleware):
    """Session middleware that still sends the page when the session could not be renewed: a reader need not write."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session, changed = request.session, request.session.modified
        if session.accessed and not session.is_empty() and _is_old(session.get(SAVED_AT)):
            session.modified = True
        try:
            return super().process_response(request, response)
        except OperationalError:
            if changed:
                raise
            session.modified = False
            return super().process_response(request, response)


def _is_old(saved_at: float | None) -> bool:
    return saved_at is None or time.time() - saved_at > RENEWED_EVERY
