"""Storage of static files that puts imported style sheets into the sheet that imports them: one request, not many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS_IMPORT = re.compile(rb'^@import "([\w.-]+\.css)";$', re.MULTILINE)


def joined(sources: Storage, path: str) -> bytes:
    """The text of a style sheet, each `@import` replaced by the sheet that it names."""

    def beside(found: re.Match[bytes]) -> bytes:
        return joined(sources, join(dirname(path), found[1].decode()))

    with sources.open(path) as sheet:
        return CSS_IMPORT.sub(beside, sheet.read())


class JoinedSheetsStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join from the sources each time, so that a sheet is new too when only an imported sheet has changed."""
        sheets = {name: source for name, source in paths.items() if name.endswith(".css") and not dry_run}
        for name, source in sheets.items():
            self.delete(name)
            self.save(name, ContentFile(joined(*source)))
        joined_paths = {name: (self, name) for name in sheets}
        yield from super().post_process(paths | joined_paths, dry_run, **options)
