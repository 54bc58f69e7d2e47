"""A month is closed once, after the one before it, and sealed: nothing enters it any more."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Min

from amiable.books.models import Close, Line
from amiable.books.projecting import project, stored
from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.domain.books.numbers import by_month, numbered, seal
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import add_months
from amiable.ledger.facts import last_entry_id


def next_period(office: Office) -> date | None:
    """First day of the month to close next: the one after the last close, else that of the first line."""
    last = Close.objects.filter(office=office).order_by("-period").first()
    if last is not None:
        return add_months(last.period, 1)
    first = Line.objects.filter(office=office).aggregate(first=Min("booked_on"))["first"]
    return first.replace(day=1) if first else None


def close_month(*, office: Office, period: date, actor: User | None, today: date) -> Close:
    """Close and seal the month that `period` is in. Raises DomainError when it is not over, or not the next.

    No entry is written meanwhile: what the seal covers is exactly what the ledger held.
    """
    month = period.replace(day=1)
    project()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE ledger_entry IN SHARE MODE")
        project()
        _refuse(office, month, today)
        own = stored(office, add_months(month, 1) - timedelta(days=1))
        inside = by_month(own).get(month, numbered(own.clear()))
        before = Close.objects.filter(office=office).order_by("-period").first()
        made = Close.objects.create(
            office=office,
            period=month,
            closed_on=today,
            upto_entry_id=last_entry_id(),
            lines=inside.height,
            debit_cents=inside["debit_cents"].sum(),
            seal=seal(inside, before.seal if before else ""),
            closed_by=actor,
        )
        record("books.closed", office=office, actor=actor, target=made, data={"period": f"{month:%Y-%m}"})
    return made


def _refuse(office: Office, month: date, today: date) -> None:
    wanted = next_period(office)
    if wanted is None:
        raise DomainError("books.empty", "Les livres n’ont encore aucune écriture : rien n’est à clore.")
    if month < wanted:
        raise DomainError("books.already_closed", f"Le mois {month:%m/%Y} est déjà clos, ou sans écriture.")
    if month > wanted:
        raise DomainError("books.not_next", f"Le mois à clore est {wanted:%m/%Y} : un mois suit l’autre.")
    if add_months(month, 1) > today:
        raise DomainError("books.not_over", f"Le mois {month:%m/%Y} n’est pas terminé.")
