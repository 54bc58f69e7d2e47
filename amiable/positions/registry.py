"""Facts of the rooms above: each registers its provider when it loads; `positions` never imports them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from amiable.domain.settlement.aid import AidPolicy


@dataclass(frozen=True, slots=True)
class Scope:
    """What a provider may need to know of the accounts it is asked about.

    figures: account_id and the engine's columns (`amiable.domain.figures.FIGURES`), among them overdue_cents
    and claimed_since_on, from which the spell of the part that is claimed runs. step_codes: every step whose
    last date the procedures read (columns `days_since.<code>`). caf_step_codes: those that declare the debt
    to the CAF; they stand as long as the CAF's own spell does, from first_default_on. aid: when aid is
    expected. awaited_step_codes: those whose reception is awaited (columns `days_since_notified.<code>`).
    alert_step_codes: reason of a rejected debit -> the steps that answer it, the most pressing reason first.
    contact_step_codes: those that address the person; contact_gap_days: how long the office then leaves them.
    """

    figures: pl.DataFrame
    step_codes: tuple[str, ...] = ()
    caf_step_codes: tuple[str, ...] = ()
    aid: AidPolicy = AidPolicy()
    awaited_step_codes: tuple[str, ...] = ()
    alert_step_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contact_step_codes: tuple[str, ...] = ()
    contact_gap_days: int = 0


#: (ids, or None for the whole office; office_id; as_of; scope) -> rows of accounts with something to say.
Provider = Callable[[list[int] | None, int, date, Scope], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Registered:
    """A provider and the columns it declares; with `per_step` it also gives `days_since.<code>` columns."""

    provider: Provider
    columns: Mapping[str, pl.DataType | type[pl.DataType]]
    per_step: bool = False


#: (ids, or None for the whole office; office_id; as_of; codes of steps that interrupt) -> account_id, on.
Interruptions = Callable[[list[int] | None, int, date, tuple[str, ...]], pl.DataFrame]

_INTERRUPTIONS: list[Interruptions] = []
_REGISTERED: dict[str, Registered] = {}


def register(
    provider: Provider,
    columns: Mapping[str, pl.DataType | type[pl.DataType]],
    *,
    per_step: bool = False,
) -> None:
    """Add a provider, once; two providers giving the same column are an error of the code."""
    name = f"{provider.__module__}.{provider.__qualname__}"
    for other, known in _REGISTERED.items():
        if other != name and set(known.columns) & set(columns):
            raise ValueError(f"{name} and {other} both give {sorted(set(known.columns) & set(columns))}")
    _REGISTERED[name] = Registered(provider, dict(columns), per_step)


def registered() -> tuple[Registered, ...]:
    """Every provider, in the order they registered."""
    return tuple(_REGISTERED.values())


def register_interruptions(provider: Interruptions) -> None:
    """Who knows what interrupted a prescription (TIME-02, PUB-07): the figures need it first."""
    if provider not in _INTERRUPTIONS:
        _INTERRUPTIONS.append(provider)


def interruptions(
    ids: list[int] | None, office_id: int, as_of: date, step_codes: tuple[str, ...]
) -> pl.DataFrame:
    """account_id, on: every day on which a prescription was interrupted, known on `as_of`."""
    empty = pl.DataFrame(schema={"account_id": pl.Int64, "on": pl.Date})
    return pl.concat([empty, *(given(ids, office_id, as_of, step_codes) for given in _INTERRUPTIONS)])
