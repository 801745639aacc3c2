"""Check that every value is stored the one way in which Django writes it.

Only SQLite would store it in another way. Then a page, which reads it in Python, and the ladder, which compares it
in SQL, would each understand something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, models

MISWRITTEN_KINDS = (  # SQL over {column} that holds for a value spelled otherwise; the first kind that fits decides
    (models.BooleanField, "{column} NOT IN (0, 1)"),
    (
        models.DateTimeField,
        "substr({column}, 1, 19) IS NOT strftime('%Y-%m-%d %H:%M:%S', substr({column}, 1, 19))"
        " OR length({column}) NOT IN (19, 26)"
        " OR substr({column}, 20) NOT IN ('') AND ({column} NOT GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]'"
        " OR {column} GLOB '*.000000')",
    ),
    (models.DateField, "{column} IS NOT date({column})"),
    (models.DecimalField, "typeof({column}) NOT IN ('integer', 'real') OR {column} <> round({column}, 4)"),
    (models.UUIDField, "length({column}) <> 32 OR {column} GLOB '*[^0-9a-f]*'"),
    ((models.CharField, models.TextField), "typeof({column}) <> 'text'"),
    ((models.IntegerField, models.ForeignKey), "typeof({column}) <> 'integer'"),
)


def miswritten(model: type[models.Model]) -> Iterator[int]:
    """Primary keys of the rows of a table with a value stored in another way."""
    if connection.vendor != "sqlite":
        return
    wrong = " OR ".join(_wrong(field) for field in model._meta.local_concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{model._meta.db_table}" WHERE {wrong} ORDER BY id')  # noqa: S608 - our names
        for (pk,) in cursor.fetchall():
            yield pk


def _wrong(field: Any) -> str:
    column = f'"{field.column}"'
    sql = next(sql for kind, sql in MISWRITTEN_KINDS if isinstance(field, kind))
    return f"({column} IS NOT NULL AND ({sql.format(column=column)}))"
