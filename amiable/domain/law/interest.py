"""Legal interest of a sum between two days (DUN-04, INT-01): simple, by half-year, at the creditor's column.

    interest(100_000, date(2026, 5, 15), date(2026, 9, 15), "autres_cas").cents   -> 910

The days run from the day after the first to the last included, each at the rate of its half-year over the
days of its own year. Exact to the end, rounded once. The surcharge of a judgment left unpaid is told apart.
Nothing is estimated: a half-year whose rate nobody sourced refuses.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from amiable.domain.errors import DomainError
from amiable.domain.law.limits import limit
from amiable.domain.law.values import LawValue, Overrides, get

RATES = "INT-01"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of one half-year, all at one rate: percent a year, and the points of the surcharge beside it."""

    from_on: date
    to_on: date
    rate: LawValue
    surcharge: Decimal

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    @property
    def year_days(self) -> int:
        return 366 if isleap(self.to_on.year) else 365

    def of(self, percent: Decimal | int) -> Fraction:
        """What a rate brings a cent of principal over the period."""
        return Fraction(percent) * self.days / (100 * self.year_days)


@dataclass(frozen=True, slots=True)
class Interest:
    """cents: everything, surcharge included; surcharge_cents: its part."""

    cents: int
    surcharge_cents: int
    surcharge_from: date | None
    periods: tuple[Period, ...]

    @property
    def base_cents(self) -> int:
        return self.cents - self.surcharge_cents


def interest(
    principal_cents: int,
    from_on: date,
    to_on: date,
    column: str,
    *,
    served_on: date | None = None,
    overrides: Overrides | None = None,
) -> Interest:
    """The interest of `principal_cents` from the day after `from_on` to `to_on` included.

    column: a key of INT-01, that of the creditor. served_on: when the judgment that allows it was served.
    Raises DomainError: a negative sum, days the wrong way round, a half-year without a sourced rate.
    """
    if principal_cents < 0 or to_on < from_on:
        raise DomainError(
            "interest.bad_request",
            "L’intérêt se calcule sur une somme positive, d’une date à une autre qui la suit.",
        )
    surcharge_from = None
    if served_on is not None:
        # Two calendar months that have expired: never rolled to a working day.
        surcharge_from = limit(RATES, served_on, overrides=overrides).first_day
    periods = tuple(_periods(from_on + _DAY, to_on, column, surcharge_from, overrides))
    base = sum((period.of(period.rate.number) for period in periods), Fraction(0))
    more = sum((period.of(period.surcharge) for period in periods), Fraction(0))
    total, alone = _half_up(principal_cents * (base + more)), _half_up(principal_cents * base)
    return Interest(total, total - alone, surcharge_from, periods)


def _periods(
    first: date, last: date, column: str, surcharge_from: date | None, overrides: Overrides | None
) -> Iterator[Period]:
    while first <= last:
        begins, ends = _half_year(first)
        points = Decimal(0)
        if surcharge_from is not None and first >= surcharge_from:
            points = Decimal(get(RATES, begins, "surcharge", overrides=overrides).number)
        elif surcharge_from is not None:
            ends = min(ends, surcharge_from - _DAY)
        ends = min(ends, last)
        yield Period(first, ends, get(RATES, begins, column, overrides=overrides), points)
        first = ends + _DAY


def _half_year(day: date) -> tuple[date, date]:
    if day.month <= 6:
        return date(day.year, 1, 1), date(day.year, 6, 30)
    return date(day.year, 7, 1), date(day.year, 12, 31)


def _half_up(cents: Fraction) -> int:
    return int(cents + Fraction(1, 2))
