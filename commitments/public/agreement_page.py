"""The figures of the page of the agreement: who signed on 2 November 2017, as what, and how certain that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from commitments.models import Memorandum, Signature
from commitments.reports.home_page import agreement, grouped, in_order, signers
from opd.models import Certainty


@dataclass(frozen=True)
class SignersOfKind:
    """The units of one group that signed, each with its signature."""

    code: str
    rows: tuple[tuple[Any, Signature], ...]  # (unit with its name, signature)


@dataclass(frozen=True)
class AgreementPage:
    """Everything on the page of the agreement."""

    memorandum: Memorandum
    signed: int
    before: tuple[Signature, ...]
    co_signers: tuple[Signature, ...]
    parties: tuple[SignersOfKind, ...]
    withdrawn: tuple[Signature, ...]
    certainties: tuple[tuple[Certainty, int], ...]  # of the units, never of their signatures

    @property
    def differs(self) -> bool:
        return self.memorandum.parties_stated not in (None, self.signed)


def agreement_page(day: date) -> AgreementPage | None:
    """The agreement with the names of a day; None while there is no agreement."""
    memorandum = agreement()
    if memorandum is None:
        return None
    signatures = list(memorandum.signatures.select_related("unit", "person").order_by("pk"))
    valid = [row for row in signatures if row.stands]
    of_unit = {row.unit_id: row for row in valid if row.capacity == Signature.Capacity.PARTY}
    units = in_order(signers(memorandum).with_names(day))
    counts = Counter(unit.certainty for unit in units)
    return AgreementPage(
        memorandum=memorandum,
        signed=len(units),
        before=tuple(row for row in valid if row.capacity == Signature.Capacity.BEFORE),
        co_signers=tuple(row for row in valid if row.capacity == Signature.Capacity.CO_SIGNER),
        parties=tuple(
            SignersOfKind(group.code, tuple((unit, of_unit[unit.pk]) for unit in group.units))
            for group in grouped(units)
        ),
        withdrawn=tuple(row for row in signatures if not row.stands),
        certainties=tuple((certainty, counts[certainty]) for certainty in Certainty if counts[certainty]),
    )
