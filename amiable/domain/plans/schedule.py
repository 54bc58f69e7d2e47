"""The schedule of a plan d'apurement: from a debt to dated amounts that add up to it, to the cent.

What was asked beyond the debt is cut, what it leaves uncovered makes one instalment more: the sum of the
instalments is the debt whatever was typed. Dates are counted from the first one (TIME-04), so that a plan of
the 31st falls on the 28th of February and again on the 31st of March.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import add_months

#: Beyond this nobody follows a plan: a monthly amount that small is a slip of the keyboard.
MOST_INSTALMENTS = 240
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Instalment:
    """One amount, in cents, due on a day."""

    number: int
    due_on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Step:
    """`months` instalments in a row of the same amount, before the even ones."""

    months: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the officer and the debtor agree on. Give `months` or `amount_cents`, not both.

    starts_on: the first due date. months: how many monthly instalments, the lump sum apart. amount_cents: the
    monthly amount, the number follows. lump_cents: paid once on `starts_on`, the monthly ones following a
    month later. steps: the first instalments, when they differ. last_cents: the last one, when it differs.
    months_off: months of the year (1 to 12) without instalment.
    """

    debt_cents: int
    starts_on: date
    months: int | None = None
    amount_cents: int | None = None
    lump_cents: int = 0
    steps: tuple[Step, ...] = ()
    last_cents: int | None = None
    months_off: frozenset[int] = frozenset()


def schedule(asked: Asked) -> list[Instalment]:
    """The instalments, in order; every amount is positive and their sum is the debt.

    Raises DomainError when nothing is owed, or when no schedule can be read in what was typed."""
    _check(asked)
    amounts = _amounts(asked)
    if len(amounts) > MOST_INSTALMENTS:
        raise DomainError(
            "plan_too_long",
            f"Ce plan compterait {len(amounts)} échéances : augmentez le montant mensuel "
            f"({MOST_INSTALMENTS} échéances au plus).",
        )
    days = _days(asked.starts_on, asked.months_off)
    return [Instalment(n, next(days), cents) for n, cents in enumerate(amounts, start=1)]


def _check(asked: Asked) -> None:
    if asked.debt_cents <= 0:
        raise DomainError("nothing_owed", "Rien n’est dû à cette date : il n’y a pas de plan à établir.")
    if (asked.months is None) == (asked.amount_cents is None):
        raise DomainError(
            "plan_months_or_amount", "Indiquez le nombre de mensualités ou le montant mensuel, pas les deux."
        )
    given = [asked.months, asked.amount_cents, asked.last_cents]
    given += [part for step in asked.steps for part in (step.months, step.amount_cents)]
    if any(value is not None and value <= 0 for value in given) or asked.lump_cents < 0:
        raise DomainError("plan_not_positive", "Les montants et les durées sont supérieurs à zéro.")
    asked_for = (asked.months or 0) + sum(step.months for step in asked.steps)
    if asked_for > 2 * MOST_INSTALMENTS:
        raise DomainError("plan_too_long", f"Un plan compte {MOST_INSTALMENTS} échéances au plus.")
    if not asked.months_off <= set(range(1, _YEAR + 1)) or len(asked.months_off) >= _YEAR:
        raise DomainError("plan_no_month", "Laissez au moins un mois de l’année avec une échéance.")


def _amounts(asked: Asked) -> list[int]:
    """What is asked for first is served first; the last instalment is set apart, the rest is even."""
    left, amounts = asked.debt_cents, []
    fixed = [asked.lump_cents] if asked.lump_cents else []
    fixed += [step.amount_cents for step in asked.steps for _ in range(step.months)]
    for wanted in fixed:
        if left:
            amounts.append(min(wanted, left))
            left -= amounts[-1]
    last = min(asked.last_cents or 0, left)
    left -= last
    taken = len(fixed) - bool(asked.lump_cents) + bool(last)
    return [*amounts, *_even(left, asked, taken), *([last] if last else [])]


def _even(left: int, asked: Asked, taken: int) -> list[int]:
    """`left` in equal amounts, the last one rounding it off."""
    if not left:
        return []
    if asked.amount_cents is not None:
        count, rest = divmod(left, asked.amount_cents)
        if count > MOST_INSTALMENTS:
            raise DomainError(
                "plan_too_long", f"À ce montant, le plan dépasse {MOST_INSTALMENTS} échéances : augmentez-le."
            )
        return [asked.amount_cents] * count + ([rest] if rest else [])
    # An instalment of less than a cent does not exist: a tiny debt makes fewer of them.
    count = min(max(1, (asked.months or 0) - taken), left)
    return [left // count] * (count - 1) + [left - left // count * (count - 1)]


def _days(starts_on: date, months_off: frozenset[int]) -> Iterator[date]:
    number = 0
    while True:
        day = add_months(starts_on, number)
        if day.month not in months_off:
            yield day
        number += 1


def on_day(month: date, day: int) -> date:
    """That day of the month of `month`, or its last one."""
    first = month.replace(day=1)
    return min(first + timedelta(days=day - 1), add_months(first, 1) - timedelta(days=1))


def first_due_on(not_before: date, rent_day: int, gap_days: int = 0) -> date:
    """The first date from `not_before` on that falls `gap_days` after the rent's own day (0: that very day).

    A plan joins the rent's debit, or stays away from it so that both are not taken from the same pay."""
    months = (on_day(add_months(not_before.replace(day=1), n), rent_day) for n in range(-2, 3))
    return min(day for month in months if (day := month + timedelta(days=gap_days)) >= not_before)


def span_months(instalments: list[Instalment]) -> int:
    """How many months the plan takes, from the first due date to the last, both counted."""
    first, last = instalments[0].due_on, instalments[-1].due_on
    return (last.year - first.year) * _YEAR + last.month - first.month + 1
