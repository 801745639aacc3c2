"""Limits of stored numbers, so that both databases read back what was written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

MAX_VALUE = Decimal(
    "99999999999.9999"
)  # 15 digits, 4 of them decimals: beyond that SQLite cannot read a decimal back


def within_digits(*columns: str) -> Q:
    """A condition: each column is empty, or has at most 15 digits and 4 decimals."""
    fits = Q()
    for column in columns:
        fits &= Q(**{column: None}) | Q(
            **{f"{column}__gte": -MAX_VALUE, f"{column}__lte": MAX_VALUE, column: Round(F(column), 4)}
        )
    return fits


def value_field(label: str, **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=15, decimal_places=4, **options)
