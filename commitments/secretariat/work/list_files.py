"""Lists of the desk as files, written as all other files are."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase

from commitments.lists.exports import SHEET_FORMATS, ExportSheet, download
from opd import clock
from opd.roster import read_only


def list_file(name: str, title: str, address: str, rows: list[list[Any]], *, format_: str) -> HttpResponseBase:
    return download(ExportSheet(name, title, clock.today(), address, rows), format_)


read_only.LIST_FILES |= {format_: partial(list_file, format_=format_) for format_ in SHEET_FORMATS}
