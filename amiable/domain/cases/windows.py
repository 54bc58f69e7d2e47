"""When a case of a kind may or must be made, and by when: for a column of accounts at once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from amiable.domain import law
from amiable.domain.cases.kind import Kind, sent_fact
from amiable.domain.decision.compiling import holds, opens_in
from amiable.domain.decision.conditions import resolve
from amiable.domain.law import Overrides

#: What `windows` gives: due_on null: only possible; limit_on, rule null: no law limits it.
WINDOWS: Mapping[str, Any] = MappingProxyType(
    {
        "account_id": pl.Int64,
        "kind": pl.String,
        "opens_on": pl.Date,
        "is_due": pl.Boolean,
        "limit_on": pl.Date,
        "rule": pl.String,
    }
)


def windows(
    kind: Kind,
    frame: pl.DataFrame,
    as_of: date,
    value_of: Callable[[str], Any],
    *,
    horizon_days: int = 0,
    territory: str = "FR",
    overrides: Overrides | None = None,
) -> pl.DataFrame:
    """WINDOWS of the accounts for which a dossier of that kind may or must be made on `as_of`, or will have
    to within `horizon_days`; what was sent, or noted as done, in this spell is no longer
    asked, save for a kind with `several`.

    frame: account_id and the facts, as `facts.with_derived` leaves them."""
    due, possible, stops = (
        resolve(each, value_of)
        for each in (kind.due_condition, kind.possible_condition, kind.stops_condition)
    )
    done = pl.col(kind.done_fact) if kind.done_fact else pl.lit(None, pl.Int64)
    asked = pl.lit(kind.several) | (pl.col(sent_fact(kind.code)).is_null() & done.is_null())
    judged = frame.with_columns(_due=opens_in(due), _may=holds(possible), _stop=holds(stops))
    judged = judged.filter(~pl.col("_stop") & asked)
    judged = judged.filter(pl.col("_may") | (pl.col("_due") <= horizon_days))
    is_due = (pl.col("_due") <= 0).fill_null(False)
    days = pl.duration(days=pl.col("_due").fill_null(0).clip(0, horizon_days))
    since = pl.col(kind.opens_fact) if kind.opens_fact else pl.lit(None, pl.Date)
    dated = _with_limits(kind, judged, value_of, territory, overrides)
    return dated.select(
        "account_id",
        pl.lit(kind.code).alias("kind"),
        pl.coalesce(since, pl.lit(as_of) + days).alias("opens_on"),
        is_due.alias("is_due"),
        "limit_on",
        "rule",
    ).cast(WINDOWS)  # type: ignore[arg-type]


def _with_limits(
    kind: Kind,
    judged: pl.DataFrame,
    value_of: Callable[[str], Any],
    territory: str,
    overrides: Overrides | None,
) -> pl.DataFrame:
    days, names = [], []
    for rule in kind.limits:
        column = judged.get_column(rule.on_fact or rule.from_fact)
        dates = column if rule.on_fact else _law_days(rule.rule, column, territory, overrides)
        day = pl.when(holds(resolve(rule.condition, value_of))).then(pl.lit(dates))
        days.append(day)
        names.append(pl.when(day.is_not_null()).then(pl.lit(rule.rule)))
    none_on, none = pl.lit(None, pl.Date), pl.lit(None, pl.String)
    return judged.with_columns(limit_on=pl.coalesce([*days, none_on]), rule=pl.coalesce([*names, none]))


def duty_on(rule: str, from_on: date, territory: str, overrides: Overrides | None) -> date:
    """The day a dossier's duty is due: the last one of its delay, or, where the delay is left to somebody
    else, the first one after it (DUN-06: the caution is told as soon as the debtor's month is over)."""
    found = law.limit(rule, from_on, territory=territory, overrides=overrides)
    return found.first_day or found.work_on


def _law_days(rule: str, column: pl.Series, territory: str, overrides: Overrides | None) -> pl.Series:
    """The law's one function, applied to the distinct dates only."""
    distinct = column.drop_nulls().unique().to_list()
    ends = [duty_on(rule, day, territory, overrides) for day in distinct]
    return column.replace_strict(distinct, ends, default=None, return_dtype=pl.Date)


def is_late(limit_on: date | None, as_of: date) -> bool:
    """A limit is late the day after it: its own day still counts."""
    return limit_on is not None and as_of > limit_on
