"""The duties of the office beside the next contact: any number for an account, each with its limit.

One sparse row per (account, duty), then one list per account: accounts without duty cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from amiable.domain.decision.procedure import LANES, Step
from amiable.domain.decision.telling import sentence

#: What a duty is, on the day it is to be done; limit_on: the last day to do it, if there is one.
FIELDS = {
    "code": pl.String(),
    "lane": pl.String(),
    "on": pl.Date(),
    "limit_on": pl.Date(),
    "why": pl.String(),
    "rules": pl.String(),
}
DTYPE = pl.List(pl.Struct(FIELDS))
#: Why a duty is due when its step gives no reason of its own.
DEFAULT_WHY = "{overdue_cents} dus"
_RANKS = {lane: rank for rank, lane in enumerate(LANES)}


def with_duties(
    chosen: pl.DataFrame,
    scratch: pl.DataFrame,
    steps: tuple[Step, ...],
    ready: Mapping[int, pl.Expr],
    as_of: date,
) -> pl.DataFrame:
    """`chosen` with duties (those due, then those only time keeps away, nearest limit first) and duty_lane,
    the most pressing lane of those due. scratch: the waits of the steps; ready: index of a duty -> its days.
    """
    waits = scratch.select(days.alias(str(order)) for order, days in ready.items())
    found = [_of_step(chosen, waits[str(order)], steps[order], order, as_of) for order in ready]
    found = [part for part in found if not part.is_empty()]
    rows = chosen.with_row_index("_row")
    if not found:
        none = pl.lit(None, dtype=pl.String).alias("duty_lane")
        return rows.drop("_row").with_columns(pl.lit([], dtype=DTYPE).alias("duties"), none)
    rank = pl.col("lane").replace_strict(_RANKS, return_dtype=pl.Int64)
    lists = (
        pl.concat(found)
        .with_columns(_rank=pl.when(pl.col("on") <= as_of).then(rank))
        .sort(pl.col("on") > as_of, "limit_on", "on", "_order", nulls_last=True)
        .group_by("_row", maintain_order=True)
        .agg(pl.struct(*FIELDS).alias("duties"), pl.col("_rank").min())
        .with_columns(
            duty_lane=pl.col("_rank").replace_strict(
                {rank: lane for lane, rank in _RANKS.items()}, default=None, return_dtype=pl.String
            )
        )
    )
    told = rows.join(lists.drop("_rank"), on="_row", how="left", maintain_order="left")
    return told.drop("_row").with_columns(pl.col("duties").fill_null([]))


def _of_step(chosen: pl.DataFrame, wait: pl.Series, step: Step, order: int, as_of: date) -> pl.DataFrame:
    """One row per account that has this duty."""
    limit = pl.col(step.deadline) if step.deadline else pl.lit(None, dtype=pl.Date)
    why = sentence(step.why or DEFAULT_WHY)
    if step.deadline:
        why = pl.when((limit < as_of).fill_null(False)).then(sentence(step.late_why)).otherwise(why)
    return (
        chosen.with_columns(wait.alias("_wait"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"))
        .lazy()
        .filter(pl.col("_wait").is_not_null())
        .select(
            "_row",
            _order=pl.lit(order),
            code=pl.lit(step.code),
            lane=pl.lit(step.lane),
            on=pl.lit(as_of) + pl.duration(days=pl.col("_wait")),
            limit_on=limit,
            why=why,
            rules=pl.lit(" ".join(step.rules)),
        )
        .collect()
    )
