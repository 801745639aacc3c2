"""Password hashing that costs about 100 ms of one core, and never uses all threads of a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.shortcuts import render

HALF = BoundedSemaphore(max(1, settings.THREADS // 2))  # threads that may hash or wait; readers have the others
ONE = Lock()  # hashes at a time: two would take as long as one after the other


class Scrypt(ScryptPasswordHasher):
    """Password hasher that needs 16 MB for each attempt, so that graphics cards gain little.

    Django's own setting takes 300 ms: ten sign-ins a second would need three cores, and we have two. Hashes made with
    other settings are still checked, and renewed at the next sign-in.
    """

    parallelism = 2

    def encode(self, *args: Any, **kwargs: Any) -> str:
        with hashing_slot():
            encoded: str = super().encode(*args, **kwargs)
            return encoded


@contextmanager
def hashing_slot() -> Iterator[None]:
    """Context in which one password is hashed at a time; 503 at once when half of the threads wait for that."""
    if not HALF.acquire(blocking=False):
        page = render(context.request, "account/busy.html", status=503)
        page["Retry-After"] = "3"
        raise ImmediateHttpResponse(page)
    try:
        with ONE:
            yield
    finally:
        HALF.release()
