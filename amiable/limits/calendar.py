"""Every legal limit of an office in one list: those kept here, and what other rooms compute.

A source (`LimitSource` in a room's `room.py`) is a queryset with COLUMNS; the list is their union, counted,
ordered and cut by the database. Whoever shows limits reads it: the day, the calendar, the fiche, the feed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.utils.module_loading import import_string

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import User
from amiable.core.rooms import house
from amiable.domain import law

#: What a source annotates: the account, its agency and officer, the last day, the law's rule, the dossier.
COLUMNS = ("account_ref", "agency_ref", "officer_ref", "day", "law_rule", "case_ref")
_TOLD = ("account_ref", "day", "law_rule", "case_ref", "source")


@dataclass(frozen=True)
class LegalLimit:
    """One line of the calendar."""

    account: Account
    limit_on: date
    rule: str
    label: str
    consequence: str
    article: str
    case_id: int | None
    key: str

    def days_left(self, today: date) -> int:
        return (self.limit_on - today).days


@dataclass(frozen=True)
class Wanted:
    """What is asked; empty means everything."""

    rule: str = ""
    agency_id: int | None = None
    officer_id: int | None = None
    since: date | None = None
    until: date | None = None
    late: bool = False


@dataclass(frozen=True)
class Figures:
    """How many limits have passed, how many have or do by the next day, and the next day one ends."""

    late: int
    pressing: int
    next_on: date | None


def rows_for(user: User, today: date, wanted: Wanted) -> QuerySet[Any]:
    """The limits the user may see, nearest first: to count, to slice, to iterate. One query."""
    return _union(today, wanted, lambda rows: scope(rows, user))


def figures(user: User, today: date, wanted: Wanted) -> Figures:
    """What is said of the limits the user may see. Three queries."""
    coming = rows_for(user, today, replace(wanted, since=today))[:1]
    return Figures(
        late=rows_for(user, today, replace(wanted, late=True)).count(),
        pressing=rows_for(user, today, replace(wanted, until=today + timedelta(days=1))).count(),
        next_on=next((row[1] for row in coming), None),
    )


def of_accounts(account_ids: Collection[int], today: date) -> dict[int, list[LegalLimit]]:
    """The limits of these accounts, which their reader may see, nearest first. Two queries."""
    found: dict[int, list[LegalLimit]] = {}
    mine = _union(today, Wanted(), lambda rows: rows.filter(account_ref__in=account_ids))
    for one in told(mine):
        found.setdefault(one.account.pk, []).append(one)
    return found


def _union(today: date, wanted: Wanted, within: Callable[[QuerySet[Any]], QuerySet[Any]]) -> QuerySet[Any]:
    first, *others = (_narrow(within(rows(today)), code, today, wanted) for code, rows in _sources())
    return (first.union(*others, all=True) if others else first).order_by("day", "account_ref", "law_rule")


@lru_cache(maxsize=1)
def _sources() -> tuple[tuple[str, Callable[[date], QuerySet[Any]]], ...]:
    return tuple((one.code, import_string(one.rows)) for one in house().limits)


def _narrow(rows: QuerySet[Any], code: str, today: date, wanted: Wanted) -> QuerySet[Any]:
    narrow = Q()
    for column, value in (
        ("law_rule", wanted.rule or None),
        ("agency_ref", wanted.agency_id),
        ("officer_ref", wanted.officer_id),
        ("day__gte", wanted.since),
        ("day__lte", wanted.until),
        ("day__lt", today if wanted.late else None),
    ):
        if value is not None:
            narrow &= Q(**{column: value})
    return rows.order_by().filter(narrow).annotate(source=Value(code, CharField())).values_list(*_TOLD)


def told(rows: Iterable[tuple[Any, ...]]) -> list[LegalLimit]:
    """The lines in the law's words, with their accounts. One query."""
    kept = list(rows)
    accounts = Account.objects.select_related("person", "agency", "officer").in_bulk({row[0] for row in kept})
    return [_told(row, accounts[row[0]]) for row in kept if row[0] in accounts]


def _told(row: tuple[Any, ...], account: Account) -> LegalLimit:
    _, day, rule, case_id, source = row
    words = law.limit_words(rule)
    return LegalLimit(
        account=account,
        limit_on=day,
        rule=rule,
        label=words.label,
        consequence=words.consequence,
        article=law.rule(rule).source,
        case_id=case_id,
        key=f"{source}-{account.pk}-{rule}-{day.isoformat()}",
    )
