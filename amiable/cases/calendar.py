"""Every legal limit of an office in one list: of dossiers, of the CAF, of prescriptions, of other rooms.

A source is a queryset of whatever holds the limit; the list is their union, counted, ordered and cut by the
database. A room adds its own with `register`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, Value

from amiable.accounts.models import Account
from amiable.cases.models import Dossier, DossierLimit
from amiable.core.access import scope
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain import law
from amiable.domain.cases.kind import OPEN
from amiable.positions.models import AccountPosition

#: How far a prescription is shown ahead: an interruption takes time.
_ALARM_DAYS = 180
COLUMNS = ("account_ref", "day", "law_rule", "source", "dossier_ref")


@dataclass(frozen=True)
class Source:
    """rows(today): what holds limits, before the user's scope. account: the way to the account's id (`pk` for
    a position). day, rule: columns. words: law rule -> (what it is, what happens after it)."""

    code: str
    rows: Callable[[date], QuerySet[Any]]
    account: str
    agent: str
    day: str
    rule: Any
    words: Callable[[str], tuple[str, str]]
    dossier: str = ""


@dataclass(frozen=True)
class LegalLimit:
    """One line of the calendar."""

    account: Account
    limit_on: date
    rule: str
    label: str
    consequence: str
    article: str
    dossier_id: int | None
    key: str

    def days_left(self, today: date) -> int:
        return (self.limit_on - today).days


@dataclass(frozen=True)
class Wanted:
    """What the screen asks for; empty means everything."""

    rule: str = ""
    agency_id: int | None = None
    officer_id: int | None = None
    until: date | None = None
    late: bool = False


_SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    _SOURCES[source.code] = source


def rows_for(user: User, today: date, wanted: Wanted) -> QuerySet[Any]:
    """COLUMNS of every limit the user may see, nearest first: to count, to slice, to iterate. One query."""
    found = [_narrow(scope(source.rows(today), user), source, today, wanted) for source in _SOURCES.values()]
    first, *others = found
    return (first.union(*others, all=True) if others else first).order_by("day", "account_ref", "law_rule")


def _narrow(rows: QuerySet[Any], source: Source, today: date, wanted: Wanted) -> QuerySet[Any]:
    dossier = F(source.dossier) if source.dossier else Value(None, BigIntegerField())
    rows = rows.order_by().annotate(
        account_ref=F(source.account),
        day=F(source.day),
        law_rule=source.rule,
        source=Value(source.code, CharField()),
        dossier_ref=dossier,
    )
    narrow = Q()
    if wanted.rule:
        narrow &= Q(law_rule=wanted.rule)
    if wanted.agency_id is not None:
        narrow &= Q(**{f"{source.agent}agency_id": wanted.agency_id})
    if wanted.officer_id is not None:
        narrow &= Q(**{f"{source.agent}officer_id": wanted.officer_id})
    if wanted.until is not None:
        narrow &= Q(day__lte=wanted.until)
    if wanted.late:
        narrow &= Q(day__lt=today)
    return rows.filter(narrow).values_list(*COLUMNS)


def told(rows: Iterable[tuple[Any, ...]]) -> list[LegalLimit]:
    """The lines in words, with their accounts. Two queries: a dossier's limit has words of its own."""
    kept = list(rows)
    accounts = Account.objects.select_related("person", "agency", "officer").in_bulk({row[0] for row in kept})
    limits = DossierLimit.objects.filter(dossier__in={row[4] for row in kept if row[4]}, closed_on=None)
    own = {(one.dossier_id, one.rule, one.limit_on): (one.label, one.consequence) for one in limits}
    return [_told(row, accounts[row[0]], own) for row in kept if row[0] in accounts]


def _told(
    row: tuple[Any, ...], account: Account, own: Mapping[tuple[int, str, date], tuple[str, str]]
) -> LegalLimit:
    _, day, rule, source, dossier_id = row
    label, consequence = own.get((dossier_id, rule, day)) or _SOURCES[source].words(rule)
    return LegalLimit(
        account=account,
        limit_on=day,
        rule=rule,
        label=label,
        consequence=consequence,
        article=law.rule(rule).source,
        dossier_id=dossier_id,
        key=f"{source}-{account.pk}-{rule}-{day.isoformat()}",
    )


def pressing(user: User, until: date) -> int:
    """How many limits of dossiers the user may see are past, or end by that day. One indexed count."""
    return scope(_dossiers(until).filter(limit_on__lte=until), user).count()


def _dossiers(today: date) -> QuerySet[DossierLimit]:
    return DossierLimit.objects.filter(closed_on=None, dossier__stage__in=OPEN)


def _caf(today: date) -> QuerySet[AccountPosition]:
    """Signalements to make for which no dossier is open yet, and that nobody noted as done."""
    mine = {"account_id": OuterRef("account_id")}
    begun = Dossier.objects.filter(**mine, kind="caf", stage__in=OPEN)
    done = DiaryEntry.objects.filter(
        **mine, step="signalement_caf", on__gte=OuterRef("caf_constituted_on")
    ).exclude(kind="step_skipped")
    rows = AccountPosition.objects.filter(caf_limit_on__isnull=False)
    return rows.filter(~Exists(begun), ~Exists(done))


def _prescriptions(today: date) -> QuerySet[AccountPosition]:
    """The oldest unpaid échéance prescribes soon (TIME-01); once prescribed it is no limit any more."""
    return AccountPosition.objects.filter(
        prescribes_on__gte=today, prescribes_on__lte=today + timedelta(days=_ALARM_DAYS), overdue_cents__gt=0
    )


def _law_words(rule: str) -> tuple[str, str]:
    return _WORDS.get(rule) or (law.rule(rule).title, "")


_WORDS = {
    "CAF-04": (
        "Signalement de l’impayé à la caisse",
        "Pénalité : une part des sommes indûment versées, plafonnée (CAF-06).",
    ),
    "TIME-01": (
        "Prescription de la plus ancienne échéance",
        "L’échéance ne peut plus être demandée en justice, sauf acte ou reconnaissance écrite.",
    ),
}
register(
    Source(
        "dossier",
        _dossiers,
        account="dossier__account_id",
        agent="dossier__account__",
        day="limit_on",
        rule=F("rule"),
        words=_law_words,
        dossier="dossier_id",
    )
)
register(
    Source(
        "caf",
        _caf,
        account="account_id",
        agent="account__",
        day="caf_limit_on",
        rule=Value("CAF-04", CharField()),
        words=_law_words,
    )
)
register(
    Source(
        "prescription",
        _prescriptions,
        account="account_id",
        agent="account__",
        day="prescribes_on",
        rule=Value("TIME-01", CharField()),
        words=_law_words,
    )
)
