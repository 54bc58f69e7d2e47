"""Whether promises were kept, from the payments alone. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

PENDING, KEPT, BROKEN = "pending", "kept", "broken"


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise of one account: amount in cents, from the day it was made to the day it is due."""

    id: int
    made_on: date
    due_on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Received:
    """Money received (cents, net of what was rejected since)."""

    on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Followed:
    """status: pending, kept or broken; settled_on: the day it became so; received_cents: counted for it."""

    id: int
    status: str
    received_cents: int
    settled_on: date | None


def follow(
    promises: Iterable[Promised], payments: Iterable[Received], as_of: date, grace_days: int
) -> list[Followed]:
    """Each promise of ONE account judged on `as_of`. A euro keeps one promise only: the earliest due first.

    Counted: payments from the day the promise was made to its due date plus the grace. Kept as soon as they
    reach the amount; broken the day after the grace.
    """
    purse = [[pay.on, pay.amount_cents] for pay in sorted(payments, key=lambda pay: pay.on)]
    found = []
    for promise in sorted(promises, key=lambda one: (one.due_on, one.id)):
        last_day = promise.due_on + timedelta(days=grace_days)
        received, kept_on = _take(purse, promise, min(last_day, as_of))
        if kept_on is not None:
            found.append(Followed(promise.id, KEPT, received, kept_on))
        elif as_of > last_day:
            found.append(Followed(promise.id, BROKEN, received, last_day + timedelta(days=1)))
        else:
            found.append(Followed(promise.id, PENDING, received, None))
    return found


def _take(purse: list[list], promise: Promised, last_day: date) -> tuple[int, date | None]:
    """Money taken out of the purse for this promise, and the day the amount was reached."""
    received = 0
    for payment in purse:
        if not promise.made_on <= payment[0] <= last_day:
            continue
        part = min(payment[1], promise.amount_cents - received)
        payment[1] -= part
        received += part
        if received >= promise.amount_cents:
            return received, payment[0]
    return received, None
