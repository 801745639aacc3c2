"""How many requests does the look of a page cost? A style sheet that imports another is collected with it inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(rb'^@import "([\w.-]+\.css)";$', re.MULTILINE)


@dataclass
class Joined:
    """The sources of style sheets, read with what they import."""

    sources: Storage

    def open(self, path: str) -> ContentFile[bytes]:
        with self.sources.open(path) as sheet:
            return ContentFile(IMPORT.sub(lambda found: self._beside(path, found[1].decode()), sheet.read()))

    def _beside(self, path: str, name: str) -> bytes:
        return self.open(join(dirname(path), name)).read()


class Sheets(CompressedManifestStaticFilesStorage):
    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Read from the sources each time, so that a sheet is new when only what it imports has changed."""
        joined = {
            name: (Joined(sources) if name.endswith(".css") else sources, path)
            for name, (sources, path) in paths.items()
        }
        yield from super().post_process(joined, *args, **options)
