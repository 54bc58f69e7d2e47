"""What procedures may read of a household: when it was last known, its capacity, the way decided for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from amiable.household.queries import standing
from amiable.positions.registry import Scope

COLUMNS: dict[str, Any] = {
    "assessed_on": pl.Date,
    "days_since_assessment": pl.Int64,
    "capacity_cents": pl.Int64,
    "orientation": pl.String,
}
#: More ids than this are read as a range, which any database does by its index.
_FEW = 500
_SCHEMA = {
    "account_id": pl.Int64,
    "id": pl.Int64,
    "assessed_on": pl.Date,
    "capacity_cents": pl.Int64,
    "orientation": pl.String,
}


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account whose person has a situation known on `as_of`: the newest one. One query."""
    rows = standing(as_of).filter(office_id=office_id)
    if ids is not None and len(ids) <= _FEW:
        rows = rows.filter(person__accounts__in=ids)
    elif ids is not None:
        rows = rows.filter(person__accounts__gte=min(ids), person__accounts__lte=max(ids))
    columns = ("person__accounts", "pk", "assessed_on", "capacity_cents", "orientation_decided")
    newest = (
        pl.DataFrame(list(rows.values_list(*columns)), schema=_SCHEMA, orient="row")
        .sort("account_id", "assessed_on", "id")
        .group_by("account_id", maintain_order=True)
        .agg(pl.col(name).last() for name in ("assessed_on", "capacity_cents", "orientation"))
    )
    return newest.with_columns(
        days_since_assessment=(pl.lit(as_of) - pl.col("assessed_on")).dt.total_days(),
        orientation=pl.when(pl.col("orientation") != "").then("orientation"),
    ).select("account_id", *COLUMNS)
