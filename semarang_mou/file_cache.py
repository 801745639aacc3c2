"""Cache in files whose `add` and `incr` are atomic between processes, as those of Redis are.

Django's own looks first and writes afterwards: two processes both add, and of two counted guesses one is lost. Its
`incr` also forgets when the count ends. And it makes room at random: here what would end first goes first, so that a
crowd of counters that live a minute cannot push out one that lives an hour.

On a full disk each process counts in its own memory: guesses stay limited, and nobody meets an error for a counter.
"""

from __future__ import annotations

import fcntl
import math
import pickle
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache

_ABSENT = object()


class FileCache(FileBasedCache):
    _dir: str  # Django's, which its stubs leave out, with the four below
    _createdir: Callable[[], None]
    _delete: Callable[[str], bool]
    _key_to_file: Callable[..., str]
    _list_cache_files: Callable[[], list[str]]

    def __init__(self, folder: str, params: dict[str, Any]) -> None:
        super().__init__(folder, params)
        self.in_memory = LocMemCache(str(folder), params)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(super().has_key(key, version)) or self.in_memory.has_key(key, version)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        kept = super().get(key, _ABSENT, version)
        return self.in_memory.get(key, default, version) if kept is _ABSENT else kept

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except OSError:
            self.in_memory.set(key, value, timeout, version)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        try:
            with self._lock():
                return bool(super().add(key, value, timeout, version))
        except OSError:
            return self.in_memory.add(key, value, timeout, version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        try:
            return self._incr(key, delta, version)
        except (OSError, ValueError):  # it could not be written, now or when it was added
            return self.in_memory.incr(key, delta, version)

    def _incr(self, key: str, delta: int, version: int | None) -> int:
        with self._lock():
            place = Path(self._key_to_file(key, version))
            if not self.has_key(key, version):
                raise ValueError(f"Key '{key}' not found")
            with place.open("rb") as file:
                expiry = pickle.load(file)  # noqa: S301 - written by ourselves, in a folder closed to others
                value: int = pickle.loads(zlib.decompress(file.read())) + delta  # noqa: S301 - the same
            self.set(key, value, expiry and expiry - time.time(), version)
            return value

    def _cull(self) -> None:
        files = self._list_cache_files()
        if len(files) >= self._max_entries:
            for name in sorted(files, key=_expiry)[: len(files) // self._cull_frequency]:
                self._delete(name)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One process, and one thread of it, at a time."""
        self._createdir()
        with Path(self._dir, "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _expiry(name: str) -> float:
    """When the content of a file ends; 0 for a file that another process is just deleting."""
    try:
        with Path(name).open("rb") as file:
            expiry = pickle.load(file)  # noqa: S301 - written by ourselves, in a folder closed to others
    except (OSError, EOFError):
        return 0
    return math.inf if expiry is None else float(expiry)
