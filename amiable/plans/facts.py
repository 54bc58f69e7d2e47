"""What plans say of a column of accounts, read from the ledger on the account where the person lives now.

One plan is told once, on its leading account; the other accounts it covers are only held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Exists, OuterRef, QuerySet

from amiable.core.models import Office
from amiable.diary.models import DiaryEntry
from amiable.plans.following import followed, in_force_on
from amiable.plans.lifecycle import State
from amiable.plans.models import PlanVersion
from amiable.positions.registry import Scope

COLUMNS: dict[str, Any] = {
    "plan_status": pl.String,
    "plan_missing_cents": pl.Int64,
    "plan_late_days": pl.Int64,
    "plan_rent_missing_cents": pl.Int64,
    "plan_over_days": pl.Int64,
    "plan_next_due_on": pl.Date,
    "days_since_plan_kept": pl.Int64,
}
#: The procedures' step that thanks somebody for a plan kept to its end.
CONGRATULATE = "plan_feliciter"
#: A plan kept longer ago than this is no news.
NEWS_DAYS = 60
#: More ids than this are read as a range, which any database does by its index.
_FEW = 500


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account that leads a plan in force, or one kept lately: COLUMNS."""
    del scope
    since = as_of - timedelta(days=NEWS_DAYS)
    ended = PlanVersion.objects.filter(
        state=State.COMPLETED, ended_on__gt=since, ended_on__lte=as_of, plan__office_id=office_id
    )
    kept = _leading(ended.filter(~thanked(on__lte=as_of)), ids).values_list("plan__account_id", "ended_on")
    news = pl.DataFrame(list(kept), schema={"account_id": pl.Int64, "on": pl.Date}, orient="row")
    news = news.group_by("account_id").agg(
        days_since_plan_kept=(pl.lit(as_of) - pl.col("on").max()).dt.total_days()
    )
    running = _running(ids, office_id, as_of)
    return running.join(news, on="account_id", how="full", coalesce=True).select("account_id", *COLUMNS)


def thanked(**known: Any) -> Exists:
    """Of versions: the word of thanks is in the diary since the plan ended. Done once for a plan, even when
    nothing is owed any more and no spell of debt runs. `known`: other conditions on the line."""
    told = DiaryEntry.objects.filter(
        account_id=OuterRef("plan__account_id"), step=CONGRATULATE, on__gte=OuterRef("ended_on"), **known
    )
    return Exists(told)


def _leading(rows: QuerySet[PlanVersion], ids: list[int] | None) -> QuerySet[PlanVersion]:
    if ids is None:
        return rows
    if len(ids) <= _FEW:
        return rows.filter(plan__account_id__in=ids)
    return rows.filter(plan__account_id__gte=min(ids), plan__account_id__lte=max(ids))


def _running(ids: list[int] | None, office_id: int, as_of: date) -> pl.DataFrame:
    """The follow-up of the plans in force that day, by leading account."""
    rows = _leading(PlanVersion.objects.filter(in_force_on(as_of), plan__office_id=office_id), ids)
    versions = list(rows.select_related("plan"))
    columns = [name for name in COLUMNS if name != "days_since_plan_kept"]
    if not versions:
        return pl.DataFrame(schema={"account_id": pl.Int64, **{name: COLUMNS[name] for name in columns}})
    told, _ = followed(versions, Office.objects.get(pk=office_id), as_of)
    leads = pl.DataFrame(
        [(version.pk, version.plan.account_id) for version in versions],
        schema={"plan_id": pl.Int64, "account_id": pl.Int64},
        orient="row",
    )
    return told.plans.join(leads, on="plan_id").select(
        "account_id",
        plan_status="status",
        plan_missing_cents="missing_cents",
        plan_late_days="days_late",
        plan_rent_missing_cents="rent_missing_cents",
        plan_over_days="over_days",
        plan_next_due_on="next_due_on",
    )
