"""Following plans by the ledger: one reading for the night, for a page and for the facts of a decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Q, QuerySet

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.diary.writing import Kind, refresh, write
from amiable.domain.creditors import kind
from amiable.domain.plans.following import (
    BROKEN,
    INSTALMENT_SCHEMA,
    KEPT,
    LATE,
    Followed,
    Tolerance,
    follow,
)
from amiable.domain.plans.money import COVERED_SCHEMA, Money, money, unpaid_at_home
from amiable.ledger.facts import read_ledger
from amiable.plans.ending import complete
from amiable.plans.lifecycle import State
from amiable.plans.models import Instalment, Plan, PlanVersion
from amiable.positions.facts import rules

#: Columns of the follow-up kept on a version, for lists.
KEPT_COLUMNS = (
    "status",
    "expected_cents",
    "paid_cents",
    "missing_cents",
    "rent_missing_cents",
    "days_late",
    "rent_days_late",
    "next_due_on",
    "next_cents",
)
_CHUNK = 500


def tolerance_of(policy: dict[str, Any]) -> Tolerance:
    """The office's patience, by its settings."""
    return Tolerance(
        cents=int(policy["plan_tolerance_cents"]),
        days=int(policy["plan_tolerance_days"]),
        rent_days=int(policy["plan_rent_tolerance_days"]),
        grace_days=int(policy["plan_grace_days"]),
    )


def in_force_on(day: date) -> Q:
    """Versions signed by then and not over yet."""
    signed = Q(signed_on__lte=day) & ~Q(state__in=[State.CANCELLED, State.DRAFT])
    return signed & (Q(ended_on=None) | Q(ended_on__gt=day))


def followed(versions: Sequence[PlanVersion], office: Office, as_of: date) -> tuple[Followed, Money]:
    """The follow-up of some versions of an office on a day; `plan_id` in the frames is the version's id.

    No two of them may cover the same account that day."""
    known = rules(office, as_of)
    covered = _covered(versions)
    homes = homes_of(versions, office, as_of)
    ids = sorted({*covered.get_column("account_id").to_list(), *homes.get_column("account_id").to_list()})
    ledger = read_ledger(office.pk, ids)
    found = money(ledger.entries, covered, ledger.terms, as_of, known.parameters.aid)
    at_home = None
    if not homes.is_empty():
        there = money(ledger.entries, homes, ledger.terms, as_of, known.parameters.aid)
        at_home = unpaid_at_home(ledger.entries, there, homes, as_of)
    patience = tolerance_of(dict(known.book.policy))
    return follow(_instalments(versions), found, as_of, patience, at_home), found


def homes_of(versions: Sequence[PlanVersion], office: Office, as_of: date) -> pl.DataFrame:
    """Where the persons live now, when their plan pays the debt of another home, as COVERED_SCHEMA."""
    by_person = {version.plan.person_id: version for version in versions}
    rows = []
    if kind(office.kind).fits(["tenancy"]):
        for chunk in _chunks(sorted(by_person)):
            here = Account.objects.filter(office=office, person_id__in=chunk, status=Account.Status.PRESENT)
            others = here.exclude(plans__versions__in=PlanVersion.objects.filter(in_force_on(as_of)))
            for home in others.exclude(left_on__lt=as_of):
                version = by_person[home.person_id]
                rows.append((home.pk, version.pk, version.statement_on, 0))
    return pl.DataFrame(rows, schema=COVERED_SCHEMA, orient="row")


def _covered(versions: Iterable[PlanVersion]) -> pl.DataFrame:
    by_plan = {version.plan_id: version for version in versions}
    through = Plan.accounts.through.objects
    pairs: list[tuple[int, int]] = []
    for chunk in _chunks(sorted(by_plan)):
        pairs += through.filter(plan_id__in=chunk).values_list("account_id", "plan_id")
    rows = [
        (account_id, by_plan[plan_id].pk, by_plan[plan_id].statement_on, by_plan[plan_id].awaited_cents)
        for account_id, plan_id in pairs
    ]
    return pl.DataFrame(rows, schema=COVERED_SCHEMA, orient="row")


def _instalments(versions: Iterable[PlanVersion]) -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for chunk in _chunks([version.pk for version in versions]):
        rows += Instalment.objects.filter(version_id__in=chunk).values_list(
            "version_id", "number", "due_on", "amount_cents"
        )
    return pl.DataFrame(rows, schema=INSTALMENT_SCHEMA, orient="row")


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]


def active(office: Office) -> QuerySet[PlanVersion]:
    return PlanVersion.objects.filter(plan__office=office, state=State.ACTIVE)


def follow_plans(*, office: Office, as_of: date) -> int:
    """The night's step: every plan in force judged, what changed kept and told once; how many changed.

    Everything goes by document dates, so running it twice, or a day late, gives the same result."""
    running = active(office).filter(signed_on__lte=as_of)
    return follow_versions(office, list(running.select_related("plan__account")), as_of)


def follow_versions(office: Office, versions: list[PlanVersion], as_of: date) -> int:
    """The same for some plans in force: those just signed, or all of the office."""
    if not versions:
        return 0
    told, _ = followed(versions, office, as_of)
    rows = {row["plan_id"]: row for row in told.plans.iter_rows(named=True)}
    changed = [version for version in versions if _differs(version, rows[version.pk])]
    for start in range(0, len(changed), _CHUNK):
        _keep(office, changed[start : start + _CHUNK], rows, as_of)
    grace = tolerance_of(dict(rules(office, as_of).book.policy))
    for version in versions:
        if _is_over(version, rows[version.pk], as_of, grace):
            complete(version=version, actor=None, today=as_of)
    return len(changed)


def _differs(version: PlanVersion, row: dict[str, Any]) -> bool:
    return any(getattr(version, name) != row[name] for name in KEPT_COLUMNS)


@transaction.atomic
def _keep(office: Office, versions: list[PlanVersion], rows: dict[int, dict[str, Any]], as_of: date) -> None:
    """The figures kept, and a line in the diary for each change of status."""
    touched: set[int] = set()
    for version in versions:
        before, row = version.status, rows[version.pk]
        for name in KEPT_COLUMNS:
            setattr(version, name, row[name])
        version.followed_on = as_of
        event = _event(before, version.status)
        if event:
            _tell_change(version, event, as_of)
            touched.update(version.plan.accounts.values_list("pk", flat=True))
    PlanVersion.objects.bulk_update(versions, [*KEPT_COLUMNS, "followed_on"], batch_size=_CHUNK)
    refresh(office, sorted(touched), as_of)


def _event(before: str, now: str) -> str:
    """What a change of status means for the thread; "" when it says nothing new."""
    if now == before or (not before and now == KEPT):
        return ""
    if now == KEPT:
        return "cured" if before in (LATE, BROKEN) else ""
    return {LATE: "missed", BROKEN: "broken"}.get(now, "at_risk")


def _tell_change(version: PlanVersion, event: str, as_of: date) -> None:
    data = {
        "event": event,
        "plan_id": version.plan_id,
        "version": version.number,
        "missing_cents": version.missing_cents,
        "rent_missing_cents": version.rent_missing_cents,
    }
    key = f"plan:{version.pk}:{event}:{as_of.isoformat()}"
    write(version.plan.account, Kind.PLAN, on=as_of, actor=None, data=data, key=key)


def _is_over(version: PlanVersion, row: dict[str, Any], as_of: date, tolerance: Tolerance) -> bool:
    """Everything was paid; or, once the last tolerance has run, nothing worth asking for is missing."""
    if row["is_settled"]:
        return True
    last_day = version.last_due_on + timedelta(days=tolerance.days)
    paid_in_full = row["missing_cents"] == 0 and version.last_due_on <= as_of
    return paid_in_full or (as_of > last_day and row["missing_cents"] <= tolerance.cents)
