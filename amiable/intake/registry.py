"""Files that are no list: each room above says how its own are taken, and what money they already brought."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

import polars as pl

from amiable.core.models import Office
from amiable.intake.batches import Report
from amiable.intake.models import Import

#: What `Received` gives: payments and rejets posted by files of that kind, none that was cancelled since.
RECEIVED = {
    "entry_id": pl.Int64,
    "account_id": pl.Int64,
    "kind": pl.Int8,
    "amount_cents": pl.Int64,
    "booked_on": pl.Date,
    "reference": pl.String,
}


class Take(Protocol):
    """Post a file of that kind inside `file`, its one transaction."""

    def __call__(self, *, office: Office, data: bytes, file: AbstractContextManager[Import]) -> Report: ...


class Received(Protocol):
    """Payments of some days, as RECEIVED: a list that brings them again counts doubles."""

    def __call__(self, office: Office, first: date, last: date) -> pl.DataFrame: ...


_TAKEN: dict[str, tuple[Take, Received]] = {}


def register(list_kind: str, take: Take, received: Received) -> None:
    """Say how files of `list_kind` are taken."""
    _TAKEN[list_kind] = (take, received)


def taker(list_kind: str) -> Take | None:
    """How a file of that kind is taken; None for a list."""
    return _TAKEN[list_kind][0] if list_kind in _TAKEN else None


def received(office: Office, first: date, last: date) -> pl.DataFrame:
    """Every payment that a file which is no list brought, as RECEIVED."""
    frames = [ask(office, first, last) for _, ask in _TAKEN.values()]
    return pl.concat([pl.DataFrame(schema=RECEIVED), *frames])
