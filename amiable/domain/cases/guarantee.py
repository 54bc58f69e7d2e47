"""A rent guarantee of Action Logement (Visale, LOCA-PASS): since when it may be called, and for which terms.

The impayé is constituted (AL-02) on the first day of a spell of debt on which the unpaid terms exceed the
months the contract says. A term is what is due in one month; a guarantor pays so many of them, each up to a
cap. Pure; money in cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from amiable.domain import law
from amiable.domain.settlement.aid import with_terms
from amiable.domain.settlement.caf import third_party_aid
from amiable.domain.settlement.postings import HOUSING_KINDS

VISALE, LOCAPASS = "visale", "locapass"


@dataclass(frozen=True, slots=True)
class Threshold:
    """AL-02, in months of rent and charges less the aid: partial terms above, or full ones reaching."""

    partial_months: float
    full_months: float


def threshold(on: date, overrides: law.Overrides | None = None) -> Threshold:
    """AL-02 as in force that day."""
    partial, full = (
        law.get("AL-02", on, key, overrides=overrides) for key in ("partial_months", "full_months")
    )
    return Threshold(float(partial.number), float(full.number))


def constituted(spell: pl.DataFrame, terms: pl.DataFrame, limit: Threshold) -> pl.DataFrame:
    """account_id, guarantee_constituted_on: the first day of the spell on which the debt is large enough.

    spell: rows of `caf.spells` (fees and the aid still expected are no rent unpaid). Two full terms unpaid
    are a debt of twice the monthly base."""
    base = pl.col("rent_cents") + pl.col("charges_cents") - third_party_aid()
    debt = pl.col("debt_cents")
    reached = (debt > base * limit.partial_months) | (debt >= base * limit.full_months)
    held = with_terms(spell, terms, "on").filter((reached & (base > 0)).fill_null(False))
    return held.group_by("account_id").agg(pl.col("on").min().alias("guarantee_constituted_on"))


class Unpaid(Protocol):
    """An unpaid item of the ledger."""

    @property
    def entry_id(self) -> int: ...
    @property
    def kind(self) -> int: ...
    @property
    def due_on(self) -> date: ...
    @property
    def rest_cents(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Term:
    """What is unpaid of one month. parts: (entry, cents the guarantor is asked of it), oldest due first."""

    month: date
    unpaid_cents: int
    parts: tuple[tuple[int, int], ...]

    @property
    def asked_cents(self) -> int:
        return sum(cents for _, cents in self.parts)


def terms_to_call(
    items: Iterable[Unpaid],
    *,
    after: date | None,
    until: date,
    cap_cents: int | None = None,
    left: int | None = None,
) -> list[Term]:
    """The unpaid terms due after `after` (of the last call) and up to `until`, oldest first.

    Rent, charges and SLS only, never a fee. cap_cents: the most one term is paid; left: how many terms are
    still covered."""
    months: dict[date, list[Unpaid]] = {}
    for item in items:
        called = after is not None and item.due_on <= after
        if item.kind in HOUSING_KINDS and item.rest_cents > 0 and item.due_on <= until and not called:
            months.setdefault(item.due_on.replace(day=1), []).append(item)
    wanted = sorted(months.items())[:left]
    return [_term(month, rows, cap_cents) for month, rows in wanted]


def _term(month: date, rows: Sequence[Unpaid], cap_cents: int | None) -> Term:
    ordered = sorted(rows, key=lambda one: (one.due_on, one.entry_id))
    total = sum(one.rest_cents for one in ordered)
    left, parts = total if cap_cents is None else min(total, cap_cents), []
    for one in ordered:
        part = min(left, one.rest_cents)
        if part:
            parts.append((one.entry_id, part))
            left -= part
    return Term(month, total, tuple(parts))


def share_out(asked: Iterable[tuple[int, int]], paid_cents: int) -> list[tuple[int, int]]:
    """(entry, cents) of what a payment settles of what was asked, in its order, never above it. Their sum is
    the payment, or all that was asked when it is larger."""
    found = []
    for entry_id, cents in asked:
        part = min(cents, paid_cents)
        if part > 0:
            found.append((entry_id, part))
            paid_cents -= part
    return found
