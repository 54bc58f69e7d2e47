"""Questions about plans, read by screens and by the rooms above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import Office, User
from amiable.correspondence.models import OutboxItem
from amiable.domain.plans.following import pieces
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.household import queries as household
from amiable.ledger.models import Entry
from amiable.plans.facts import CONGRATULATE, NEWS_DAYS, thanked
from amiable.plans.following import followed, in_force_on
from amiable.plans.lifecycle import PREPARED, State
from amiable.plans.models import Instalment, Plan, PlanVersion


def capacity_of(account: Account, today: date) -> int | None:
    """What the household can pay back each month, in cents; None as long as its budget is not known."""
    return household.capacity_of(account, today)


def current_versions(accounts: Iterable[Account]) -> QuerySet[PlanVersion]:
    """Versions in force or in preparation that cover one of the accounts, newest first."""
    return (
        PlanVersion.objects.filter(state__in=(*PREPARED, State.ACTIVE), plan__accounts__in=list(accounts))
        .select_related("plan__account", "plan__person")
        .order_by("-pk")
        .distinct()
    )


def to_approve(user: User) -> QuerySet[PlanVersion]:
    """Plans beyond the delegation that wait for a head, within the user's scope."""
    return scope(PlanVersion.objects.filter(state=State.TO_APPROVE), user).distinct()


def to_congratulate(today: date) -> Q:
    """Plans kept lately whose word of thanks neither left nor waits to leave. The day's list proposes it to
    those who owe again; most owe nothing any more, and are found here only."""
    waiting = OutboxItem.objects.filter(
        account_id=OuterRef("plan__account_id"), step=CONGRATULATE, status__in=("waiting", "sending")
    )
    kept = Q(state=State.COMPLETED, ended_on__gt=today - timedelta(days=NEWS_DAYS), ended_on__lte=today)
    return kept & ~Q(thanked()) & ~Q(Exists(waiting))


def rent_day(account: Account) -> int:
    """The day of the month the rent falls due, by its last call; the first when none is known."""
    last = Entry.objects.filter(account=account, kind=EntryKind.QUITTANCE).order_by("-due_on", "-pk").first()
    return last.due_on.day if last is not None and last.due_on else 1


@dataclass
class Line:
    """An instalment as a page shows it: what it received, from which payments, since when it is late."""

    instalment: Instalment
    paid_cents: int
    paid_on: date | None
    days_late: int
    payments: list[tuple[date, int]] = field(default_factory=list)

    @property
    def rest_cents(self) -> int:
        return self.instalment.amount_cents - self.paid_cents


@dataclass
class Told:
    """A version followed on a day. `row`: the columns of `plan_following.FOLLOWED`."""

    version: PlanVersion
    row: dict[str, Any]
    lines: list[Line]


def tell(version: PlanVersion, as_of: date) -> Told:
    """The version read from the ledger now: its figures, and each payment against each instalment."""
    found, received = followed([version], version.plan.office, as_of)
    by_number: dict[int, list[tuple[date, int]]] = {}
    for row in pieces(found, received.paid).iter_rows(named=True):
        by_number.setdefault(row["number"], []).append((row["on"], row["amount_cents"]))
    told = {row["number"]: row for row in found.instalments.iter_rows(named=True)}
    lines = []
    for one in version.instalments.all():
        row = told[one.number]
        late = (as_of - one.due_on).days if row["paid_cents"] < one.amount_cents else 0
        paid_on = row["paid_on"]
        lines.append(Line(one, row["paid_cents"], paid_on, max(0, late), by_number.get(one.number, [])))
    return Told(version, found.plans.row(0, named=True), lines)


#: A plan in force and its follow-up (columns of `plan_following.FOLLOWED`).
Row = tuple[PlanVersion, dict[str, Any]]


def status_rows(office: Office, as_of: date, account: Account | None = None) -> list[Row]:
    """Plans in force on a day, of the office or of one account, with their follow-up; by reference."""
    rows = PlanVersion.objects.filter(in_force_on(as_of), plan__office=office)
    if account is not None:
        rows = rows.filter(plan__in=Plan.objects.filter(accounts=account))
    versions = list(rows.select_related("plan__account").order_by("plan__account__ref"))
    if not versions:
        return []
    told, _ = followed(versions, office, as_of)
    found = {row["plan_id"]: row for row in told.plans.iter_rows(named=True)}
    return [(version, found[version.pk]) for version in versions]
