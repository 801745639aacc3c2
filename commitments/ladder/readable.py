"""The ladder's SQL as a file that `sqlite3` or `psql` runs, with its comments and the constants in force."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext_lazy as _

from commitments.ladder.dialects import DIALECTS, spelled
from commitments.ladder.statements import PARAMETER, TARGET_PARTS, UNIT_PARTS, constants, file_text

ROWS = {
    "target": (TARGET_PARTS, "target_day"),
    "unit": ((*TARGET_PARTS, *UNIT_PARTS), "unit_day"),
    "realisasi": (TARGET_PARTS, "measurement_day"),
}
LADDER_FILES = {"target": _("tiap target"), "unit": _("tiap unit"), "realisasi": _("tiap realisasi yang terhitung")}
# How each program is told the value of a named parameter; SQLite takes one that is not set for NULL.
HEADERS = {
    "sqlite": """-- sqlite3 -readonly db.sqlite3 < {name}
.headers on
.mode csv
.parameter init
.parameter set :day "'{day}'"
""",
    "postgresql": """-- psql --csv -f {name}
-- psql --csv -v day="'2019-11-02'" -f {name}
{defaults}
""",
}


def readable_sql(rows: str, database: str, day: date) -> str:
    """KeyError for rows or a database that there is no SQL for."""
    parts, select = ROWS[rows]
    expressions = ",\n\n".join(file_text(part).rstrip() for part in parts)
    text = "\n".join(map(_with_numbers, f"WITH RECURSIVE\n\n{expressions}\n\n{file_text(select)}".splitlines()))
    text = spelled(text.rstrip(), {**DIALECTS[database], "ASKED": "TRUE", "ASKED_UNIT": "TRUE"})
    names = dict.fromkeys(PARAMETER.findall(re.sub("--.*", "", text)))
    defaults = "\n".join(_default(name, rf"'\'{day}\''" if name == "day" else "NULL") for name in names)
    header = HEADERS[database].format(name=f"{rows}.{database}.sql", day=day, defaults=defaults)
    return f"{header}\n{text};\n"


def _with_numbers(line: str) -> str:
    """The line with the constants in force, but not in its comment."""
    code, dashes, comment = line.partition("--")
    for name, number in constants().items():
        code = re.sub(rf"\b{name}\b", str(number), code)
    return code + dashes + comment


def _default(name: str, value: str) -> str:
    return f"\\if :{{?{name}}}\n\\else\n  \\set {name} {value}\n\\endif"
