"""Descriptions of all data for other programs: a Data Package (Frictionless) and a catalogue (DCAT)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from commitments.api import fields, whole_list
from commitments.api.urls import API_LISTS
from commitments.lists import exports
from opd import register

PACKAGE_NAME = "melewati-seremoni"
TABLE_SCHEMA_TYPES: tuple[tuple[type, dict[str, str]], ...] = (
    (fields.IdentityField, {"type": "string", "format": "uuid"}),
    (fields.WholeNumberField, {"type": "integer"}),
    (fields.YesNoField, {"type": "boolean"}),
    (fields.MomentField, {"type": "datetime", "format": "any"}),
    (fields.FactDateField, {"type": "date"}),
    (fields.FactDecimalField, {"type": "number"}),
)
DESCRIBED_LANGUAGES = ("id", "en")  # that each field is described in; the first without an ending


def data_package(absolute: Callable[[str], str]) -> dict[str, Any]:
    """A Data Package: each list as a plain CSV, with type and meaning of each column. `absolute`: path -> URL."""
    return {
        "profile": "tabular-data-package",
        "name": PACKAGE_NAME,
        "title": "Melewati Seremoni, Kota Semarang",
        "homepage": absolute("/"),
        "licenses": [{"name": "CC-BY-4.0", "path": exports.LICENCE_URL}],
        **({"description": str(exports.DEMO_NOTICE)} if register.is_demo() else {}),
        "resources": [_resource(name) for name in API_LISTS],
    }


def _resource(name: str) -> dict[str, Any]:
    view = API_LISTS[name]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"plain/{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_in_both_languages("description", lambda: str(view.summary)),
        "schema": {"fields": [_field(key, field) for key, field in view.row().fields.items()], "missingValues": [""]},
    }


def _field(name: str, field: Any) -> dict[str, Any]:
    types = (found for kind, found in TABLE_SCHEMA_TYPES if isinstance(field, kind))
    return {
        "name": name,
        **next(types, {"type": "string"}),
        **_in_both_languages("description", lambda: str(field.help_text)),
        **({} if field.allow_null else {"constraints": {"required": True}} if _is_never_empty(field) else {}),
    }


def _is_never_empty(field: Any) -> bool:
    """Whether every row has a value: a text may be empty, a number or a day that is not null may not."""
    return isinstance(field, tuple(kind for kind, _ in TABLE_SCHEMA_TYPES))


def _in_both_languages(key: str, words: Callable[[], str]) -> dict[str, str]:
    found = {}
    for language in DESCRIBED_LANGUAGES:
        with translation.override(language):
            found[key if language == DESCRIBED_LANGUAGES[0] else f"{key}_{language}"] = words()
    return found


def catalogue(absolute: Callable[[str], str]) -> dict[str, Any]:
    """The catalogue in DCAT, as JSON-LD: each list as a dataset with its files."""
    with translation.override("id"):
        return {
            "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
            "@id": absolute("/data/catalog.jsonld"),
            "@type": "dcat:Catalog",
            "dct:title": "Melewati Seremoni, Kota Semarang",
            "dct:description": str(exports.DEMO_NOTICE) if register.is_demo() else gettext("Data register ini."),
            "dct:license": {"@id": exports.LICENCE_URL},
            "dcat:dataset": [_dataset(name, absolute) for name in API_LISTS],
        }


def _dataset(name: str, absolute: Callable[[str], str]) -> dict[str, Any]:
    files = [(f"/data/plain/{name}.csv", "text/csv")]
    files += [
        (f"/data/{name}.{one}", exports.MEDIA_TYPE_OF[one].partition(";")[0]) for one in whole_list.formats(name)
    ]
    return {
        "@id": absolute(f"/data/#{name}"),
        "@type": "dcat:Dataset",
        "dct:identifier": name,
        "dct:title": name,
        "dct:description": str(API_LISTS[name].summary),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": absolute(path)},
                "dcat:mediaType": media_type,
                "dct:license": {"@id": exports.LICENCE_URL},
            }
            for path, media_type in files
        ],
    }
