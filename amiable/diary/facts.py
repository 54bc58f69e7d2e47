"""What the diary says of a column of accounts: contacts, promises, holds, and when each step was last done.

One query per family of facts, then pure Polars. Everything by date: the past can be asked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import F, Max, Q, QuerySet

from amiable.diary.doings import FAILED, REACHED
from amiable.diary.done import accomplished, standing
from amiable.diary.holds import active_on
from amiable.diary.models import DiaryEntry, Hold, Promise
from amiable.domain.decision.facts import HOLD_LABELS, notified_column, step_column
from amiable.positions.registry import Scope

Kind: Any = DiaryEntry.Kind
Status: Any = Promise.Status

COLUMNS: dict[str, Any] = {
    "last_contact_on": pl.Date,
    "days_since_contact": pl.Int64,
    "failed_contacts": pl.Int64,
    "promise_pending": pl.Boolean,
    "promise_due_on": pl.Date,
    "promise_broken": pl.Boolean,
    "disputed_cents": pl.Int64,
    "hold": pl.String,
    "hold_until": pl.Date,
    "hold_since": pl.Date,
    "holds": pl.List(pl.String),
}
#: Older calls say nothing about whether somebody can be reached today.
_CONTACT_DAYS = 400
#: More ids than this are read as a range, which any database does by its index.
_FEW = 500
#: Strength of a hold, 0 the strongest. A dispute of the whole debt stops everything, so it comes before the
#: holds that stop only a part.
_RANKS = {code: rank for rank, code in enumerate(HOLD_LABELS)}
_WHOLE_DISPUTE_RANK = _RANKS["surendettement"] - 0.5


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account that has a diary: COLUMNS and `days_since.<code>` of `scope.step_codes`."""
    spell = scope.figures.select("account_id", "claimed_since_on", "first_default_on")
    parts = [
        _contacts(ids, office_id, as_of),
        _promises(ids, office_id, as_of, spell),
        _holds(ids, office_id, as_of),
        _steps(ids, office_id, as_of, scope, spell),
    ]
    accounts = pl.concat([part.select("account_id") for part in parts]).unique()
    if ids is not None:
        accounts = accounts.filter(pl.col("account_id").is_in(ids))
    for part in parts:
        accounts = accounts.join(part, on="account_id", how="left")
    return accounts


def of_accounts(rows: QuerySet[Any], ids: list[int] | None, office: dict[str, Any]) -> QuerySet[Any]:
    """The rows of these accounts, or of the whole office."""
    if ids is None:
        return rows.filter(**office)
    if len(ids) <= _FEW:
        return rows.filter(account_id__in=ids)
    return rows.filter(account_id__gte=min(ids), account_id__lte=max(ids), **office)


def _frame(rows: Iterable[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _contacts(ids: list[int] | None, office_id: int, as_of: date) -> pl.DataFrame:
    """Last time the person was spoken to, and the failures since."""
    lines = standing(as_of).filter(
        kind__in=[Kind.CALL, Kind.INTERVIEW, Kind.NO_SHOW, Kind.VISIT],
        on__gte=as_of - timedelta(days=_CONTACT_DAYS),
    )
    rows = of_accounts(lines, ids, {"office_id": office_id}).values_list(
        "account_id", "on", "pk", "kind", "outcome"
    )
    schema = {"account_id": pl.Int64, "on": pl.Date, "id": pl.Int64, "kind": pl.String, "outcome": pl.String}
    frame = _frame(rows, schema)
    reached = (pl.col("kind") == Kind.INTERVIEW.value) | pl.col("outcome").is_in([o.value for o in REACHED])
    missed = (pl.col("kind") == Kind.NO_SHOW.value) | pl.col("outcome").is_in([o.value for o in FAILED])
    last = (
        frame.filter(reached)
        .sort("account_id", "on", "id")
        .group_by("account_id", maintain_order=True)
        .agg(pl.col("on").last().alias("last_contact_on"), pl.col("id").last().alias("last_id"))
    )
    since = frame.join(last, on="account_id", how="left")
    after = pl.col("last_contact_on").is_null() | (
        (pl.col("on") > pl.col("last_contact_on"))
        | ((pl.col("on") == pl.col("last_contact_on")) & (pl.col("id") > pl.col("last_id")))
    )
    return since.group_by("account_id").agg(
        pl.col("last_contact_on").first(),
        (pl.lit(as_of) - pl.col("last_contact_on").first()).dt.total_days().alias("days_since_contact"),
        (missed & after).sum().cast(pl.Int64).alias("failed_contacts"),
    )


def _promises(ids: list[int] | None, office_id: int, as_of: date, spell: pl.DataFrame) -> pl.DataFrame:
    """Whether a promise runs, and whether the last settled one of this spell was broken."""
    known = Promise.objects.exclude(status=Status.CANCELLED).filter(made_on__lte=as_of)
    office = {"account__office_id": office_id}
    rows = of_accounts(known, ids, office).values_list("account_id", "due_on", "pk", "status", "settled_on")
    schema = {
        "account_id": pl.Int64,
        "due_on": pl.Date,
        "id": pl.Int64,
        "status": pl.String,
        "settled_on": pl.Date,
    }
    frame = _frame(rows, schema).join(spell, on="account_id", how="left")
    settled = (pl.col("status") != Status.PENDING.value) & (pl.col("settled_on") <= pl.lit(as_of))
    in_spell = (pl.col("settled_on") >= pl.col("claimed_since_on")).fill_null(False)
    running = (~settled).fill_null(True)
    last_status = pl.col("status").filter(settled & in_spell).last()
    return (
        frame.sort("account_id", "due_on", "id")
        .group_by("account_id", maintain_order=True)
        .agg(
            running.any().alias("promise_pending"),
            pl.col("due_on").filter(running).max().alias("promise_due_on"),
            (last_status == Status.BROKEN.value).fill_null(False).alias("_broken"),
        )
        .with_columns((pl.col("_broken") & ~pl.col("promise_pending")).alias("promise_broken"))
        .drop("_broken")
    )


def _holds(ids: list[int] | None, office_id: int, as_of: date) -> pl.DataFrame:
    """The strongest hold in force, its end, what is disputed (0: the whole debt), every hold's code."""
    rows = of_accounts(
        Hold.objects.filter(active_on(as_of)), ids, {"account__office_id": office_id}
    ).values_list("account_id", "kind", "starts_on", "ends_on", "disputed_cents")
    schema = {
        "account_id": pl.Int64,
        "kind": pl.String,
        "starts_on": pl.Date,
        "ends_on": pl.Date,
        "disputed": pl.Int64,
    }
    dispute = pl.col("kind") == "dispute"
    whole = dispute & pl.col("disputed").is_null()
    rank = (
        pl.when(whole)
        .then(_WHOLE_DISPUTE_RANK)
        .otherwise(pl.col("kind").replace_strict(_RANKS, default=99, return_dtype=pl.Float64))
    )
    return (
        _frame(rows, schema)
        .with_columns(rank=rank, whole=whole)
        .sort("account_id", "rank", "ends_on", descending=[False, False, True], nulls_last=False)
        .group_by("account_id", maintain_order=True)
        .agg(
            pl.col("kind").first().alias("hold"),
            pl.col("ends_on").first().alias("hold_until"),
            pl.col("starts_on").first().alias("hold_since"),
            pl.col("kind").unique(maintain_order=True).alias("holds"),
            pl.when(pl.col("whole").any())
            .then(0)
            .when(dispute.any())
            .then(pl.col("disputed").sum())
            .alias("disputed_cents"),
        )
    )


def _steps(
    ids: list[int] | None, office_id: int, as_of: date, scope: Scope, spell: pl.DataFrame
) -> pl.DataFrame:
    """Days since each step was last done in the current spell, that is since something is claimed without a
    break: what was done for a frozen or prescribed part counts for nothing asked now; and since the person
    received what it sent, where that is awaited.

    What was declared to the CAF stands for the CAF's own spell, even when payments moved the oldest item.
    """
    codes, received = scope.step_codes, Q(kind=Kind.NOTIFIED)
    rows = (
        of_accounts(accomplished(as_of), ids, {"office_id": office_id})
        .order_by()
        .values("account_id", code=F("step"))
        .annotate(last=Max("on", filter=~received), notified=Max("on", filter=received))
        .values_list("account_id", "code", "last", "notified")
    )
    schema = {"account_id": pl.Int64, "code": pl.String, "last": pl.Date, "notified": pl.Date}
    frame = _frame(rows, schema)
    current = frame.filter(pl.col("code").is_in(list(codes))).join(spell, on="account_id", how="inner")
    begun = (
        pl.when(pl.col("code").is_in(list(scope.caf_step_codes)))
        .then(pl.min_horizontal("claimed_since_on", "first_default_on"))
        .otherwise("claimed_since_on")
    )
    current = current.filter(pl.col("last") >= begun)
    days, since = ((pl.lit(as_of) - pl.col(name)).dt.total_days() for name in ("last", "notified"))
    return current.group_by("account_id").agg(
        *(days.filter(pl.col("code") == code).first().alias(step_column(code)) for code in codes),
        *(
            since.filter(pl.col("code") == code).first().alias(notified_column(code))
            for code in scope.awaited_step_codes
        ),
    )
